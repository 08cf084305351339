package io.wirecloset.kindtests.lab;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Ethernet frames with whatever in them, true or not. Addresses are text, as the tools print them. */
public final class Frames {
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int IPV6 = 0x86DD;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int DISCARD_PORT = 9;
    public static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    public static final String ALL_NODES = "33:33:00:00:00:01";

    private Frames() {}

    public static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    public static byte[] ip(String text) {
        return InetAddress.ofLiteral(text).getAddress();
    }

    /** A UDP datagram to the discard port. */
    public static byte[] udp(String toMac, String fromMac, String fromIp, String toIp, byte[] payload) {
        byte[] src = ip(fromIp);
        byte[] dst = ip(toIp);
        ByteBuffer udp = ByteBuffer.allocate(8 + payload.length);
        udp.putShort((short) DISCARD_PORT).putShort((short) DISCARD_PORT).putShort((short) udp.capacity());
        udp.putShort((short) 0).put(payload);
        udp.putShort(6, checksum(src, dst, UDP, udp.array()));
        return src.length == 4
                ? ethernet(toMac, fromMac, IPV4, ipv4(src, dst, udp.array()))
                : ethernet(toMac, fromMac, IPV6, ipv6(src, dst, UDP, 64, udp.array()));
    }

    /** An ARP reply to everybody: "ip is at mac". */
    public static byte[] arpClaim(String fromMac, String claimedMac, String claimedIp) {
        ByteBuffer arp = ByteBuffer.allocate(28);
        arp.putShort((short) 1)
                .putShort((short) IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 2);
        arp.put(mac(claimedMac)).put(ip(claimedIp)).put(mac(BROADCAST)).put(ip(claimedIp));
        return ethernet(BROADCAST, fromMac, ARP, arp.array());
    }

    /** An unsolicited neighbour advertisement to all nodes, with the override flag. */
    public static byte[] neighbourClaim(String fromMac, String fromIp, String claimedMac, String claimedIp) {
        ByteBuffer na = ByteBuffer.allocate(32);
        na.put((byte) 136).put((byte) 0).putShort((short) 0).putInt(0x2000_0000).put(ip(claimedIp));
        na.put((byte) 2).put((byte) 1).put(mac(claimedMac));
        return icmpv6(fromMac, fromIp, na);
    }

    /** A router advertisement that wants to be everybody's default router, with a prefix of its own. */
    public static byte[] routerClaim(String fromMac, String fromIp, String prefix) {
        ByteBuffer ra = ByteBuffer.allocate(16 + 32);
        ra.put((byte) 134)
                .put((byte) 0)
                .putShort((short) 0)
                .put((byte) 64)
                .put((byte) 0)
                .putShort((short) 1800);
        ra.putInt(0).putInt(0);
        ra.put((byte) 3)
                .put((byte) 4)
                .put((byte) 64)
                .put((byte) 0xC0)
                .putInt(3600)
                .putInt(3600)
                .putInt(0);
        ra.put(ip(prefix));
        return icmpv6(fromMac, fromIp, ra);
    }

    private static byte[] icmpv6(String fromMac, String fromIp, ByteBuffer message) {
        byte[] src = ip(fromIp);
        byte[] dst = ip("ff02::1");
        message.putShort(2, checksum(src, dst, ICMPV6, message.array()));
        return ethernet(ALL_NODES, fromMac, IPV6, ipv6(src, dst, ICMPV6, 255, message.array()));
    }

    private static byte[] ethernet(String toMac, String fromMac, int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .put(mac(toMac))
                .put(mac(fromMac))
                .putShort((short) type)
                .put(payload)
                .array();
    }

    private static byte[] ipv4(byte[] src, byte[] dst, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(20 + payload.length);
        b.put((byte) 0x45).put((byte) 0).putShort((short) b.capacity()).putInt(0);
        b.put((byte) 64).put((byte) UDP).putShort((short) 0).put(src).put(dst).put(payload);
        b.putShort(10, fold(sum(b.array(), 20)));
        return b.array();
    }

    private static byte[] ipv6(byte[] src, byte[] dst, int next, int hops, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(40 + payload.length);
        b.putInt(0x6000_0000).putShort((short) payload.length).put((byte) next).put((byte) hops);
        return b.put(src).put(dst).put(payload).array();
    }

    /** Over the pseudo header and the payload, whose own checksum field is zero. */
    private static short checksum(byte[] src, byte[] dst, int protocol, byte[] payload) {
        long sum = sum(src, src.length) + sum(dst, dst.length) + protocol + payload.length;
        return fold(sum + sum(payload, payload.length));
    }

    private static long sum(byte[] b, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (long) (b[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static short fold(long sum) {
        long s = sum;
        while (s > 0xFFFF) {
            s = (s & 0xFFFF) + (s >> 16);
        }
        return (short) ~s;
    }
}
