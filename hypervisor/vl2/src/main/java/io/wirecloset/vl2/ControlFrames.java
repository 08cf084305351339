package io.wirecloset.vl2;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.ethernet.Ndp;
import io.wirecloset.vl2.multicast.Announcer;
import io.wirecloset.vl2.multicast.Multicaster;
import io.wirecloset.vl2.network.CredentialExchange;
import io.wirecloset.vl2.network.Member;
import io.wirecloset.vl2.network.Membership;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.network.Underlay;
import io.wirecloset.vl2.rule.Decision;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.wire.ExtFrame;
import io.wirecloset.vl2.wire.Limits;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The frames that lanes hand over, on the control loop: the same steps as {@link FrameSwitch} takes, with the same
 * {@link TapFrame}, {@link PeerFrame} and {@link NeighbourAnswers}, and behind them what only the control loop may do:
 * errors, holds, pushes of credentials, questions and answers, multicast, bridges.
 */
final class ControlFrames {
    private static final int FRAME_AT = Limits.HEAD_ROOM_BYTES;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;
    private static final byte[] ALL_NODES = {(byte) 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Underlay underlay;
    private final LongFunction<JoinedNetwork> joined;
    private final CredentialExchange credentials;
    private final Multicaster multicaster;
    private final Announcer announcer;
    private final RandomSource random;
    private final DropCounters drops;
    private final Vl2Out out;

    private final TapFrame tapFrame = new TapFrame();
    private final PeerFrame peerFrame = new PeerFrame();
    private final NeighbourAnswers answers = new NeighbourAnswers();
    private final FrameRules rules;
    private final byte[] slot = new byte[FRAME_AT + io.wirecloset.vl1.wire.Wire.MAX_PACKET_BYTES + Limits.SLACK_BYTES];

    ControlFrames(
            Underlay underlay,
            LongFunction<JoinedNetwork> joined,
            CredentialExchange credentials,
            Multicaster multicaster,
            Announcer announcer,
            RandomSource random,
            DropCounters drops,
            Vl2Out out) {
        this.underlay = underlay;
        this.joined = joined;
        this.credentials = credentials;
        this.multicaster = multicaster;
        this.announcer = announcer;
        this.random = random;
        this.rules = new FrameRules(random);
        this.drops = drops;
        this.out = out;
    }

    // ---- a frame leaves ----

    void fromTap(long networkId, byte[] frame, int offset, int length, long nowMs) {
        JoinedNetwork j = joined.apply(networkId);
        if (j == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
        } else if (length > Limits.TAP_FRAME_BYTES) {
            drops.count(Drop.FRAME_TOO_LONG);
        } else {
            System.arraycopy(frame, offset, slot, FRAME_AT, length);
            fromTap(j, FRAME_AT, length, nowMs);
        }
    }

    /** A frame that lies in our slot. */
    private void fromTap(JoinedNetwork j, int at, int length, long nowMs) {
        NetworkRecord n = j.record();
        switch (tapFrame.of(n, slot, at, length)) {
            case DROPPED -> drops.count(tapFrame.why());
            case BACK_TO_TAP -> out.toTap(n.id(), slot, at, length);
            case EMULATED -> out.toTap(n.id(), slot, at, tapFrame.emulate(n, answers, slot, at));
            case MEMBER -> toMember(j, n, tapFrame.destination(), at, length, nowMs);
            case MULTICAST -> toGroup(j, n, at, length, nowMs);
            case BEHIND_BRIDGE -> toBridges(j, n, at, length, nowMs);
        }
    }

    private void toMember(JoinedNetwork j, NetworkRecord n, long to, int at, int length, long nowMs) {
        if (mayGo(j, n, to, false, slot, at, length, nowMs)) {
            credentials.pushIfDue(j.network, j.network.memberOrNew(to), nowMs);
            boolean bridged = tapFrame.isBridged();
            int before = bridged
                    ? FrameWriter.prependExtFrame(n.id(), slot, at)
                    : FrameWriter.prependFrame(n.id(), slot, at);
            send(to, bridged ? Verb.EXT_FRAME : Verb.FRAME, at - before, length + before, nowMs);
        }
    }

    private void send(long to, int verb, int packetAt, int packetLength, long nowMs) {
        underlay.send(to, verb, slot, packetAt + PacketHeader.LENGTH, packetLength - PacketHeader.LENGTH, 0, nowMs);
    }

    private void toGroup(JoinedNetwork j, NetworkRecord n, int at, int length, long nowMs) {
        MulticastGroup group = new MulticastGroup(tapFrame.groupMac(), tapFrame.groupAdi());
        if (tapFrame.isBridged() && j.network.isBehindUs(group, nowMs)) {
            announcer.announceNew(j.network, List.of(group), nowMs);
        }
        if (mayGo(j, n, 0, false, slot, at, length, nowMs)) {
            multicaster.send(j.network, group, Arrays.copyOfRange(slot, at, at + length), 0, nowMs);
        }
    }

    /** The destination is behind somebody: the bridge it was seen behind, or all of them (vl2.md 9). */
    private void toBridges(JoinedNetwork j, NetworkRecord n, int at, int length, long nowMs) {
        if (!mayGo(j, n, 0, false, slot, at, length, nowMs)) {
            return;
        }
        long learned = j.network.bridgeTo(EthernetFrame.destination(slot, at), nowMs);
        long[] bridges = learned != 0 ? new long[] {learned} : allBridges(j.network);
        if (bridges.length == 0) {
            drops.count(Drop.BAD_DESTINATION_MAC);
            return;
        }
        int before = FrameWriter.prependExtFrame(n.id(), slot, at);
        for (long bridge : bridges) {
            if (mayGo(j, n, bridge, true, slot, at, length, nowMs)) {
                if (learned != 0) {
                    credentials.pushIfDue(j.network, j.network.memberOrNew(bridge), nowMs);
                }
                send(bridge, Verb.EXT_FRAME, at - before, length + before, nowMs);
            }
        }
    }

    /** A random choice if there are too many. */
    private long[] allBridges(Network network) {
        long[] bridges = Arrays.stream(network.config().withRole(NetworkConfig.ROLE_ACTIVE_BRIDGE))
                .filter(bridge -> bridge != network.self())
                .distinct()
                .toArray();
        int wanted = Math.min(bridges.length, Limits.BRIDGES_PER_FRAME);
        for (int i = 0; i < wanted && wanted < bridges.length; i++) {
            int other = i + random.nextInt(bridges.length - i);
            long swapped = bridges[i];
            bridges[i] = bridges[other];
            bridges[other] = swapped;
        }
        return Arrays.copyOf(bridges, wanted);
    }

    /** The rules' word on one copy of a multicast frame, whose watchers were served in the first pass. */
    boolean mayGo(Network network, byte[] frame, long to, long nowMs) {
        JoinedNetwork j = joined.apply(network.id());
        return mayGo(j, j.record(), to, true, frame, 0, frame.length, nowMs);
    }

    /** Asks the rules and sends what copies they want. @param to 0 in the first pass of multicast and of bridging */
    private boolean mayGo(
            JoinedNetwork j, NetworkRecord n, long to, boolean noTee, byte[] frame, int at, int length, long nowMs) {
        Member member = to == 0 ? null : j.network.member(to);
        Party remote = member == null ? Party.NONE : member.party();
        Decision decision = rules.outbound(n, to, remote, noTee, frame, at, length);
        sendCopies(j, n, nowMs);
        Drop no = FrameRules.whyNot(decision);
        if (no != null) {
            drops.count(no);
        }
        return FrameRules.passes(decision);
    }

    /** The copies that the rules, asked last, call for. */
    private void sendCopies(JoinedNetwork j, NetworkRecord n, long nowMs) {
        for (int i = 0; i < rules.copies(); i++) {
            if (rules.writeCopy(n, i)) {
                int payload = rules.copyAt() + PacketHeader.LENGTH;
                int length = rules.copyLength() - PacketHeader.LENGTH;
                sendDecided(j, rules.copyTo(i), Verb.EXT_FRAME, rules.copySlot(), payload, length, nowMs);
            } else {
                drops.count(Drop.FRAME_TOO_LONG);
            }
        }
    }

    /** A packet that rules were asked about already, here or in a lane. @param at its payload */
    void sendDecided(long networkId, long to, int verb, byte[] b, int at, int length, long nowMs) {
        JoinedNetwork j = joined.apply(networkId);
        if (j == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
        } else {
            sendDecided(j, to, verb, b, at, length, nowMs);
        }
    }

    private void sendDecided(JoinedNetwork j, long to, int verb, byte[] b, int at, int length, long nowMs) {
        credentials.pushIfDue(j.network, j.network.memberOrNew(to), nowMs);
        boolean isCopy = verb == Verb.EXT_FRAME && b[at + ExtFrame.FLAGS] != 0;
        underlay.send(to, verb, b, at, length, isCopy ? Underlay.COMPRESS : 0, nowMs);
    }

    /** An unasked answer to everybody: the address is at this node's MAC. */
    void announce(JoinedNetwork j, byte[] ip, long nowMs) {
        long mac = j.network.mac();
        int data = FRAME_AT + EthernetFrame.HEADER_LENGTH;
        if (ip.length == 4) {
            int address = (int) new WireReader(ip).u32();
            EthernetFrame.put(slot, FRAME_AT, Mac.BROADCAST, mac, Ethertype.ARP);
            Arp.putReply(slot, data, mac, address, Mac.BROADCAST, address);
            fromTap(j, FRAME_AT, EthernetFrame.HEADER_LENGTH + Arp.LENGTH, nowMs);
        } else {
            EthernetFrame.put(slot, FRAME_AT, ALL_NODES_MAC, mac, Ethertype.IPV6);
            Ndp.putAdvertisement(slot, data, Ndp.OVERRIDE, ip, 0, ALL_NODES, 0, mac);
            fromTap(j, FRAME_AT, EthernetFrame.HEADER_LENGTH + Ndp.LENGTH, nowMs);
        }
    }

    // ---- a packet arrives ----

    Handled fromPeer(Received packet, long nowMs) {
        int length = Math.min(packet.length, io.wirecloset.vl1.wire.Wire.MAX_PAYLOAD_BYTES);
        System.arraycopy(packet.buffer, packet.offset, slot, FRAME_AT, length);
        if (!peerFrame.over(packet.verb, slot, FRAME_AT, length)) {
            drops.count(Drop.MALFORMED);
            return Handled.MALFORMED;
        }
        JoinedNetwork j = joined.apply(peerFrame.networkId());
        if (j == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
            return Handled.IGNORED;
        }
        if (peerFrame.certificateLength() > 0 && !takeCertificate(packet, nowMs)) {
            return Handled.HOLD;
        }
        if (!passesGate(j, packet, nowMs)) {
            drops.count(Drop.NOT_A_MEMBER);
            credentials.askForCertificate(packet, peerFrame.networkId(), nowMs);
            return Handled.HOLD;
        }
        fromMember(j, packet, nowMs);
        return Handled.TRUSTED;
    }

    /** @return false if the certificate cannot be judged yet */
    private boolean takeCertificate(Received packet, long nowMs) {
        CertificateOfMembership certificate = CertificateOfMembership.read(
                new WireReader(slot, peerFrame.certificateAt(), peerFrame.certificateLength()));
        return credentials.storeAttached(certificate, packet, nowMs) != Membership.Stored.WAIT;
    }

    /** The gate of vl2.md 7.4; who passes is told our groups when due. */
    boolean passesGate(JoinedNetwork j, Received packet, long nowMs) {
        Network network = j.network;
        if (network.config() == null) {
            return false;
        }
        Member member =
                network.config().isPublic() ? network.memberOrNew(packet.source) : network.member(packet.source);
        if (member == null || !network.gate(member, packet.from)) {
            return false;
        }
        announcer.announceIfDue(network, member, nowMs);
        return true;
    }

    private void fromMember(JoinedNetwork j, Received packet, long nowMs) {
        NetworkRecord n = j.record();
        MemberRecord from = j.recordOf(j.network.member(packet.source), underlay.peers());
        PeerFrame.Fate fate = peerFrame.fate(n, from, rules);
        sendCopies(j, n, nowMs);
        if (fate == PeerFrame.Fate.REFUSED) {
            drops.count(peerFrame.why());
            return;
        }
        answerBeforeDelivery(j, packet, nowMs);
        switch (fate) {
            case FILTERED -> drops.count(peerFrame.why());
            case LEARN_AND_DELIVER -> {
                learn(j.network, packet.source, nowMs);
                deliver(j, n, nowMs);
            }
            case DELIVER -> deliver(j, n, nowMs);
            case EMPTY, REFUSED, REDIRECTED -> {}
        }
    }

    /** A member's MAC that a replicator carries tells nothing: frames for it go to the member. */
    private void learn(Network network, long bridge, long nowMs) {
        if (!Mac.isMember(peerFrame.source(), network.id())) {
            network.learnBridgeRoute(peerFrame.source(), bridge, nowMs);
        }
    }

    /** Delivery overwrites what the answers are made of, so they go first. */
    private void answerBeforeDelivery(JoinedNetwork j, Received packet, long nowMs) {
        if (peerFrame.wantsAcknowledgement()) {
            WireWriter ok = new WireWriter(8).u64(peerFrame.networkId());
            underlay.reply(packet, Verb.OK, ok.buffer(), ok.offset(), ok.length(), nowMs);
        }
        if (packet.verb == Verb.MULTICAST_FRAME) {
            if (peerFrame.multicast().wantsReplication()) {
                replicate(j.network, packet.source, nowMs);
            }
            if (peerFrame.multicast().gatherLimit() > 0) {
                boolean subscribed =
                        j.network.isSubscribed(peerFrame.multicast().group());
                multicaster.answerFrame(packet, peerFrame.multicast(), subscribed, nowMs);
            }
        }
    }

    /** Sends another's frame on to the group, if the network made us its replicator (vl2.md 11.3). */
    private void replicate(Network network, long origin, long nowMs) {
        if (network.config().hasRole(network.self(), NetworkConfig.ROLE_MULTICAST_REPLICATOR)
                && peerFrame.dataLength() > 0) {
            multicaster.send(network, peerFrame.multicast().group(), peerFrame.copyFrame(), origin, nowMs);
        }
    }

    private void deliver(JoinedNetwork j, NetworkRecord n, long nowMs) {
        boolean asked = NeighbourAnswers.isForLocalNeighbour(
                n.neighbours(), peerFrame.ethertype(), slot, peerFrame.data(), peerFrame.dataLength());
        int frame = peerFrame.putEthernetHeader();
        if (asked) {
            fromTap(j, frame, answers.answer(n.mac(), slot, frame), nowMs);
        } else {
            out.toTap(n.id(), slot, frame, peerFrame.frameLength());
        }
    }
}
