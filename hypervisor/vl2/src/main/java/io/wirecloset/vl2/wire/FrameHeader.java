package io.wirecloset.vl2.wire;

import io.wirecloset.vl2.ethernet.Bytes;

/**
 * FRAME (vl2.md 8): what stands between the VL1 header and the frame's data. Both MACs follow from the nodes. Offsets
 * into the payload; {@code at} is where the payload begins. A frame leaving a tap has its payload {@link #LENGTH} bytes
 * in front of its data, over the Ethernet header it no longer needs.
 */
public final class FrameHeader {
    public static final int NETWORK_ID = 0; // 8
    public static final int ETHERTYPE = 8; // 2
    public static final int LENGTH = 10;

    private FrameHeader() {}

    public static long networkId(byte[] packet, int at) {
        return Bytes.u64(packet, at + NETWORK_ID);
    }

    public static int ethertype(byte[] packet, int at) {
        return Bytes.u16(packet, at + ETHERTYPE);
    }

    public static void put(byte[] packet, int at, long networkId, int ethertype) {
        Bytes.putU64(packet, at + NETWORK_ID, networkId);
        Bytes.putU16(packet, at + ETHERTYPE, ethertype);
    }
}
