package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.wire.Limits;
import java.util.Arrays;
import java.util.List;

/**
 * Says which addresses belong to a member (vl2.md 6.5).
 *
 * <pre>u64 network id | u64 timestamp | u64 flags | u32 id | u16 count | count x ( u8 type | a[16] value )
 * | a[5] issued to | a[5] signer | signature field | u16 0</pre>
 */
public final class CertificateOfOwnership extends Issued {
    private final long flags;
    private final List<Thing> things;

    /** Something that can be owned: a MAC or an IP address. */
    public static final class Thing {
        public static final int TYPE_MAC = 1;
        public static final int TYPE_IPV4 = 2;
        public static final int TYPE_IPV6 = 3;

        private static final int VALUE_BYTES = 16;

        private final int type;
        private final byte[] value;

        private Thing(int type, byte[] value) {
            this.type = type;
            this.value = Arrays.copyOf(value, VALUE_BYTES);
        }

        public static Thing mac(long mac) {
            byte[] value = new byte[Mac.LENGTH];
            Mac.put(value, 0, mac);
            return new Thing(TYPE_MAC, value);
        }

        /** @param ip 4 or 16 bytes */
        public static Thing ip(byte[] ip) {
            return switch (ip.length) {
                case 4 -> new Thing(TYPE_IPV4, ip);
                case 16 -> new Thing(TYPE_IPV6, ip);
                default -> throw new IllegalArgumentException("an IP address has 4 or 16 bytes");
            };
        }

        public int type() {
            return type;
        }

        /** The 6, 4 or 16 bytes that count; all 16 for unknown types. A copy. */
        public byte[] value() {
            return Arrays.copyOf(value, valueBytes());
        }

        private int valueBytes() {
            return switch (type) {
                case TYPE_MAC -> Mac.LENGTH;
                case TYPE_IPV4 -> 4;
                default -> VALUE_BYTES;
            };
        }

        private boolean is(int wantedType, byte[] b, int at) {
            return type == wantedType && Arrays.equals(value, 0, valueBytes(), b, at, at + valueBytes());
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Thing other && type == other.type && Arrays.equals(value, other.value);
        }

        @Override
        public int hashCode() {
            return type * 31 + Arrays.hashCode(value);
        }
    }

    private CertificateOfOwnership(
            long networkId,
            long timestamp,
            long flags,
            long id,
            List<Thing> things,
            long issuedTo,
            long signer,
            byte[] signature) {
        this.flags = flags;
        this.things = List.copyOf(things);
        super(networkId, timestamp, id, issuedTo, signer, signature);
    }

    private CertificateOfOwnership(
            long networkId, long timestamp, long id, List<Thing> things, long issuedTo, Identity controller) {
        this.flags = 0;
        this.things = List.copyOf(things);
        super(networkId, timestamp, id, issuedTo, controller);
    }

    /**
     * @param controller with its secret
     * @throws IllegalArgumentException for more than {@link Limits#THINGS_PER_OWNERSHIP} things
     */
    public static CertificateOfOwnership issue(
            long networkId, long timestamp, long id, List<Thing> things, long issuedTo, Identity controller) {
        if (things.size() > Limits.THINGS_PER_OWNERSHIP) {
            throw new IllegalArgumentException("at most " + Limits.THINGS_PER_OWNERSHIP + " things");
        }
        return new CertificateOfOwnership(networkId, timestamp, id, things, issuedTo, controller);
    }

    /** @throws MalformedException */
    public static CertificateOfOwnership read(WireReader in) {
        long networkId = in.u64();
        long timestamp = in.u64();
        long flags = in.u64();
        long id = in.u32();
        int count = in.u16();
        if (count > Limits.THINGS_PER_OWNERSHIP) {
            throw new MalformedException("ownership of too many things");
        }
        Thing[] things = new Thing[count];
        for (int i = 0; i < count; i++) {
            things[i] = new Thing(in.u8(), in.bytes(Thing.VALUE_BYTES));
        }
        return new CertificateOfOwnership(
                networkId, timestamp, flags, id, List.of(things), in.address(), in.address(), readTail(in));
    }

    @Override
    void writeBody(WireWriter out) {
        out.u64(networkId()).u64(timestamp()).u64(flags).u32(id()).u16(things.size());
        for (Thing thing : things) {
            out.u8(thing.type).bytes(thing.value);
        }
        out.address(issuedTo()).address(signer());
    }

    public boolean ownsMac(long mac) {
        byte[] bytes = new byte[Mac.LENGTH];
        Mac.put(bytes, 0, mac);
        return owns(Thing.TYPE_MAC, bytes, 0);
    }

    /** @param b borrowed; the four bytes stand at {@code at} */
    public boolean ownsIpv4(byte[] b, int at) {
        return owns(Thing.TYPE_IPV4, b, at);
    }

    /** @param b borrowed; the sixteen bytes stand at {@code at} */
    public boolean ownsIpv6(byte[] b, int at) {
        return owns(Thing.TYPE_IPV6, b, at);
    }

    private boolean owns(int type, byte[] b, int at) {
        for (Thing thing : things) {
            if (thing.is(type, b, at)) {
                return true;
            }
        }
        return false;
    }

    public List<Thing> things() {
        return things;
    }

    public long flags() {
        return flags;
    }

    @Override
    public int type() {
        return TYPE_OWNERSHIP;
    }
}
