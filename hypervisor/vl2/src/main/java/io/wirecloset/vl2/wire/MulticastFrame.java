package io.wirecloset.vl2.wire;

import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;

/**
 * MULTICAST_FRAME (vl2.md 11.3): one copy of a frame for a group, perhaps with a question for more members.
 *
 * <pre>u64 network id | u8 flags | [certificate if flags and 1] | [u32 gather limit if flags and 2]
 * | [a[6] source MAC if flags and 4] | a[6] destination MAC | u32 ADI | u16 ethertype | data</pre>
 *
 * A view over the payload: holds no data, allocates nothing, valid as long as the slot is.
 */
public final class MulticastFrame {
    public static final int NETWORK_ID = 0; // 8
    public static final int FLAGS = 8; // 1
    public static final int MEMBERSHIP = 9;

    private static final int GATHER_LIMIT_BYTES = 4;
    private static final int BEHIND_SOURCE_BYTES = MulticastGroup.LENGTH + 2;

    private byte[] packet;
    private int at;
    private int end;
    private int gather;
    private int source;
    private int group;

    /**
     * Lays the view over a payload.
     *
     * @return false if it is too short for what its flags promise; then the view must not be used
     */
    public boolean over(byte[] packet, int at, int length) {
        if (length < MEMBERSHIP) {
            return false;
        }
        this.packet = packet;
        this.at = at;
        this.end = at + length;
        int next = at + MEMBERSHIP;
        if (has(Wire.MULTICAST_COM_ATTACHED)) {
            int membership = AttachedMembership.length(packet, next, end);
            if (membership < 0) {
                return false;
            }
            next += membership;
        }
        gather = next;
        next += has(Wire.MULTICAST_GATHER_LIMIT) ? GATHER_LIMIT_BYTES : 0;
        source = next;
        next += has(Wire.MULTICAST_SOURCE_MAC) ? Mac.LENGTH : 0;
        group = next;
        return end - group >= BEHIND_SOURCE_BYTES;
    }

    public long networkId() {
        return Bytes.u64(packet, at + NETWORK_ID);
    }

    public int flags() {
        return packet[at + FLAGS] & 0xff;
    }

    public boolean wantsReplication() {
        return has(Wire.MULTICAST_REPLICATE);
    }

    /** Index of the certificate in the slot; meaningful when {@link #membershipLength()} is not 0. */
    public int membershipAt() {
        return at + MEMBERSHIP;
    }

    public int membershipLength() {
        return gather - (at + MEMBERSHIP);
    }

    /** How many members the sender would like to be told, unsigned 32 bits; 0 if it did not ask. */
    public long gatherLimit() {
        return has(Wire.MULTICAST_GATHER_LIMIT) ? Bytes.u32(packet, gather) & 0xffff_ffffL : 0;
    }

    public boolean hasSource() {
        return has(Wire.MULTICAST_SOURCE_MAC);
    }

    /** The source MAC given; without one ({@link #hasSource}) it is the sender's. */
    public long source() {
        return Mac.get(packet, source);
    }

    public long destination() {
        return Mac.get(packet, group);
    }

    /** Unsigned 32 bits. */
    public long adi() {
        return Bytes.u32(packet, group + Mac.LENGTH) & 0xffff_ffffL;
    }

    public MulticastGroup group() {
        return new MulticastGroup(destination(), adi());
    }

    public int ethertype() {
        return Bytes.u16(packet, group + MulticastGroup.LENGTH);
    }

    /** Index of the frame's data in the slot. */
    public int dataAt() {
        return group + BEHIND_SOURCE_BYTES;
    }

    public int dataLength() {
        return end - dataAt();
    }

    private boolean has(int flag) {
        return (packet[at + FLAGS] & flag) != 0;
    }

    /**
     * Writes everything in front of the data, never with a certificate.
     *
     * @param extraFlags {@link Wire#MULTICAST_REPLICATE} or 0; those for the optional fields follow from the values
     * @param gatherLimit 0 for none
     * @param sourceMac -1 when the source is the sender itself
     */
    public static void write(
            WireWriter out,
            long networkId,
            int extraFlags,
            long gatherLimit,
            long sourceMac,
            MulticastGroup to,
            int ethertype) {
        int flags = extraFlags
                | (gatherLimit > 0 ? Wire.MULTICAST_GATHER_LIMIT : 0)
                | (sourceMac >= 0 ? Wire.MULTICAST_SOURCE_MAC : 0);
        out.u64(networkId).u8(flags);
        if (gatherLimit > 0) {
            out.u32(gatherLimit);
        }
        if (sourceMac >= 0) {
            GroupFields.writeMac(out, sourceMac);
        }
        GroupFields.write(out, to);
        out.u16(ethertype);
    }
}
