package io.wirecloset.vl2.ethernet;

/**
 * ARP for IPv4 over Ethernet, read and written in place: 28 bytes behind the Ethernet header. The methods hold no data;
 * {@code at} is where the ARP packet begins. IPv4 addresses are {@code int}, first byte in the high bits.
 */
public final class Arp {
    public static final int HARDWARE = 0; // 2  1 = Ethernet
    public static final int PROTOCOL = 2; // 2  0x0800 = IPv4
    public static final int HARDWARE_LENGTH = 4; // 1  6
    public static final int PROTOCOL_LENGTH = 5; // 1  4
    public static final int OPERATION = 6; // 2  1 = request, 2 = reply
    public static final int SENDER_MAC = 8; // 6
    public static final int SENDER_IP = 14; // 4
    public static final int TARGET_MAC = 18; // 6
    public static final int TARGET_IP = 24; // 4
    public static final int LENGTH = 28;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int ETHERNET = 1;

    private Arp() {}

    /**
     * Whether these bytes ask who has an IPv4 address. As loose as stock nodes, which look neither at the hardware type
     * nor at the operation's high byte: what counts as a request decides which multicast group is asked (vl2.md 9).
     */
    public static boolean isRequest(byte[] b, int at, int length) {
        return isIpv4(b, at, length) && (b[at + OPERATION + 1] & 0xff) == REQUEST;
    }

    public static boolean isReply(byte[] b, int at, int length) {
        return isIpv4(b, at, length) && (b[at + OPERATION + 1] & 0xff) == REPLY;
    }

    public static long senderMac(byte[] b, int at) {
        return Mac.get(b, at + SENDER_MAC);
    }

    public static int senderIp(byte[] b, int at) {
        return Bytes.u32(b, at + SENDER_IP);
    }

    public static long targetMac(byte[] b, int at) {
        return Mac.get(b, at + TARGET_MAC);
    }

    public static int targetIp(byte[] b, int at) {
        return Bytes.u32(b, at + TARGET_IP);
    }

    /** Writes "who has {@code targetIp}, tell {@code senderIp}"; {@link #LENGTH} bytes. */
    public static void putRequest(byte[] into, int at, long senderMac, int senderIp, int targetIp) {
        put(into, at, REQUEST, senderMac, senderIp, 0, targetIp);
    }

    /** Writes "{@code senderIp} is at {@code senderMac}" for the one who asked; {@link #LENGTH} bytes. */
    public static void putReply(byte[] into, int at, long senderMac, int senderIp, long targetMac, int targetIp) {
        put(into, at, REPLY, senderMac, senderIp, targetMac, targetIp);
    }

    private static boolean isIpv4(byte[] b, int at, int length) {
        return length >= LENGTH
                && Bytes.u16(b, at + PROTOCOL) == Ethertype.IPV4
                && b[at + HARDWARE_LENGTH] == Mac.LENGTH
                && b[at + PROTOCOL_LENGTH] == 4;
    }

    private static void put(
            byte[] into, int at, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        Bytes.putU16(into, at + HARDWARE, ETHERNET);
        Bytes.putU16(into, at + PROTOCOL, Ethertype.IPV4);
        into[at + HARDWARE_LENGTH] = Mac.LENGTH;
        into[at + PROTOCOL_LENGTH] = 4;
        Bytes.putU16(into, at + OPERATION, operation);
        Mac.put(into, at + SENDER_MAC, senderMac);
        Bytes.putU32(into, at + SENDER_IP, senderIp);
        Mac.put(into, at + TARGET_MAC, targetMac);
        Bytes.putU32(into, at + TARGET_IP, targetIp);
    }
}
