package io.wirecloset.transport.netlink;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Walks attributes: 2 bytes length with header, 2 bytes type, value, padding to four. */
final class AttributeReader {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int MAC_BYTES = 6;

    private final ByteBuffer bytes;
    private final int end;
    private int next;
    private int at;
    private int length;

    AttributeReader(ByteBuffer bytes, int from, int to) {
        this.bytes = bytes;
        this.next = from;
        this.end = to;
    }

    boolean next() {
        // fewer bytes than a header are padding
        if (end - next < Rtnetlink.ATTRIBUTE_HEADER_BYTES) {
            return false;
        }
        int whole = bytes.getShort(next) & 0xffff;
        if (whole < Rtnetlink.ATTRIBUTE_HEADER_BYTES || whole > end - next) {
            throw new MalformedReplyException("an attribute of " + whole + " bytes in " + (end - next));
        }
        at = next + Rtnetlink.ATTRIBUTE_HEADER_BYTES;
        length = whole - Rtnetlink.ATTRIBUTE_HEADER_BYTES;
        next += Rtnetlink.aligned(whole);
        return true;
    }

    int type() {
        return bytes.getShort(at - 2) & Rtnetlink.TYPE_MASK;
    }

    int u8() {
        need(1);
        return bytes.get(at) & 0xff;
    }

    int i32() {
        need(Integer.BYTES);
        return bytes.getInt(at);
    }

    /** As the packet filter's side of the kernel has its numbers. */
    int bigEndian16() {
        need(Short.BYTES);
        return (bytes.get(at) & 0xff) << 8 | bytes.get(at + 1) & 0xff;
    }

    int bigEndian32() {
        int value = i32();
        return bytes.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
    }

    AttributeReader nested() {
        return new AttributeReader(bytes, at, at + length);
    }

    /** @return -1 for anything but an Ethernet address, as tunnels have */
    long mac() {
        return length == MAC_BYTES ? HardwareAddress.fromBytes(bytes, at) : HardwareAddress.NONE;
    }

    String text() {
        int textBytes = 0;
        while (textBytes < length && bytes.get(at + textBytes) != 0) {
            textBytes++;
        }
        byte[] text = new byte[textBytes];
        bytes.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    InetAddress ip() {
        if (length != IPV4_BYTES && length != IPV6_BYTES) {
            throw new MalformedReplyException("an IP address of " + length + " bytes");
        }
        byte[] ip = new byte[length];
        bytes.get(at, ip);
        return ipOf(ip);
    }

    /** @param ip 4 or 16 bytes; sixteen stay IPv6 even where they map an IPv4 address */
    static InetAddress ipOf(byte[] ip) {
        try {
            return ip.length == IPV6_BYTES ? Inet6Address.getByAddress(null, ip, -1) : InetAddress.getByAddress(ip);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an IP address", e);
        }
    }

    private void need(int wanted) {
        if (length < wanted) {
            throw new MalformedReplyException("a value of " + length + " bytes");
        }
    }
}
