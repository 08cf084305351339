package io.wirecloset.vl2.ethernet;

import java.util.Arrays;

/**
 * IPv6 neighbour discovery, read and written in place: IPv6 header, ICMPv6 message and at most one link-layer option,
 * 72 bytes behind the Ethernet header. The methods hold no data; {@code at} is where the IPv6 header begins.
 */
public final class Ndp {
    public static final int PAYLOAD_LENGTH = 4; // 2  of what follows the IPv6 header
    public static final int NEXT_HEADER = 6; // 1
    public static final int HOP_LIMIT = 7; // 1  255, else a router passed it on and it is not to be believed
    public static final int SOURCE = 8; // 16
    public static final int DESTINATION = 24; // 16
    public static final int TYPE = 40; // 1
    public static final int CODE = 41; // 1
    public static final int CHECKSUM = 42; // 2
    public static final int FLAGS = 44; // 4  advertisements: router, solicited, override
    public static final int TARGET = 48; // 16
    public static final int OPTION_TYPE = 64; // 1
    public static final int OPTION_LENGTH = 65; // 1  in units of 8 bytes
    public static final int OPTION_MAC = 66; // 6

    /** Without the option; the shortest message that names a target. */
    public static final int LENGTH_WITHOUT_OPTION = 64;

    public static final int LENGTH = 72;

    public static final int ICMP6 = 0x3a;
    public static final int SOLICITATION = 0x87;
    public static final int ADVERTISEMENT = 0x88;
    public static final int ROUTER_ADVERTISEMENT = 0x86;

    /** Flags of an advertisement (first byte of the 32-bit field). */
    public static final int SOLICITED = 0x40;

    public static final int OVERRIDE = 0x20;

    private static final int IPV6_HEADER = 40;
    private static final int VERSION_6 = 0x60;
    private static final int HOP_LIMIT_OF_A_NEIGHBOUR = 255;
    private static final int SOURCE_LINK_LAYER_ADDRESS = 1;
    private static final int TARGET_LINK_LAYER_ADDRESS = 2;

    private Ndp() {}

    /** Whether these bytes are a neighbour solicitation with a whole target (vl2.md 10). */
    public static boolean isSolicitation(byte[] b, int at, int length) {
        return is(SOLICITATION, b, at, length);
    }

    public static boolean isAdvertisement(byte[] b, int at, int length) {
        return is(ADVERTISEMENT, b, at, length);
    }

    /** The MAC the sender names for itself (solicitation) or for the target (advertisement), or -1 if none is given. */
    public static long linkLayerAddress(byte[] b, int at, int length) {
        int wanted = (b[at + TYPE] & 0xff) == SOLICITATION ? SOURCE_LINK_LAYER_ADDRESS : TARGET_LINK_LAYER_ADDRESS;
        int end = at + Math.min(length, IPV6_HEADER + Bytes.u16(b, at + PAYLOAD_LENGTH));
        int option = at + OPTION_TYPE;
        while (end - option >= 8) {
            int units = b[option + 1] & 0xff;
            if ((b[option] & 0xff) == wanted && units == 1) {
                return Mac.get(b, option + 2);
            }
            if (units == 0) {
                return -1;
            }
            option += 8 * units;
        }
        return -1;
    }

    /** Whether the ICMPv6 checksum is right for the length the IPv6 header gives. */
    public static boolean checksumIsRight(byte[] b, int at, int length) {
        int segment = Bytes.u16(b, at + PAYLOAD_LENGTH);
        return segment >= 4
                && segment <= length - IPV6_HEADER
                && Checksum.ofIpv6(b, at, at + IPV6_HEADER, segment, ICMP6) == 0;
    }

    /**
     * Writes "who has the target, tell me" to the target's solicited-node address; {@link #LENGTH} bytes.
     *
     * @param source our 16 bytes
     * @param target 16 bytes
     */
    public static void putSolicitation(byte[] into, int at, byte[] source, byte[] target, long sourceMac) {
        putHeader(into, at);
        System.arraycopy(source, 0, into, at + SOURCE, 16);
        putSolicitedNode(into, at + DESTINATION, target);
        putMessage(into, at, SOLICITATION, 0, target, 0, SOURCE_LINK_LAYER_ADDRESS, sourceMac);
    }

    /**
     * Writes "the target is at this MAC"; {@link #LENGTH} bytes. The source address is the target itself.
     *
     * @param flags {@link #SOLICITED}, {@link #OVERRIDE}
     * @param target the buffer holding the 16 bytes of the target; may be {@code into} as long as it does not overlap
     * @param destination 16 bytes
     */
    public static void putAdvertisement(
            byte[] into,
            int at,
            int flags,
            byte[] target,
            int targetAt,
            byte[] destination,
            int destinationAt,
            long targetMac) {
        putHeader(into, at);
        System.arraycopy(target, targetAt, into, at + SOURCE, 16);
        System.arraycopy(destination, destinationAt, into, at + DESTINATION, 16);
        putMessage(into, at, ADVERTISEMENT, flags, target, targetAt, TARGET_LINK_LAYER_ADDRESS, targetMac);
    }

    private static boolean is(int type, byte[] b, int at, int length) {
        return length >= LENGTH_WITHOUT_OPTION
                && (b[at + NEXT_HEADER] & 0xff) == ICMP6
                && (b[at + TYPE] & 0xff) == type;
    }

    private static void putHeader(byte[] into, int at) {
        into[at] = VERSION_6;
        into[at + 1] = 0;
        into[at + 2] = 0;
        into[at + 3] = 0;
        Bytes.putU16(into, at + PAYLOAD_LENGTH, LENGTH - IPV6_HEADER);
        into[at + NEXT_HEADER] = ICMP6;
        into[at + HOP_LIMIT] = (byte) HOP_LIMIT_OF_A_NEIGHBOUR;
    }

    private static void putSolicitedNode(byte[] into, int at, byte[] target) {
        into[at] = (byte) 0xff;
        into[at + 1] = 0x02;
        Arrays.fill(into, at + 2, at + 11, (byte) 0);
        into[at + 11] = 0x01;
        into[at + 12] = (byte) 0xff;
        System.arraycopy(target, 13, into, at + 13, 3);
    }

    private static void putMessage(
            byte[] into, int at, int type, int flags, byte[] target, int targetAt, int option, long mac) {
        into[at + TYPE] = (byte) type;
        into[at + CODE] = 0;
        Bytes.putU16(into, at + CHECKSUM, 0);
        into[at + FLAGS] = (byte) flags;
        into[at + FLAGS + 1] = 0;
        into[at + FLAGS + 2] = 0;
        into[at + FLAGS + 3] = 0;
        System.arraycopy(target, targetAt, into, at + TARGET, 16);
        into[at + OPTION_TYPE] = (byte) option;
        into[at + OPTION_LENGTH] = 1;
        Mac.put(into, at + OPTION_MAC, mac);
        Bytes.putU16(into, at + CHECKSUM, Checksum.ofIpv6(into, at, at + IPV6_HEADER, LENGTH - IPV6_HEADER, ICMP6));
    }
}
