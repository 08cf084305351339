package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.ethernet.EthernetFrame;
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
    /** What a frame handed to {@link #fromTap} must have free in front of it: the longest header in place of Ethernet's. */
    public static final int HEAD_ROOM_BYTES = 64;
    /** What must be free behind every slot handed in: an answer may be longer than its question. */
    public static final int SLACK_BYTES = 32;

    /** Where a lane's frames go. All byte ranges are borrowed until return. */
    public interface Out {
        /** Seals and sends; the packet header's 28 bytes at {@code at} are still to be written. @return false: no keys or no path, nothing was done */
        boolean toPeer(PeerRecord to, int verb, byte[] slot, int at, int length);

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

    // written by the control loop, read here; replaced whole, never changed in place
    private volatile NetworkTable networks = NetworkTable.EMPTY;

    public FrameSwitch(Out out) {
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
     * @param at the Ethernet header; {@link #HEAD_ROOM_BYTES} in front of it and {@link #SLACK_BYTES} behind the frame are
     *     free. Borrowed, and overwritten
     */
    public void fromTap(NetworkRecord n, byte[] slot, int at, int length, long nowMs) {
        switch (tapFrame.of(n, slot, at, length)) {
            case DROPPED -> out.drop(tapFrame.why());
            case BACK_TO_TAP -> out.toTap(n, slot, at, length);
            case EMULATED -> out.toTap(n, slot, at, emulate(n, tapFrame, answers, slot, at));
            case MEMBER -> toMember(n, slot, at, length, nowMs);
            case MULTICAST, BEHIND_BRIDGE -> out.frameToControl(n.id(), slot, at, length);
        }
    }

    private void toMember(NetworkRecord n, byte[] slot, int at, int length, long nowMs) {
        MemberRecord to = n.members().find(tapFrame.destination());
        PeerRecord peer = to == null || to.peer() == null ? null : to.peer().record;
        if (peer == null || !to.admits(peer) || nowMs >= to.credentialsGoodUntilMs()) {
            out.frameToControl(n.id(), slot, at, length);
            return;
        }
        long source = EthernetFrame.source(slot, at);
        int ethertype = EthernetFrame.ethertype(slot, at);
        Drop no = tapFrame.outboundTo(to.address(), n, slot, at, length);
        if (no != null) {
            out.drop(no);
            return;
        }
        int before = tapFrame.isBridged()
                ? FrameWriter.prependExtFrame(n.id(), slot, at)
                : FrameWriter.prependFrame(n.id(), slot, at);
        int verb = tapFrame.isBridged() ? Verb.EXT_FRAME : Verb.FRAME;
        if (!out.toPeer(peer, verb, slot, at - before, length + before)) {
            EthernetFrame.put(slot, at, to.mac(), source, ethertype);
            out.frameToControl(n.id(), slot, at, length);
        }
    }

    /**
     * An opened FRAME, EXT_FRAME or MULTICAST_FRAME.
     *
     * @param at the packet header; borrowed, and overwritten. {@link #SLACK_BYTES} behind the packet are free
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
        if (member == null || !member.admits(from) || peerFrame.needsControl()) {
            out.packetToControl(slot, at, length);
            return false;
        }
        switch (peerFrame.fate(n, member)) {
            case REFUSED, FILTERED -> out.drop(peerFrame.why());
            case EMPTY -> out.drop(Drop.FRAME_TOO_SHORT);
            case LEARN_AND_DELIVER -> out.packetToControl(slot, at, length);
            case DELIVER -> deliver(n, slot, nowMs);
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

    /** Writes the advertisement that {@code question} calls for over the solicitation. @return its length */
    static int emulate(NetworkRecord n, TapFrame question, NeighbourAnswers answers, byte[] slot, int at) {
        return answers.emulate(n.emulatedFrom(question.emulatedFrom()), n.macOf(question.destination()), slot, at);
    }
}
