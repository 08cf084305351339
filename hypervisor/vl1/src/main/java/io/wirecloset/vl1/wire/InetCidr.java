package io.wirecloset.vl1.wire;

/**
 * An IP address and a prefix length: a network, or an address in one (host bits are kept). Text form
 * {@code 10.0.0.0/8}; on the wire an {@link Endpoint} whose port is the prefix length. Immutable.
 */
public final class InetCidr {
    private final Endpoint address;

    private InetCidr(Endpoint address) {
        if (address.port() > (address.isV4() ? 32 : 128)) {
            throw new MalformedException("prefix longer than the address");
        }
        this.address = address;
    }

    /** @param ip 4 or 16 bytes, copied */
    public static InetCidr of(byte[] ip, int prefixLength) {
        return new InetCidr(Endpoint.of(ip, prefixLength));
    }

    /**
     * Reads {@code ip/bits}; without a slash the prefix is the whole address.
     *
     * @throws MalformedException for anything else
     */
    public static InetCidr parse(String text) {
        if (text.indexOf('/') < 0) {
            byte[] ip = Ip.parse(text);
            return of(ip, 8 * ip.length);
        }
        return new InetCidr(Endpoint.parse(text));
    }

    /** @return null for "no address"; see {@link Endpoint#read} */
    public static InetCidr read(WireReader in) {
        Endpoint read = Endpoint.read(in);
        return read == null ? null : new InetCidr(read);
    }

    public void write(WireWriter out) {
        address.write(out);
    }

    public boolean isV4() {
        return address.isV4();
    }

    /** 4 or 16 bytes, a copy. */
    public byte[] ip() {
        return address.ip();
    }

    public int prefixLength() {
        return address.port();
    }

    /** The address without prefix length, as text. */
    public String ipText() {
        return address.ipText();
    }

    /** The same prefix with host bits zero. */
    public InetCidr network() {
        int bits = prefixLength();
        return new InetCidr(
                isV4()
                        ? Endpoint.ofV4((int) (address.ipLow() & maskV4(bits)), bits)
                        : Endpoint.ofV6(address.ipHigh() & maskHigh(bits), address.ipLow() & maskLow(bits), bits));
    }

    /** Does the address of this endpoint lie in this network? Families never mix. */
    public boolean contains(Endpoint endpoint) {
        if (endpoint.isV4() != isV4()) {
            return false;
        }
        int bits = prefixLength();
        if (isV4()) {
            return ((endpoint.ipLow() ^ address.ipLow()) & maskV4(bits)) == 0;
        }
        return ((endpoint.ipHigh() ^ address.ipHigh()) & maskHigh(bits)) == 0
                && ((endpoint.ipLow() ^ address.ipLow()) & maskLow(bits)) == 0;
    }

    /** @param ip 4 or 16 bytes */
    public boolean contains(byte[] ip) {
        return contains(Endpoint.of(ip, 0));
    }

    /** Is the other network equal to this one or a part of it? */
    public boolean contains(InetCidr other) {
        return other.prefixLength() >= prefixLength() && contains(other.address);
    }

    private static long maskV4(int bits) {
        return bits == 0 ? 0 : 0xffff_ffffL << 32 - bits & 0xffff_ffffL;
    }

    private static long maskHigh(int bits) {
        return bits == 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }

    private static long maskLow(int bits) {
        return bits <= 64 ? 0 : -1L << 128 - bits;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof InetCidr other && address.equals(other.address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
