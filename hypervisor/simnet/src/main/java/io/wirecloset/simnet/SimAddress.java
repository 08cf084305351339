package io.wirecloset.simnet;

/** An IPv4 address and a UDP port of the simulated network. */
public record SimAddress(int ip, int port) {

    public SimAddress {
        if (port < 0 || port > 0xffff) throw new IllegalArgumentException("port " + port);
    }

    /** Four dotted numbers to an address in network order. */
    public static int ip(String dotted) {
        String[] parts = dotted.split("\\.", -1);
        if (parts.length != 4) throw new IllegalArgumentException("not an IPv4 address: " + dotted);
        int ip = 0;
        for (String part : parts) {
            int octet = Integer.parseInt(part);
            if (octet < 0 || octet > 255) throw new IllegalArgumentException("not an IPv4 address: " + dotted);
            ip = ip << 8 | octet;
        }
        return ip;
    }

    public static SimAddress of(String dotted, int port) {
        return new SimAddress(ip(dotted), port);
    }

    static String dotted(int ip) {
        return (ip >>> 24) + "." + (ip >>> 16 & 0xff) + "." + (ip >>> 8 & 0xff) + "." + (ip & 0xff);
    }

    SimAddress withPort(int other) {
        return new SimAddress(ip, other);
    }

    @Override
    public String toString() {
        return dotted(ip) + ":" + port;
    }
}
