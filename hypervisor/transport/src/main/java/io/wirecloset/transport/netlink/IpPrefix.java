package io.wirecloset.transport.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An IP address and how many of its leading bits name the network; the rest is kept.
 *
 * @param length 0 to 32 or 128
 */
public record IpPrefix(InetAddress ip, int length) {
    public IpPrefix {
        if (length < 0 || length > bitsOf(ip)) {
            throw new IllegalArgumentException("prefix length " + length + " of " + ip.getHostAddress());
        }
    }

    /** A single address: /32 or /128. */
    public static IpPrefix host(InetAddress ip) {
        return new IpPrefix(ip, bitsOf(ip));
    }

    /** @param ip 4 or 16 bytes */
    public static IpPrefix of(byte[] ip, int length) {
        return new IpPrefix(AttributeReader.ipOf(ip), length);
    }

    /** @param text {@code "10.1.2.3/24"}, {@code "fe80::1/64"}, or an address alone */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        InetAddress ip = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        return slash < 0 ? host(ip) : new IpPrefix(ip, Integer.parseInt(text.substring(slash + 1)));
    }

    /** @return the same network with all bits behind the prefix zero, as routes want it */
    public IpPrefix network() {
        byte[] bytes = ip.getAddress();
        for (int bit = length; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >>> bit % 8);
        }
        return of(bytes, length);
    }

    public boolean isV4() {
        return ip instanceof Inet4Address;
    }

    private static int bitsOf(InetAddress ip) {
        return ip instanceof Inet4Address ? 32 : 128;
    }

    @Override
    public String toString() {
        return ip.getHostAddress() + "/" + length;
    }
}
