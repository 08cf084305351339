package io.wirecloset.transport.netlink;

import java.nio.ByteBuffer;

/** Ethernet addresses as the low 48 bits of a long. */
final class HardwareAddress {
    static final long NONE = -1;
    private static final int BYTES = 6;

    private HardwareAddress() {}

    static long fromBytes(ByteBuffer bytes, int at) {
        long mac = 0;
        for (int i = 0; i < BYTES; i++) {
            mac = mac << 8 | (bytes.get(at + i) & 0xff);
        }
        return mac;
    }

    static byte[] toBytes(long mac) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (mac >>> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }
}
