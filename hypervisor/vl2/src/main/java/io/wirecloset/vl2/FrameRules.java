package io.wirecloset.vl2;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.rule.Decision;
import io.wirecloset.vl2.rule.Filter;
import io.wirecloset.vl2.rule.FrameFacts;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.rule.Ruling;
import io.wirecloset.vl2.wire.ExtFrame;
import io.wirecloset.vl2.wire.Limits;

/**
 * What a network's rules say about one frame after another, and the copies they call for (rules.md 6). Each lane and the
 * control loop keep one. Copies are written into a slot of their own: sealing destroys what it seals, and the frame itself
 * still has to go on.
 */
final class FrameRules {
    private static final int COPY_AT = Limits.HEAD_ROOM_BYTES;
    private static final int COPY_DATA = COPY_AT + PacketHeader.LENGTH + ExtFrame.LENGTH;
    /** Data of the largest EXT_FRAME. */
    private static final int MOST_DATA = Wire.MAX_PAYLOAD_BYTES - ExtFrame.LENGTH;

    private final Filter filter;
    private final FrameFacts facts = new FrameFacts();
    private final byte[] copy = new byte[COPY_DATA + MOST_DATA + Limits.SLACK_BYTES];

    /** About the frame asked about last; null when that one never came to the rules. */
    private Ruling ruling;

    private int copyLength;

    FrameRules(RandomSource random) {
        filter = new Filter(random);
    }

    /**
     * A frame we send.
     *
     * @param to 0 in the first pass of multicast and of bridging
     * @param remote of that node
     * @param noTee whether watchers saw it in the first pass
     * @param at its Ethernet header; borrowed as long as copies are to be written
     */
    Decision outbound(NetworkRecord n, long to, Party remote, boolean noTee, byte[] slot, int at, int length) {
        facts.of(
                n.self(),
                to,
                EthernetFrame.source(slot, at),
                EthernetFrame.destination(slot, at),
                EthernetFrame.ethertype(slot, at),
                slot,
                at + EthernetFrame.HEADER_LENGTH,
                length - EthernetFrame.HEADER_LENGTH);
        ruling = filter.outbound(n.rules(), facts, n.party(), remote, noTee);
        return ruling.decision();
    }

    /** A frame we received. @param data without an Ethernet header; borrowed as long as copies are to be written */
    Decision inbound(
            NetworkRecord n,
            MemberRecord from,
            long source,
            long destination,
            int ethertype,
            byte[] slot,
            int data,
            int length) {
        facts.of(from.address(), n.self(), source, destination, ethertype, slot, data, length);
        ruling = filter.inbound(n.rules(), facts, n.party(), from.party());
        return ruling.decision();
    }

    /** Before a frame of which it is open whether the rules are asked. */
    void forget() {
        ruling = null;
    }

    /** @return null if a frame with this decision goes on or has gone elsewhere, else the name of what stops it */
    static Drop whyNot(Decision decision) {
        return decision == Decision.DROP ? Drop.RULE_SAID_NO : null;
    }

    static boolean passes(Decision decision) {
        return decision == Decision.ACCEPT || decision == Decision.SUPER_ACCEPT;
    }

    // ---- the copies of that frame

    int copies() {
        return ruling == null ? 0 : ruling.copies();
    }

    long copyTo(int i) {
        return ruling.copyTo(i);
    }

    /** Writes the {@code i}th, over the one before. @return false if no packet is large enough for it */
    boolean writeCopy(NetworkRecord n, int i) {
        int dataLength = ruling.copyLength(i);
        if (dataLength > MOST_DATA) {
            return false;
        }
        int payload = COPY_AT + PacketHeader.LENGTH;
        ExtFrame.put(
                copy, payload, n.id(), ruling.copyFlags(i), facts.destinationMac, facts.sourceMac, facts.ethertype);
        System.arraycopy(facts.frame, facts.at, copy, COPY_DATA, dataLength);
        copyLength = PacketHeader.LENGTH + ExtFrame.LENGTH + dataLength;
        return true;
    }

    byte[] copySlot() {
        return copy;
    }

    /** The packet header, still to be written. */
    int copyAt() {
        return COPY_AT;
    }

    int copyLength() {
        return copyLength;
    }
}
