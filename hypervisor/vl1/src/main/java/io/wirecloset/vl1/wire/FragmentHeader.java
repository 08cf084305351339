package io.wirecloset.vl1.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 16 bytes in front of every fragment but the head (notes on packets, section 7). Told from a packet by the 0xff
 * where a packet's source address begins.
 */
public final class FragmentHeader {
    /** 8 bytes: packet id as on the wire in the head. */
    public static final int PACKET_ID = 0;
    /** 5 bytes. */
    public static final int DESTINATION = 8;
    /** 1 byte, 0xff. */
    public static final int INDICATOR = 13;
    /** 1 byte: count of all pieces (high four bits), number of this one (low four, from 1). */
    public static final int COUNT_AND_NUMBER = 14;
    /** 1 byte, low three bits. */
    public static final int HOPS = 15;
    /** The data begins here. */
    public static final int LENGTH = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private FragmentHeader() {}

    /** True if a datagram that is longer than {@link #LENGTH} is a fragment. */
    public static boolean isFragment(byte[] slot, int at) {
        return (slot[at + INDICATOR] & 0xff) == Wire.RESERVED_ADDRESS_PREFIX;
    }

    /**
     * @param total pieces, head included;
     * @param number of this piece, the head being 0
     */
    public static void put(byte[] slot, int at, long packetId, long destination, int total, int number) {
        LONG.set(slot, at + PACKET_ID, packetId);
        Addresses.put(slot, at + DESTINATION, destination);
        slot[at + INDICATOR] = (byte) Wire.RESERVED_ADDRESS_PREFIX;
        slot[at + COUNT_AND_NUMBER] = (byte) (total << 4 | number);
        slot[at + HOPS] = 0;
    }

    public static long packetId(byte[] slot, int at) {
        return (long) LONG.get(slot, at + PACKET_ID);
    }

    public static long destination(byte[] slot, int at) {
        return (long) LONG.get(slot, at + DESTINATION) >>> 24;
    }

    public static int total(byte[] slot, int at) {
        return (slot[at + COUNT_AND_NUMBER] & 0xff) >>> 4;
    }

    public static int number(byte[] slot, int at) {
        return slot[at + COUNT_AND_NUMBER] & 0x0f;
    }

    public static int hops(byte[] slot, int at) {
        return slot[at + HOPS] & PacketHeader.HOPS_MASK;
    }

    /** @param hops 0..7 */
    public static void hops(byte[] slot, int at, int hops) {
        slot[at + HOPS] = (byte) (hops & PacketHeader.HOPS_MASK);
    }
}
