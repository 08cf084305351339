package io.wirecloset.vl2.ethernet;

/**
 * MAC addresses as {@code long}: 48 bits, the first octet on the wire in bits 47 to 40.
 *
 * <p>A member's MAC follows from its node address and the network id (vl2.md 2.1) and can be turned back, so the
 * frame path needs no table from MAC to node. Static methods only; nothing here allocates, except text.
 */
public final class Mac {
    /** Bytes of a MAC on the wire. */
    public static final int LENGTH = 6;

    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long LOW_40_BITS = 0xff_ffff_ffffL;
    private static final int MULTICAST_BIT = 0x01;
    private static final int LOCALLY_ADMINISTERED_BIT = 0x02;
    /** Some virtualisation software claims this first octet for itself, so members never get it. */
    private static final int AVOIDED_OCTET = 0x52;

    private static final int INSTEAD_OF_AVOIDED = 0x32;

    private Mac() {}

    /** The MAC of the node {@code address} (40 bits) on the network. */
    public static long of(long address, long networkId) {
        return ((long) firstOctet(networkId) << 40) | ((address & LOW_40_BITS) ^ mask(networkId));
    }

    /**
     * The node a MAC belongs to. Meaningful only when {@link #isMember}: other MACs live behind a bridge.
     *
     * @return 40 bits
     */
    public static long addressOf(long mac, long networkId) {
        return (mac & LOW_40_BITS) ^ mask(networkId);
    }

    /** Whether the first octet is the one all members of this network share. */
    public static boolean isMember(long mac, long networkId) {
        return (mac >>> 40) == firstOctet(networkId);
    }

    /** The first octet of every member's MAC: locally administered, unicast, from the lowest byte of the id. */
    public static int firstOctet(long networkId) {
        int octet = (int) (networkId & 0xfe) | LOCALLY_ADMINISTERED_BIT;
        return octet == AVOIDED_OCTET ? INSTEAD_OF_AVOIDED : octet;
    }

    public static boolean isMulticast(long mac) {
        return ((mac >>> 40) & MULTICAST_BIT) != 0;
    }

    public static long get(byte[] buffer, int at) {
        return ((long) Bytes.u16(buffer, at) << 32) | (Bytes.u32(buffer, at + 2) & 0xffff_ffffL);
    }

    public static void put(byte[] buffer, int at, long mac) {
        Bytes.putU16(buffer, at, (int) (mac >>> 32));
        Bytes.putU32(buffer, at + 2, (int) mac);
    }

    /**
     * Reads six octets of two hex digits, separated by colons or dashes, or not separated at all.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static long parse(String text) {
        String digits = text.replace(":", "").replace("-", "");
        boolean separated = text.length() == 17 && digits.length() == 12;
        if (!separated && !(text.length() == 12 && digits.length() == 12)) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        long mac = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), 16);
            if (digit < 0) {
                throw new IllegalArgumentException("not a MAC address: " + text);
            }
            mac = (mac << 4) | digit;
        }
        return mac;
    }

    /** Lower case, separated by colons. */
    public static String format(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (mac >>> shift) & 0xff;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0x0f, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    /** The five id bytes above the lowest one, in little-endian order: what node addresses are XORed with. */
    private static long mask(long networkId) {
        return Long.reverseBytes(networkId >>> 8) >>> 24;
    }
}
