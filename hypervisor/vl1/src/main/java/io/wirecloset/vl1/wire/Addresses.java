package io.wirecloset.vl1.wire;

/** Node addresses: 40 bits in a {@code long}, ten hex digits as text, five bytes on the wire. */
public final class Addresses {
    private Addresses() {}

    /** @throws MalformedException unless these are ten hex digits; reserved addresses are returned as they are */
    public static long parse(String text) {
        return Hex.parse(text, 10);
    }

    public static String format(long address) {
        return Hex.format(address, 10);
    }

    /** All zero, or first byte 0xff: no node can have it. */
    public static boolean isReserved(long address) {
        return address == 0 || (address >>> 32) == Wire.RESERVED_ADDRESS_PREFIX;
    }

    public static long get(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 32
                | (bytes[at + 1] & 0xffL) << 24
                | (bytes[at + 2] & 0xffL) << 16
                | (bytes[at + 3] & 0xffL) << 8
                | (bytes[at + 4] & 0xffL);
    }

    public static void put(byte[] bytes, int at, long address) {
        bytes[at] = (byte) (address >>> 32);
        bytes[at + 1] = (byte) (address >>> 24);
        bytes[at + 2] = (byte) (address >>> 16);
        bytes[at + 3] = (byte) (address >>> 8);
        bytes[at + 4] = (byte) address;
    }
}
