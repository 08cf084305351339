package io.wirecloset.vl2.wire;

import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.ethernet.Mac;

/**
 * EXT_FRAME (vl2.md 8): a frame with MACs of its own, from or to somebody behind a bridge.
 *
 * <pre>u64 network id | u8 flags | [certificate of membership] | a[6] destination | a[6] source | u16 ethertype | data</pre>
 *
 * A view over the payload: holds no data, allocates nothing, valid as long as the slot is.
 */
public final class ExtFrame {
    public static final int NETWORK_ID = 0; // 8
    public static final int FLAGS = 8; // 1
    /** Here stands the certificate if there is one, else the destination MAC. */
    public static final int MEMBERSHIP = 9;

    /** What we send: no certificate. */
    public static final int LENGTH = MEMBERSHIP + 2 * Mac.LENGTH + 2;

    private byte[] packet;
    private int at;
    private int end;
    private int macs;

    /**
     * Lays the view over a payload.
     *
     * @return false if it is too short to be an EXT_FRAME; then the view must not be used
     */
    public boolean over(byte[] packet, int at, int length) {
        if (length < LENGTH) {
            return false;
        }
        this.packet = packet;
        this.at = at;
        this.end = at + length;
        int membership = 0;
        if ((packet[at + FLAGS] & Wire.EXT_FRAME_COM_ATTACHED) != 0) {
            membership = AttachedMembership.length(packet, at + MEMBERSHIP, end);
            if (membership < 0) {
                return false;
            }
        }
        this.macs = at + MEMBERSHIP + membership;
        return end - macs >= 2 * Mac.LENGTH + 2;
    }

    public long networkId() {
        return Bytes.u64(packet, at + NETWORK_ID);
    }

    public int flags() {
        return packet[at + FLAGS] & 0xff;
    }

    public boolean wantsAcknowledgement() {
        return (flags() & Wire.EXT_FRAME_ACKNOWLEDGE) != 0;
    }

    /** Index of the certificate in the slot; meaningful when {@link #membershipLength()} is not 0. */
    public int membershipAt() {
        return at + MEMBERSHIP;
    }

    public int membershipLength() {
        return macs - (at + MEMBERSHIP);
    }

    public long destination() {
        return Mac.get(packet, macs);
    }

    public long source() {
        return Mac.get(packet, macs + Mac.LENGTH);
    }

    public int ethertype() {
        return Bytes.u16(packet, macs + 2 * Mac.LENGTH);
    }

    /** Index of the frame's data in the slot. The 14 bytes before it are the Ethernet header of the frame, as it is. */
    public int dataAt() {
        return macs + 2 * Mac.LENGTH + 2;
    }

    public int dataLength() {
        return end - dataAt();
    }

    /**
     * Writes network id and flags in front of a frame as it came from a tap: its Ethernet header already has the order
     * of the packet.
     *
     * @param at where the payload begins; the frame's destination MAC is at {@code at + MEMBERSHIP}
     */
    public static void putInFront(byte[] packet, int at, long networkId, int flags) {
        Bytes.putU64(packet, at + NETWORK_ID, networkId);
        packet[at + FLAGS] = (byte) flags;
    }

    /** Writes the {@link #LENGTH} bytes in front of the data. */
    public static void put(
            byte[] packet, int at, long networkId, int flags, long destination, long source, int ethertype) {
        putInFront(packet, at, networkId, flags);
        Mac.put(packet, at + MEMBERSHIP, destination);
        Mac.put(packet, at + MEMBERSHIP + Mac.LENGTH, source);
        Bytes.putU16(packet, at + MEMBERSHIP + 2 * Mac.LENGTH, ethertype);
    }
}
