package io.wirecloset.vl1.wire;

/** An IP address and a UDP port: where datagrams come from and go to. Text form {@code ip/port}. Immutable. */
public final class Endpoint {
    private static final int TYPE_NONE = 0;
    private static final int TYPE_ETHERNET = 1;
    private static final int TYPE_BLUETOOTH = 2;
    private static final int TYPE_OTHER = 3;
    private static final int TYPE_V4 = 4;
    private static final int TYPE_V6 = 6;
    private static final int LINK_ADDRESS_BYTES = 6;
    /** 2001:470::/32, a tunnel broker's: never a path. */
    private static final long TUNNEL_BROKER = 0x2001_0470L;

    private final long high;
    private final long low;
    private final boolean v4;
    private final int port;
    private final int hash;

    private Endpoint(long high, long low, boolean v4, int port) {
        this.high = high;
        this.low = low;
        this.v4 = v4;
        this.port = port;
        this.hash = Long.hashCode((high * 31 + low) * 0x9e37_79b9_7f4a_7c15L + port);
    }

    /** @param ip 4 or 16 bytes, copied */
    public static Endpoint of(byte[] ip, int port) {
        if (port < 0 || port > 0xffff) {
            throw new MalformedException("port beyond 16 bits");
        }
        return new Endpoint(Ip.high(ip), Ip.low(ip), ip.length == 4, port);
    }

    /** @param ip the four bytes as a number, most significant first */
    public static Endpoint ofV4(int ip, int port) {
        return new Endpoint(0, ip & 0xffff_ffffL, true, port & 0xffff);
    }

    /**
     * @param high bytes 0..7
     * @param low bytes 8..15, most significant first
     */
    public static Endpoint ofV6(long high, long low, int port) {
        return new Endpoint(high, low, false, port & 0xffff);
    }

    /**
     * Reads {@code ip/port}.
     *
     * @throws MalformedException for anything else; names are not resolved
     */
    public static Endpoint parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new MalformedException("endpoint without /port");
        }
        return of(Ip.parse(text.substring(0, slash)), Ip.decimal(text, slash + 1, text.length(), 0xffff));
    }

    /**
     * Reads the protocol's form of a physical address (notes on VL1, section 5).
     *
     * @return null for "no address" and for the kinds that are skipped
     * @throws MalformedException for unknown kinds, which make the whole packet invalid
     */
    public static Endpoint read(WireReader in) {
        switch (in.u8()) {
            case TYPE_NONE -> {
                return null;
            }
            case TYPE_ETHERNET, TYPE_BLUETOOTH -> {
                in.skip(LINK_ADDRESS_BYTES);
                return null;
            }
            case TYPE_OTHER -> {
                in.skip(in.u16());
                return null;
            }
            case TYPE_V4 -> {
                long ip = in.u32();
                return new Endpoint(0, ip, true, in.u16());
            }
            case TYPE_V6 -> {
                long high = in.u64();
                long low = in.u64();
                return new Endpoint(high, low, false, in.u16());
            }
            default -> throw new MalformedException("unknown kind of physical address");
        }
    }

    /** 7 or 19 bytes. */
    public void write(WireWriter out) {
        if (v4) {
            out.u8(TYPE_V4).u32(low);
        } else {
            out.u8(TYPE_V6).u64(high).u64(low);
        }
        out.u16(port);
    }

    /** "No address", one byte. */
    public static void writeNone(WireWriter out) {
        out.u8(TYPE_NONE);
    }

    /** Writes {@code endpoint}, or "no address" if it is null. */
    public static void write(WireWriter out, Endpoint endpoint) {
        if (endpoint == null) {
            writeNone(out);
        } else {
            endpoint.write(out);
        }
    }

    public boolean isV4() {
        return v4;
    }

    /** 4 or 16 bytes, a copy. */
    public byte[] ip() {
        return Ip.bytes(high, low, v4);
    }

    /** Bytes 0..7 of an IPv6 address; 0 for IPv4. */
    public long ipHigh() {
        return high;
    }

    /** Bytes 8..15 of an IPv6 address; the whole address for IPv4. */
    public long ipLow() {
        return low;
    }

    public int port() {
        return port;
    }

    public Endpoint withPort(int port) {
        return new Endpoint(high, low, v4, port & 0xffff);
    }

    /** @return one of the numbers in {@link Scope} */
    public int scope() {
        return v4 ? Scope.ofV4((int) low) : Scope.ofV6(high, low);
    }

    /** May a node be contacted here at all? Private, global and the like, but no loopback, link-local or multicast. */
    public boolean isUsableAsPath() {
        return switch (scope()) {
            case Scope.PSEUDO_PRIVATE, Scope.GLOBAL, Scope.SHARED, Scope.PRIVATE -> v4 || high >>> 32 != TUNNEL_BROKER;
            default -> false;
        };
    }

    /** Which bucket of the identity validation gate this source falls into (notes on VL1, section 5.2): 0..16383. */
    public int gateBucket() {
        if (v4) {
            int h = (int) (low >>> 8);
            return (h ^ h >>> 14) & Limits.GATE_BUCKETS - 1;
        }
        int h = 0;
        for (int shift = 56; shift >= 16; shift -= 8) {
            h = 2 * h + (int) (high >>> shift & 0xff);
        }
        return h & Limits.GATE_BUCKETS - 1;
    }

    /** Same address, whatever the port. */
    public boolean sameIp(Endpoint other) {
        return low == other.low && high == other.high && v4 == other.v4;
    }

    @Override
    public boolean equals(Object o) {
        return o == this || o instanceof Endpoint other && port == other.port && sameIp(other);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The address alone, as text. */
    public String ipText() {
        return Ip.format(high, low, v4);
    }

    @Override
    public String toString() {
        return ipText() + "/" + port;
    }
}
