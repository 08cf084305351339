package io.wirecloset.vl2.wire;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.Arrays;
import java.util.Objects;

/**
 * MULTICAST_GATHER (vl2.md 11.2): who else listens to this group?
 *
 * <pre>u64 network id | u8 flags | a[6] MAC | u32 ADI | u32 limit | [certificate of membership if flags and 1]</pre>
 */
public final class MulticastGather {
    private final long networkId;
    private final MulticastGroup group;
    private final long limit;
    private final byte[] membership;

    /**
     * @param limit how many members to name at most, unsigned 32 bits
     * @param membership our certificate of membership as bytes, or null
     */
    public MulticastGather(long networkId, MulticastGroup group, long limit, byte[] membership) {
        this.networkId = networkId;
        this.group = Objects.requireNonNull(group);
        this.limit = limit & 0xffff_ffffL;
        this.membership = membership == null ? null : membership.clone();
    }

    /** @throws MalformedException */
    public static MulticastGather read(WireReader in) {
        long networkId = in.u64();
        int flags = in.u8();
        MulticastGroup group = GroupFields.read(in);
        long limit = in.u32();
        byte[] membership = null;
        if ((flags & Wire.GATHER_COM_ATTACHED) != 0) {
            int length = AttachedMembership.length(in.buffer(), in.offset(), in.offset() + in.remaining());
            if (length < 0) {
                throw new MalformedException("no certificate where one was promised");
            }
            membership = in.bytes(length);
        }
        return new MulticastGather(networkId, group, limit, membership);
    }

    public void write(WireWriter out) {
        out.u64(networkId).u8(membership == null ? 0 : Wire.GATHER_COM_ATTACHED);
        GroupFields.write(out, group);
        out.u32(limit);
        if (membership != null) {
            out.bytes(membership);
        }
    }

    public long networkId() {
        return networkId;
    }

    public MulticastGroup group() {
        return group;
    }

    public long limit() {
        return limit;
    }

    /** The certificate's bytes, a copy, or null. */
    public byte[] membership() {
        return membership == null ? null : membership.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof MulticastGather other
                && networkId == other.networkId
                && limit == other.limit
                && group.equals(other.group)
                && Arrays.equals(membership, other.membership);
    }

    @Override
    public int hashCode() {
        return Objects.hash(networkId, group, limit);
    }
}
