package io.wirecloset.vl2.ethernet;

/** IPv6 addresses that follow from a network id and a node address, so that nobody has to assign them (vl2.md 2.2). */
public final class DerivedAddresses {
    /** Every member's 6PLANE address is inside one /40; below its own address a member owns a whole /80. */
    public static final int SIX_PLANE_PREFIX = 40;

    public static final int RFC4193_PREFIX = 88;

    private static final int IPV6_LENGTH = 16;
    private static final long LOW_40_BITS = 0xff_ffff_ffffL;

    private DerivedAddresses() {}

    /** {@code fc | folded network id | node address | ::1}, 16 bytes. */
    public static byte[] sixPlane(long networkId, long address) {
        byte[] ip = new byte[IPV6_LENGTH];
        ip[0] = (byte) 0xfc;
        put(ip, 1, 4, networkId ^ (networkId >>> 32));
        put(ip, 5, 5, address);
        ip[15] = 1;
        return ip;
    }

    /** {@code fd | network id | 9993 | node address}, 16 bytes. */
    public static byte[] rfc4193(long networkId, long address) {
        byte[] ip = new byte[IPV6_LENGTH];
        ip[0] = (byte) 0xfd;
        put(ip, 1, 8, networkId);
        ip[9] = (byte) 0x99;
        ip[10] = (byte) 0x93;
        put(ip, 11, 5, address);
        return ip;
    }

    /** EUI-64 as stock nodes make it: bit 1 of the first octet is cleared, not flipped. 16 bytes. */
    public static byte[] linkLocal(long mac) {
        byte[] ip = new byte[IPV6_LENGTH];
        ip[0] = (byte) 0xfe;
        ip[1] = (byte) 0x80;
        put(ip, 8, 3, mac >>> 24);
        ip[8] &= (byte) 0xfd;
        ip[11] = (byte) 0xff;
        ip[12] = (byte) 0xfe;
        put(ip, 13, 3, mac);
        return ip;
    }

    /**
     * Whose neighbour is asked for, when the answer follows from the addresses alone (vl2.md 10): the target lies under
     * the same derived prefix as one of our own static addresses.
     *
     * @param own one of our static addresses, 16 bytes, with its prefix length
     * @param target the buffer holding the 16 bytes of the address solicited, at {@code at}; borrowed
     * @return the node's 40-bit address, or 0 when nothing can be said
     */
    public static long nodeBehind(long networkId, byte[] own, int ownPrefix, byte[] target, int at) {
        if (own.length != IPV6_LENGTH) {
            return 0;
        }
        if (ownPrefix == RFC4193_PREFIX && isRfc4193(own)) {
            return sameStart(own, target, at, 11) ? node(target, at + 11) : 0;
        }
        if (ownPrefix == SIX_PLANE_PREFIX && isSixPlane(own, networkId)) {
            return sameStart(own, target, at, 5) ? node(target, at + 5) : 0;
        }
        return 0;
    }

    private static boolean isRfc4193(byte[] ip) {
        return ip[0] == (byte) 0xfd && ip[9] == (byte) 0x99 && ip[10] == (byte) 0x93;
    }

    private static boolean isSixPlane(byte[] ip, long networkId) {
        int folded = (int) (networkId ^ (networkId >>> 32));
        int given = (ip[1] & 0xff) << 24 | (ip[2] & 0xff) << 16 | (ip[3] & 0xff) << 8 | (ip[4] & 0xff);
        return ip[0] == (byte) 0xfc && given == folded;
    }

    private static boolean sameStart(byte[] own, byte[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            if (own[i] != target[at + i]) {
                return false;
            }
        }
        return true;
    }

    private static long node(byte[] ip, int at) {
        long address = 0;
        for (int i = 0; i < 5; i++) {
            address = address << 8 | (ip[at + i] & 0xff);
        }
        return address & LOW_40_BITS;
    }

    private static void put(byte[] into, int at, int count, long value) {
        for (int i = 0; i < count; i++) {
            into[at + i] = (byte) (value >>> 8 * (count - 1 - i));
        }
    }
}
