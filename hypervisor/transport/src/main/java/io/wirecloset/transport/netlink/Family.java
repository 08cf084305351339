package io.wirecloset.transport.netlink;

import io.wirecloset.transport.linux.SocketCalls;
import java.net.Inet4Address;
import java.net.InetAddress;

/** Address families of IP. */
final class Family {
    private Family() {}

    static int of(InetAddress ip) {
        return ip instanceof Inet4Address ? SocketCalls.AF_INET : SocketCalls.AF_INET6;
    }

    static InetAddress any(int family) {
        return switch (family) {
            case SocketCalls.AF_INET -> AttributeReader.ipOf(new byte[4]);
            case SocketCalls.AF_INET6 -> AttributeReader.ipOf(new byte[16]);
            default -> throw new MalformedReplyException("address family " + family);
        };
    }

    static boolean isIp(int family) {
        return family == SocketCalls.AF_INET || family == SocketCalls.AF_INET6;
    }

    static IpPrefix prefix(InetAddress ip, int length) {
        if (length > ip.getAddress().length * 8) {
            throw new MalformedReplyException("a prefix of " + length + " bits");
        }
        return new IpPrefix(ip, length);
    }
}
