package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.network.BridgeRoute;
import io.wirecloset.vl2.rule.Decision;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Objects;

/**
 * Carries frames between one lane's taps and peers: steps 2 to 4 of "a frame leaves a pod", step 7 of "a datagram
 * arrives". Driven by the lane's thread; reads snapshots of the control loop and allocates nothing.
 *
 * <p>What the snapshot does not settle is handed over whole, unchanged, and {@link Vl2} runs the same steps: multicast,
 * members that are unknown, not admitted or due a push of credentials, certificates and questions inside packets.
 *
 * <pre>
 *   tap   at →  | destination 6 | source 6 | ethertype 2 | data
 *   wire  | packet header 28 | network id 8   | ethertype 2 | data
 *         at - 24                at + 4
 * </pre>
 */
public final class FrameSwitch {
    /** Where a lane's frames go. All byte ranges are borrowed until return. */
    public interface Out {
        /** Seals and sends; the packet header's 28 bytes at {@code at} are still to be written. @return false: no keys or no path, nothing was done */
        boolean toPeer(PeerRecord to, int verb, byte[] slot, int at, int length);

        /**
         * A packet as for {@link #toPeer}, to a node that the lane cannot reach: all is decided, the control loop has only
         * to send it, by {@link Vl2#sendForLane}.
         */
        void toPeerThroughControl(long networkId, long to, int verb, byte[] slot, int at, int length);

        /** An Ethernet frame for the kernel. */
        void toTap(NetworkRecord n, byte[] slot, int at, int length);

        /** An Ethernet frame from the tap that the control loop must finish: {@link Vl2#onTapFrame}. */
        void frameToControl(long networkId, byte[] slot, int at, int length);

        /** The opened packet that {@link #fromPeer} was given, whole. */
        void packetToControl(byte[] slot, int at, int length);

        void drop(Drop why);
    }

    // set once
    private final Out out;

    // this lane only
    private final TapFrame tapFrame = new TapFrame();
    private final PeerFrame peerFrame = new PeerFrame();
    private final NeighbourAnswers answers = new NeighbourAnswers();
    private final FrameRules rules;

    // written by the control loop, read here; replaced whole, never changed in place
    private volatile NetworkTable networks = NetworkTable.EMPTY;

    /** @param random this lane's own, for rules that leave it to chance; allocates nothing */
    public FrameSwitch(RandomSource random, Out out) {
        this.rules = new FrameRules(random);
        this.out = Objects.requireNonNull(out);
    }

    /** The control loop's newest snapshot. */
    public void networks(NetworkTable table) {
        networks = table;
    }

    public NetworkTable networks() {
        return networks;
    }

    /**
     * An Ethernet frame from the tap of a network.
     *
     * @param at the Ethernet header; {@link Limits#HEAD_ROOM_BYTES} in front of it and {@link Limits#SLACK_BYTES} behind the frame are
     *     free. Borrowed, and overwritten
     */
    public void fromTap(NetworkRecord n, byte[] slot, int at, int length, long nowMs) {
        switch (tapFrame.of(n, slot, at, length)) {
            case DROPPED -> out.drop(tapFrame.why());
            case BACK_TO_TAP -> out.toTap(n, slot, at, length);
            case EMULATED -> out.toTap(n, slot, at, tapFrame.emulate(n, answers, slot, at));
            case MEMBER -> toMember(n, slot, at, length, nowMs);
            case BEHIND_BRIDGE -> toBridge(n, slot, at, length, nowMs);
            case MULTICAST -> out.frameToControl(n.id(), slot, at, length);
        }
    }

    private void toMember(NetworkRecord n, byte[] slot, int at, int length, long nowMs) {
        MemberRecord to = n.members().find(tapFrame.destination());
        PeerRecord peer = settledPeer(to, nowMs);
        if (peer == null) {
            out.frameToControl(n.id(), slot, at, length);
            return;
        }
        Decision decision = rules.outbound(n, to.address(), to.party(), false, slot, at, length);
        sendCopies(n, nowMs);
        if (!FrameRules.passes(decision)) {
            dropped(FrameRules.whyNot(decision));
            return;
        }
        int before = tapFrame.isBridged()
                ? FrameWriter.prependExtFrame(n.id(), slot, at)
                : FrameWriter.prependFrame(n.id(), slot, at);
        int verb = tapFrame.isBridged() ? Verb.EXT_FRAME : Verb.FRAME;
        send(n, peer, to.address(), verb, slot, at - before, length + before);
    }

