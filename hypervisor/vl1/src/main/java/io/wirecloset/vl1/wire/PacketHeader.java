package io.wirecloset.vl1.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 28 bytes in front of every VL1 packet (notes on packets, section 1). All methods are static and look at
 * {@code slot[at..]}, which must hold a whole header.
 */
public final class PacketHeader {
    /** 8 bytes: packet id, also the cipher's nonce. */
    public static final int PACKET_ID = 0;
    /** 5 bytes. */
    public static final int DESTINATION = 8;
    /** 5 bytes; first one never 0xff. */
    public static final int SOURCE = 13;
    /** 1 byte, {@code FFcccHHH}: flags, cipher suite, hops. */
    public static final int FLAGS = 18;
    /** 8 bytes: MAC, or trusted path id. */
    public static final int MAC = 19;
    /** 1 byte: top bit compressed, low five bits the verb. From here on encrypted. */
    public static final int VERB = 27;
    /** The payload begins here. */
    public static final int LENGTH = 28;

    /** Old sign of encryption: set exactly with suite 1. */
    public static final int FLAG_ENCRYPTED = 0x80;
    /** Head of a packet whose rest comes in fragments. */
    public static final int FLAG_FRAGMENTED = 0x40;

    public static final int SUITE_SHIFT = 3;
    public static final int SUITE_MASK = 0x38;
    /** The only bits that may change on the way. */
    public static final int HOPS_MASK = 0x07;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private PacketHeader() {}

    /** Writes a fresh header: suite 0, no flags, no hops, MAC zero. */
    public static void put(byte[] slot, int at, long packetId, long destination, long source, int verb) {
        LONG.set(slot, at + PACKET_ID, packetId);
        Addresses.put(slot, at + DESTINATION, destination);
        Addresses.put(slot, at + SOURCE, source);
        slot[at + FLAGS] = 0;
        LONG.set(slot, at + MAC, 0L);
        slot[at + VERB] = (byte) verb;
    }

    public static long packetId(byte[] slot, int at) {
        return (long) LONG.get(slot, at + PACKET_ID);
    }

    public static void packetId(byte[] slot, int at, long packetId) {
        LONG.set(slot, at + PACKET_ID, packetId);
    }

    public static long destination(byte[] slot, int at) {
        return (long) LONG.get(slot, at + DESTINATION) >>> 24;
    }

    public static long source(byte[] slot, int at) {
        return (long) LONG.get(slot, at + SOURCE) >>> 24;
    }

    public static int flags(byte[] slot, int at) {
        return slot[at + FLAGS] & 0xff;
    }

    public static int suite(byte[] slot, int at) {
        return (slot[at + FLAGS] & SUITE_MASK) >>> SUITE_SHIFT;
    }

    public static int hops(byte[] slot, int at) {
        return slot[at + FLAGS] & HOPS_MASK;
    }

    /** @param hops 0..7 */
    public static void hops(byte[] slot, int at, int hops) {
        slot[at + FLAGS] = (byte) (slot[at + FLAGS] & ~HOPS_MASK | hops & HOPS_MASK);
    }

    public static boolean isFragmented(byte[] slot, int at) {
        return (slot[at + FLAGS] & FLAG_FRAGMENTED) != 0;
    }

    /** Must be done before sealing: the flag is authenticated. */
    public static void setFragmented(byte[] slot, int at) {
        slot[at + FLAGS] |= FLAG_FRAGMENTED;
    }

    public static long mac(byte[] slot, int at) {
        return (long) LONG.get(slot, at + MAC);
    }

    public static void mac(byte[] slot, int at, long mac) {
        LONG.set(slot, at + MAC, mac);
    }

    /** The verb of an opened packet, without its flags. */
    public static int verb(byte[] slot, int at) {
        return slot[at + VERB] & Verb.MASK;
    }

    public static boolean isCompressed(byte[] slot, int at) {
        return (slot[at + VERB] & Verb.COMPRESSED) != 0;
    }

    /**
     * Seals for a trusted path: suite 2, the path's id where the MAC would stand, nothing encrypted or authenticated
     * (notes on packets, section 5).
     */
    public static void sealTrusted(byte[] slot, int at, long trustedPathId) {
        int flags = slot[at + FLAGS] & (FLAG_FRAGMENTED | HOPS_MASK);
        slot[at + FLAGS] = (byte) (flags | Wire.SUITE_TRUSTED_PATH << SUITE_SHIFT);
        mac(slot, at, trustedPathId);
    }
}
