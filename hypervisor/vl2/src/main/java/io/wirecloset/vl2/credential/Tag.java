package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/**
 * A number a controller attaches to a member, for rules to compare (vl2.md 6.3). 135 bytes:
 *
 * <pre>u64 network id | u64 timestamp | u32 id | u32 value | a[5] issued to | a[5] signer | signature field | u16 0</pre>
 */
public final class Tag extends Issued {
    private final long value;

    private Tag(long networkId, long timestamp, long id, long value, long issuedTo, long signer, byte[] signature) {
        this.value = value & 0xffff_ffffL;
        super(networkId, timestamp, id, issuedTo, signer, signature);
    }

    private Tag(long networkId, long timestamp, long id, long value, long issuedTo, Identity controller) {
        this.value = value & 0xffff_ffffL;
        super(networkId, timestamp, id, issuedTo, controller);
    }

    /** @param controller with its secret; {@code id} and {@code value} have 32 bits */
    public static Tag issue(long networkId, long timestamp, long id, long value, long issuedTo, Identity controller) {
        return new Tag(networkId, timestamp, id, value, issuedTo, controller);
    }

    /** @throws MalformedException */
    public static Tag read(WireReader in) {
        return new Tag(in.u64(), in.u64(), in.u32(), in.u32(), in.address(), in.address(), readTail(in));
    }

    @Override
    void writeBody(WireWriter out) {
        out.u64(networkId())
                .u64(timestamp())
                .u32(id())
                .u32(value)
                .address(issuedTo())
                .address(signer());
    }

    @Override
    public int type() {
        return TYPE_TAG;
    }

    /** Unsigned 32 bits. */
    public long value() {
        return value;
    }
}
