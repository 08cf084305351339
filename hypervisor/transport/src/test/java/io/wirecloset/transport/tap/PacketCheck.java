package io.wirecloset.transport.tap;

import java.util.HexFormat;

/** Checks lengths and checksums of an Ethernet frame with IP inside. Written apart from what it checks. */
final class PacketCheck {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMP_V6 = 58;

    private PacketCheck() {}

    /** @return null when nothing is wrong with it, or it is not IP */
    static String faultOf(byte[] b, int at, int length) {
        int type = u16(b, at + 12);
        int ip = at + 14;
        if (type == 0x8100) {
            type = u16(b, at + 16);
            ip += 4;
        }
        String fault =
                switch (type) {
                    case 0x0800 -> ofIpv4(b, ip, at + length);
                    case 0x86dd -> ofIpv6(b, ip, at + length);
                    default -> null;
                };
        return fault == null ? null : fault + ": " + HexFormat.of().formatHex(b, at, at + Math.min(length, 100));
    }

    private static String ofIpv4(byte[] b, int ip, int end) {
        int headerBytes = (b[ip] & 15) * 4;
        if (ip + u16(b, ip + 2) != end) {
            return "IPv4 total length " + u16(b, ip + 2) + " in " + (end - ip);
        }
        if (sum(b, ip, headerBytes, 0) != 0xffff) {
            return "IPv4 header checksum";
        }
        if ((u16(b, ip + 6) & 0x3fff) != 0) {
            return null;
        }
        return ofTransport(b, b[ip + 9] & 0xff, ip + 12, 8, ip + headerBytes, end);
    }

    private static String ofIpv6(byte[] b, int ip, int end) {
        if (ip + 40 + u16(b, ip + 4) != end) {
            return "IPv6 payload length " + u16(b, ip + 4) + " in " + (end - ip - 40);
        }
        int protocol = b[ip + 6] & 0xff;
        int at = ip + 40;
        if (protocol == 0) { // hop-by-hop options
            protocol = b[at] & 0xff;
            at += 8 + (b[at + 1] & 0xff) * 8;
        }
        return ofTransport(b, protocol, ip + 8, 32, at, end);
    }

    private static String ofTransport(byte[] b, int protocol, int addresses, int addressesBytes, int at, int end) {
        int length = end - at;
        long pseudo = protocol == ICMP ? 0 : sum(b, addresses, addressesBytes, protocol + length);
        if (protocol == UDP && u16(b, at + 4) != length) {
            return "UDP length " + u16(b, at + 4) + " in " + length;
        }
        if (protocol == UDP && u16(b, at + 6) == 0) {
            return null; // none
        }
        boolean known = protocol == TCP || protocol == UDP || protocol == ICMP || protocol == ICMP_V6;
        return known && sum(b, at, length, pseudo) != 0xffff ? "checksum of protocol " + protocol : null;
    }

    private static int sum(byte[] b, int at, int length, long start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (long) (b[at + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    static int u16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }
}
