package io.wirecloset.vl2.wire;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.Arrays;

/**
 * What the OK to MULTICAST_GATHER, or to a MULTICAST_FRAME that asked for more members, says behind its in-re fields
 * (vl2.md 11.2, 11.3).
 *
 * <pre>gather: u64 network id | a[6] MAC | u32 ADI | u32 total known | u16 n | n x a[5]
 * frame:  u64 network id | a[6] MAC | u32 ADI | u8 flags | [certificate if flags and 1] | [the same, if flags and 2]</pre>
 */
public final class GatherResult {
    /** Bytes in front of the addresses, in the form that answers a frame. */
    public static final int HEADER_LENGTH = Wire.NETWORK_ID_BYTES + MulticastGroup.LENGTH + 1 + 4 + 2;

    private final long networkId;
    private final MulticastGroup group;
    private final long totalKnown;
    private final long[] members;

    /** @param totalKnown entries known to the answering node, unsigned 32 bits */
    public GatherResult(long networkId, MulticastGroup group, long totalKnown, long[] members) {
        this.networkId = networkId;
        this.group = group;
        this.totalKnown = totalKnown & 0xffff_ffffL;
        this.members = members.clone();
    }

    /** Reads the answer to MULTICAST_GATHER. @throws MalformedException */
    public static GatherResult readOfGather(WireReader in) {
        return readMembers(in, in.u64(), GroupFields.read(in));
    }

    /** Reads the answer to MULTICAST_FRAME. @throws MalformedException */
    public static GatherResult readOfFrame(WireReader in) {
        long networkId = in.u64();
        MulticastGroup group = GroupFields.read(in);
        int flags = in.u8();
        if ((flags & Wire.MULTICAST_COM_ATTACHED) != 0) {
            int length = AttachedMembership.length(in.buffer(), in.offset(), in.offset() + in.remaining());
            if (length < 0) {
                throw new MalformedException("no certificate where one was promised");
            }
            in.skip(length);
        }
        if ((flags & Wire.MULTICAST_GATHER_LIMIT) == 0) {
            return new GatherResult(networkId, group, 0, new long[0]);
        }
        return readMembers(in, networkId, group);
    }

    private static GatherResult readMembers(WireReader in, long networkId, MulticastGroup group) {
        long total = in.u32();
        int count = in.u16();
        if (count * Wire.ADDRESS_BYTES > in.remaining()) {
            throw new MalformedException("fewer members than promised");
        }
        long[] members = new long[count];
        for (int i = 0; i < count; i++) {
            members[i] = in.address();
        }
        return new GatherResult(networkId, group, total, members);
    }

    public void writeOfGather(WireWriter out) {
        out.u64(networkId);
        GroupFields.write(out, group);
        writeMembers(out);
    }

    public void writeOfFrame(WireWriter out) {
        out.u64(networkId);
        GroupFields.write(out, group);
        out.u8(Wire.MULTICAST_GATHER_LIMIT);
        writeMembers(out);
    }

    private void writeMembers(WireWriter out) {
        out.u32(totalKnown).u16(members.length);
        for (long member : members) {
            out.address(member);
        }
    }

    public long networkId() {
        return networkId;
    }

    public MulticastGroup group() {
        return group;
    }

    public long totalKnown() {
        return totalKnown;
    }

    /** Node addresses, a copy. */
    public long[] members() {
        return members.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof GatherResult other
                && networkId == other.networkId
                && totalKnown == other.totalKnown
                && group.equals(other.group)
                && Arrays.equals(members, other.members);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(networkId) * 31 + group.hashCode();
    }
}
