package io.wirecloset.controller.model;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;

/** An IP address without prefix length or port. Immutable. */
public final class IpAddress {
    private final Endpoint endpoint;

    private IpAddress(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** @param ip 4 or 16 bytes, copied */
    public static IpAddress of(byte[] ip) {
        return new IpAddress(Endpoint.of(ip, 0));
    }

    /** @param ip the four bytes as a number, most significant first */
    public static IpAddress ofV4(int ip) {
        return new IpAddress(Endpoint.ofV4(ip, 0));
    }

    /** Reads an address without prefix length; names are not resolved. @throws IllegalArgumentException for anything else */
    public static IpAddress parse(String text) {
        try {
            return new IpAddress(Endpoint.parse(text + "/0"));
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not an IP address: " + text);
        }
    }

    public boolean isV4() {
        return endpoint.isV4();
    }

    /** 4 or 16 bytes, a copy. */
    public byte[] bytes() {
        return endpoint.ip();
    }

    /** An IPv4 address as an unsigned number. */
    public long v4() {
        return endpoint.ipLow();
    }

    public boolean isIn(InetCidr network) {
        return network.contains(endpoint);
    }

    public InetCidr withPrefix(int prefixLength) {
        return InetCidr.of(bytes(), prefixLength);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof IpAddress other && endpoint.equals(other.endpoint);
    }

    @Override
    public int hashCode() {
        return endpoint.hashCode();
    }

    @Override
    public String toString() {
        return endpoint.ipText();
    }
}
