package io.wirecloset.agent.attach;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Makes frames that claim things. Each ends in a marker by which it is known wherever it turns up. */
final class Forgery {
    static final byte[] MARKER = HexFormat.of().parseHex("c0defeed5eedc0de");

    private static final int ICMPV6 = 58;
    private static final int UDP = 17;
    private static final int HOP_BY_HOP = 0;

    private Forgery() {}

    static byte[] frame(long to, long from, int type, byte[] payload) {
        return join(mac(to), mac(from), u16(type), payload);
    }

    static byte[] mac(long mac) {
        return ByteBuffer.allocate(6)
                .putShort((short) (mac >>> 32))
                .putInt((int) mac)
                .array();
    }

    static byte[] udp(InetAddress from, InetAddress to, int sourcePort, int port) {
        byte[] datagram = join(u16(sourcePort), u16(port), u16(8 + MARKER.length), u16(0), MARKER);
        return ip(from, to, UDP, datagram);
    }

    static byte[] icmp6(InetAddress from, InetAddress to, int type, byte[] body) {
        byte[] message = join(new byte[] {(byte) type, 0, 0, 0}, body, MARKER);
        int sum = sum(from.getAddress()) + sum(to.getAddress()) + message.length + ICMPV6 + sum(message);
        ByteBuffer.wrap(message).putShort(2, (short) ~fold(sum));
        return ip(from, to, ICMPV6, message);
    }

    /** A neighbour message that names an address. */
    static byte[] neighbour(InetAddress from, InetAddress to, int type, InetAddress target, long claimed) {
        byte[] option = join(new byte[] {2, 1}, mac(claimed));
        return icmp6(from, to, type, join(HexFormat.of().parseHex("60000000"), target.getAddress(), option));
    }

    /** The same message behind an extension header, where a careless filter does not look. */
    static byte[] behindExtension(byte[] ip6) {
        byte[] header = java.util.Arrays.copyOf(ip6, 40);
        byte[] rest = java.util.Arrays.copyOfRange(ip6, 40, ip6.length);
        byte next = header[6];
        header[6] = HOP_BY_HOP;
        ByteBuffer.wrap(header).putShort(4, (short) (rest.length + 8));
        return join(header, new byte[] {next, 0, 1, 4, 0, 0, 0, 0}, rest);
    }

    static byte[] arp(int operation, long senderMac, InetAddress sender, long targetMac, InetAddress target) {
        return join(
                HexFormat.of().parseHex("000108000604"),
                u16(operation),
                mac(senderMac),
                sender.getAddress(),
                mac(targetMac),
                target.getAddress(),
                MARKER);
    }

    static byte[] ip(InetAddress from, InetAddress to, int protocol, byte[] payload) {
        if (from instanceof Inet4Address) {
            ByteBuffer header = ByteBuffer.allocate(20)
                    .put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (20 + payload.length))
                    .putInt(0)
                    .put((byte) 64)
                    .put((byte) protocol)
                    .putShort((short) 0)
                    .put(from.getAddress())
                    .put(to.getAddress());
            header.putShort(10, (short) ~fold(sum(header.array())));
            return join(header.array(), payload);
        }
        ByteBuffer header = ByteBuffer.allocate(40)
                .putInt(0x60000000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) 255)
                .put(from.getAddress())
                .put(to.getAddress());
        return join(header.array(), payload);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    private static int sum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
        }
        return sum;
    }

    private static int fold(int sum) {
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
