package io.wirecloset.vl2;

import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.BridgeRoute;
import io.wirecloset.vl2.rule.Decision;
import io.wirecloset.vl2.wire.ExtFrame;
import io.wirecloset.vl2.wire.FrameHeader;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.Timing;
import io.wirecloset.vl2.wire.Wire;

/**
 * A FRAME, EXT_FRAME or MULTICAST_FRAME payload laid open, and the checks of vl2.md 8 and 11.3 that follow the gate.
 * Used by the lane and by the control loop, so that both decide alike; each keeps one. Holds positions, never bytes.
 */
final class PeerFrame {
    enum Fate {
        /** Against the protocol, see {@link #why()}: nothing more is done, not even an acknowledgement. */
        REFUSED,
        /** The rules said no, see {@link #why()}; acknowledgements and gathers are still answered. */
        FILTERED,
        /** The rules sent it elsewhere, as one of their copies. */
        REDIRECTED,
        /** A MULTICAST_FRAME without data: only its gather part counts. */
        EMPTY,
        DELIVER,
        /** Delivered, and the source MAC is reachable through the sender from now on. */
        LEARN_AND_DELIVER
    }

    private final ExtFrame ext = new ExtFrame();
    private final MulticastFrame multicast = new MulticastFrame();

    private int verb;
    private byte[] buffer;
    private long networkId;
    private long source;
    private long destination;
    private int ethertype;
    private int data;
    private int dataLength;
    private Drop why;

    /**
     * Reads the fields in front of the data.
     *
     * @param at where the payload begins, behind the verb; borrowed
     * @return false if the payload is too short for what its flags announce
     */
    boolean over(int frameVerb, byte[] b, int at, int length) {
        verb = frameVerb;
        buffer = b;
        return switch (verb) {
            case Verb.FRAME -> overFrame(at, length);
            case Verb.EXT_FRAME -> ext.over(b, at, length) && overExtFrame();
            case Verb.MULTICAST_FRAME -> multicast.over(b, at, length) && overMulticastFrame();
            default -> false;
        };
    }

    private boolean overFrame(int at, int length) {
        if (length < FrameHeader.LENGTH) {
            return false;
        }
        networkId = FrameHeader.networkId(buffer, at);
        ethertype = FrameHeader.ethertype(buffer, at);
        data = at + FrameHeader.LENGTH;
        dataLength = length - FrameHeader.LENGTH;
        return true;
    }

    private boolean overExtFrame() {
        networkId = ext.networkId();
        destination = ext.destination();
        source = ext.source();
        ethertype = ext.ethertype();
        data = ext.dataAt();
        dataLength = ext.dataLength();
        return true;
    }

    private boolean overMulticastFrame() {
        networkId = multicast.networkId();
        destination = multicast.destination();
        ethertype = multicast.ethertype();
        data = multicast.dataAt();
        dataLength = multicast.dataLength();
        return true;
    }

    /**
     * What becomes of the frame, after its sender passed the gate. Settles the MACs that the verb leaves out.
     *
     * @param rules asked at most once; what copies they call for is to be read there
     */
    Fate fate(NetworkRecord n, MemberRecord from, FrameRules rules) {
        rules.forget();
        return switch (verb) {
            case Verb.FRAME -> ofFrame(n, from, rules);
            case Verb.EXT_FRAME -> ofExtFrame(n, from, rules);
            default -> ofMulticastFrame(n, from, rules);
        };
    }

    private Fate ofFrame(NetworkRecord n, MemberRecord from, FrameRules rules) {
        destination = n.mac();
        source = from.mac();
        if (dataLength == 0) {
            return refused(Drop.FRAME_TOO_SHORT);
        }
        return ofDecision(decide(n, from, rules), Fate.DELIVER);
    }

    private Fate ofExtFrame(NetworkRecord n, MemberRecord from, FrameRules rules) {
        if (source == 0 || source == n.mac()) {
            return refused(Drop.BAD_SOURCE_MAC);
        }
        Decision decision = decide(n, from, rules);
        if (decision != Decision.ACCEPT) {
            return ofDecision(decision, Fate.DELIVER);
        }
        if (source != from.mac()) {
            return ofForeign(from);
        }
        if (destination == n.mac()) {
            return Fate.DELIVER;
        }
        if (Mac.isMulticast(destination)) {
            return n.multicastAllowed() ? Fate.DELIVER : refused(Drop.MULTICAST_LIMIT);
        }
        return n.selfIsBridge() ? Fate.DELIVER : refused(Drop.BAD_DESTINATION_MAC);
    }

    /** From behind a bridge. No device has a multicast MAC, so none is learned. */
    private Fate ofForeign(MemberRecord from) {
        if (!from.activeBridge()) {
            return refused(Drop.BRIDGING_REFUSED);
        }
        return Mac.isMulticast(source) ? refused(Drop.BAD_SOURCE_MAC) : Fate.LEARN_AND_DELIVER;
    }

