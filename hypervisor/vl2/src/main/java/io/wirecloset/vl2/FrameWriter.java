package io.wirecloset.vl2;

import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.wire.ExtFrame;
import io.wirecloset.vl2.wire.FrameHeader;

/**
 * Turns an Ethernet frame into a packet in place: what the packet needs goes into the head room and over the MACs that
 * it does not need. Each method returns how many bytes in front of the Ethernet header the packet begins, which is also
 * how much longer it is.
 */
final class FrameWriter {
    private static final int FRAME_BEFORE = PacketHeader.LENGTH + FrameHeader.LENGTH - EthernetFrame.HEADER_LENGTH;
    /** Network id and flags; the Ethernet header behind them stays as it is. */
    private static final int EXT_FRAME_BEFORE = PacketHeader.LENGTH + ExtFrame.MEMBERSHIP;

    private FrameWriter() {}

    /** FRAME: both MACs follow from the nodes (vl2.md 8). */
    static int prependFrame(long networkId, byte[] slot, int at) {
        int ethertype = EthernetFrame.ethertype(slot, at);
        FrameHeader.put(slot, at + EthernetFrame.HEADER_LENGTH - FrameHeader.LENGTH, networkId, ethertype);
        return FRAME_BEFORE;
    }

    /** EXT_FRAME without flags, for a frame of which one MAC is foreign (vl2.md 8). */
    static int prependExtFrame(long networkId, byte[] slot, int at) {
        ExtFrame.putInFront(slot, at - ExtFrame.MEMBERSHIP, networkId, 0);
        return EXT_FRAME_BEFORE;
    }
}