    /** To the bridge a MAC was seen behind lately; which bridges else is for the control loop to say (vl2.md 9). */
    private void toBridge(NetworkRecord n, byte[] slot, int at, int length, long nowMs) {
        BridgeRoute route = n.routeTo(EthernetFrame.destination(slot, at));
        boolean known = route != null && nowMs - route.seenMs() < Timing.BRIDGE_ROUTE_EXPIRES_MS;
        MemberRecord bridge = known ? n.members().find(route.bridge()) : null;
        PeerRecord peer = settledPeer(bridge, nowMs);
        if (peer == null || !bridge.activeBridge()) {
            out.frameToControl(n.id(), slot, at, length);
            return;
        }
        Decision decision = rules.outbound(n, 0, Party.NONE, false, slot, at, length);
        sendCopies(n, nowMs);
        if (FrameRules.passes(decision)) {
            decision = rules.outbound(n, bridge.address(), bridge.party(), true, slot, at, length);
            sendCopies(n, nowMs);
        }
        if (!FrameRules.passes(decision)) {
            dropped(FrameRules.whyNot(decision));
            return;
        }
        int before = FrameWriter.prependExtFrame(n.id(), slot, at);
        send(n, peer, bridge.address(), Verb.EXT_FRAME, slot, at - before, length + before);
    }

    /** The peer behind a member, if nothing has to be settled before packets go to it; else null. */
    private static PeerRecord settledPeer(MemberRecord member, long nowMs) {
        if (member == null || member.peer() == null || nowMs >= member.credentialsGoodUntilMs()) {
            return null;
        }
        PeerRecord peer = member.peer().record;
        return member.admits(peer) ? peer : null;
    }

    /** Once the rules were asked they are not asked again: what cannot go from here goes as it is through the control loop. */
    private void send(NetworkRecord n, PeerRecord peer, long to, int verb, byte[] slot, int at, int length) {
        if (peer == null || !out.toPeer(peer, verb, slot, at, length)) {
            out.toPeerThroughControl(n.id(), to, verb, slot, at, length);
        }
    }

    /** The copies that the rules, asked last, call for. */
    private void sendCopies(NetworkRecord n, long nowMs) {
        for (int i = 0; i < rules.copies(); i++) {
            if (rules.writeCopy(n, i)) {
                long to = rules.copyTo(i);
                PeerRecord peer = settledPeer(n.members().find(to), nowMs);
                send(n, peer, to, Verb.EXT_FRAME, rules.copySlot(), rules.copyAt(), rules.copyLength());
            } else {
                out.drop(Drop.FRAME_TOO_LONG);
            }
        }
    }

    private void dropped(Drop why) {
        if (why != null) {
            out.drop(why);
        }
    }

    /**
     * An opened FRAME, EXT_FRAME or MULTICAST_FRAME.
     *
     * @param at the packet header; borrowed, and overwritten. {@link Limits#SLACK_BYTES} behind the packet are free
     * @return whether the sender passed the gate of a network here, so that VL1 may trust it
     */
    public boolean fromPeer(PeerRecord from, int verb, long packetId, byte[] slot, int at, int length, long nowMs) {
        if (!peerFrame.over(verb, slot, at + PacketHeader.LENGTH, length - PacketHeader.LENGTH)) {
            out.drop(Drop.MALFORMED);
            return false;
        }
        NetworkRecord n = networks.find(peerFrame.networkId());
        if (n == null) {
            out.drop(Drop.UNKNOWN_NETWORK);
            return false;
        }
        MemberRecord member = n.members().find(from.address);
        if (member == null || !member.admits(from) || peerFrame.needsControl(n, member, nowMs)) {
            out.packetToControl(slot, at, length);
            return false;
        }
        PeerFrame.Fate fate = peerFrame.fate(n, member, rules);
        sendCopies(n, nowMs);
        switch (fate) {
            case REFUSED, FILTERED -> out.drop(peerFrame.why());
            case REDIRECTED -> {}
            case EMPTY -> out.drop(Drop.FRAME_TOO_SHORT);
            // what is to be learned went to the control loop before the rules were asked: this is known already
            case DELIVER, LEARN_AND_DELIVER -> deliver(n, slot, nowMs);
        }
        return true;
    }

    private void deliver(NetworkRecord n, byte[] slot, long nowMs) {
        boolean asked = NeighbourAnswers.isForLocalNeighbour(
                n.neighbours(), peerFrame.ethertype(), slot, peerFrame.data(), peerFrame.dataLength());
        int frame = peerFrame.putEthernetHeader();
        if (asked) {
            fromTap(n, slot, frame, answers.answer(n.mac(), slot, frame), nowMs);
        } else {
            out.toTap(n, slot, frame, peerFrame.frameLength());
        }
    }
}