    private Fate ofMulticastFrame(NetworkRecord n, MemberRecord from, FrameRules rules) {
        if (!n.multicastAllowed()) {
            return refused(Drop.MULTICAST_LIMIT);
        }
        source = multicast.hasSource() ? multicast.source() : from.mac();
        if (dataLength == 0 || dataLength > Limits.MULTICAST_FRAME_BYTES) {
            return Fate.EMPTY;
        }
        if (!Mac.isMulticast(destination)) {
            return refused(Drop.BAD_DESTINATION_MAC);
        }
        if (source == 0 || Mac.isMulticast(source) || source == n.mac()) {
            return refused(Drop.BAD_SOURCE_MAC);
        }
        boolean foreign = source != from.mac();
        if (foreign && !from.activeBridge()) {
            return refused(Drop.BRIDGING_REFUSED);
        }
        return ofDecision(decide(n, from, rules), foreign ? Fate.LEARN_AND_DELIVER : Fate.DELIVER);
    }

    private Decision decide(NetworkRecord n, MemberRecord from, FrameRules rules) {
        return rules.inbound(n, from, source, destination, ethertype, buffer, data, dataLength);
    }

    private Fate ofDecision(Decision decision, Fate accepted) {
        why = FrameRules.whyNot(decision);
        if (why != null) {
            return Fate.FILTERED;
        }
        return FrameRules.passes(decision) ? accepted : Fate.REDIRECTED;
    }

    private Fate refused(Drop reason) {
        why = reason;
        return Fate.REFUSED;
    }

    /**
     * Puts the Ethernet header in front of the data, over fields that were read already.
     *
     * @return where the Ethernet frame begins; its length is {@link #frameLength()}
     */
    int putEthernetHeader() {
        int at = data - EthernetFrame.HEADER_LENGTH;
        EthernetFrame.put(buffer, at, destination, source, ethertype);
        return at;
    }

    /** The Ethernet frame, elsewhere. */
    byte[] copyFrame() {
        byte[] frame = new byte[frameLength()];
        EthernetFrame.put(frame, 0, destination, source, ethertype);
        System.arraycopy(buffer, data, frame, EthernetFrame.HEADER_LENGTH, dataLength);
        return frame;
    }

    int frameLength() {
        return EthernetFrame.HEADER_LENGTH + dataLength;
    }

    long networkId() {
        return networkId;
    }

    long source() {
        return source;
    }

    int ethertype() {
        return ethertype;
    }

    int data() {
        return data;
    }

    int dataLength() {
        return dataLength;
    }

    /** The view of the fields that only MULTICAST_FRAME has. */
    MulticastFrame multicast() {
        return multicast;
    }

    /** Index of the certificate an old sender attached; meaningful when {@link #certificateLength()} is not 0. */
    int certificateAt() {
        return verb == Verb.EXT_FRAME ? ext.membershipAt() : multicast.membershipAt();
    }

    int certificateLength() {
        return switch (verb) {
            case Verb.EXT_FRAME -> ext.membershipLength();
            case Verb.MULTICAST_FRAME -> multicast.membershipLength();
            default -> 0;
        };
    }

    boolean wantsAcknowledgement() {
        return verb == Verb.EXT_FRAME && ext.wantsAcknowledgement();
    }

    /** Certificates, acknowledgements, gathers, replication and learning are the control loop's work. */
    boolean needsControl(NetworkRecord n, MemberRecord from, long nowMs) {
        return switch (verb) {
            case Verb.EXT_FRAME ->
                ext.wantsAcknowledgement() || certificateLength() > 0 || teaches(n, from, ext.source(), nowMs);
            case Verb.MULTICAST_FRAME ->
                (multicast.flags() & ~Wire.MULTICAST_SOURCE_MAC) != 0
                        || multicast.hasSource() && teaches(n, from, multicast.source(), nowMs);
            default -> false;
        };
    }

    /** Whether the control loop does not know yet, or has not heard lately, that this MAC is behind this bridge. */
    private static boolean teaches(NetworkRecord n, MemberRecord from, long sourceMac, long nowMs) {
        if (sourceMac == from.mac() || !from.activeBridge() || Mac.isMember(sourceMac, n.id())) {
            return false;
        }
        BridgeRoute route = n.routeTo(sourceMac);
        return route == null
                || route.bridge() != from.address()
                || nowMs - route.seenMs() >= Timing.BRIDGE_ROUTE_REFRESH_MS;
    }

    /** Why it went no further, after {@link Fate#REFUSED} and {@link Fate#FILTERED}. */
    Drop why() {
        return why;
    }
}
