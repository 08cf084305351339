package io.wirecloset.vl2;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper;
import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.multicast.Announcer;
import io.wirecloset.vl2.multicast.GroupMembers;
import io.wirecloset.vl2.multicast.Multicaster;
import io.wirecloset.vl2.network.ConfigClient;
import io.wirecloset.vl2.network.CredentialExchange;
import io.wirecloset.vl2.network.Membership;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.network.Underlay;
import io.wirecloset.vl2.wire.MulticastGather;
import io.wirecloset.vl2.wire.Timing;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * VL2 on the control loop: the single writer of networks, members, credentials and groups. Takes what VL1 hands up and
 * what the lanes hand over, and shows the lanes a {@link NetworkTable}. Frames go through {@link ControlFrames}, which
 * takes the same steps as {@link FrameSwitch}.
 */
public final class Vl2 implements Upper {
    // set once, attach() included
    private final Vl2Settings settings;
    private final Vl2Out out;
    private final DropCounters drops = new DropCounters();
    private Underlay underlay;
    private ConfigClient configs;
    private CredentialExchange credentials;
    private Multicaster multicaster;
    private Announcer announcer;
    private Serving serving;
    private ControlFrames frames;

    // the control loop only
    private final JoinedNetworks joined = new JoinedNetworks();
    private long turnMs = Long.MIN_VALUE / 2;
    private long nextCheckMs = Long.MIN_VALUE;
    private long nextHousekeepingMs = Long.MIN_VALUE;

    public Vl2(Vl2Settings settings, Vl2Out out) {
        this.settings = Objects.requireNonNull(settings);
        this.out = Objects.requireNonNull(out);
    }

    /** Puts VL2 on top of VL1. Once, before anything else. */
    public void attach(Vl1 vl1) {
        attach(new Vl1Underlay(vl1));
    }

    /** The same for whatever behaves like VL1. */
    public void attach(Underlay below) {
        if (underlay != null) {
            throw new IllegalStateException("attached already");
        }
        underlay = below;
        credentials = new CredentialExchange(below, joined::network, drops);
        configs = new ConfigClient(below, joined::network, settings.metadata(), drops, new ConfigsOut());
        serving = new Serving(below, joined::network, configs, settings.random());
        announcer = new Announcer(below);
        GroupMembers members = new GroupMembers(settings.random());
        multicaster = new Multicaster(below, credentials, members, settings.random(), drops, new MulticasterOut());
        frames = new ControlFrames(
                below, joined::find, credentials, multicaster, announcer, settings.random(), drops, out);
    }

    // ---- what the host wants ----

    /**
     * Joins a network; a second time changes nothing.
     *
     * @param cachedDictionary the configuration saved last, used until a newer one comes, or null
     */
    public void join(long networkId, byte[] cachedDictionary, long nowMs) {
        if (joined.find(networkId) != null) {
            return;
        }
        Network n = new Network(networkId, underlay.self().address());
        JoinedNetwork j = joined.join(n);
        if (cachedDictionary != null) {
            configs.acceptCached(n, cachedDictionary, nowMs);
        }
        out.changed(networkId, j.view());
        configs.requestIfDue(n, nowMs);
    }

    public void leave(long networkId, long nowMs) {
        if (joined.leave(networkId)) {
            configs.forget(networkId);
            multicaster.forget(networkId);
            out.save(networkId, null);
        }
    }

    /** Groups the tap's interface listens to; those of its addresses may be left out. New ones are announced at once. */
    public void groups(long networkId, Set<MulticastGroup> groups, long nowMs) {
        JoinedNetwork j = joined.find(networkId);
        if (j != null) {
            announceNew(j, j.tapGroups(groups), nowMs);
        }
    }

    /** The addresses behind the tap that this node answers for. Their groups are announced at once. */
    public void neighbours(long networkId, LocalNeighbours neighbours, long nowMs) {
        JoinedNetwork j = joined.find(networkId);
        if (j != null) {
            announceNew(j, j.neighbours(neighbours), nowMs);
        }
    }

    private void announceNew(JoinedNetwork j, Collection<MulticastGroup> groups, long nowMs) {
        if (!groups.isEmpty() && j.network.config() != null) {
            announcer.announceNew(j.network, groups, nowMs);
        }
    }

    /**
     * Tells the network by a broadcast ARP reply, or an unasked advertisement to all nodes, that an address is here now, as
     * after a pod moved; stock nodes and kernels take it over into their tables.
     *
     * @param ip 4 or 16 bytes
     */
    public void announce(long networkId, byte[] ip, long nowMs) {
        if (ip.length != 4 && ip.length != 16) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + ip.length);
        }
        JoinedNetwork j = joined.find(networkId);
        if (j != null) {
            frames.announce(j, ip, nowMs);
        }
    }

    /** An Ethernet frame from the tap that a lane did not finish; borrowed. */
    public void onTapFrame(long networkId, byte[] frame, int offset, int length, long nowMs) {
        frames.fromTap(networkId, frame, offset, length, nowMs);
    }

    /**
     * A packet that a lane made, with all decided, but could not send: {@link FrameSwitch.Out#toPeerThroughControl}.
     *
     * @param b its payload; borrowed
     */
    public void sendForLane(long networkId, long to, int verb, byte[] b, int offset, int length, long nowMs) {
        frames.sendDecided(networkId, to, verb, b, offset, length, nowMs);
    }

    // ---- what VL1 hands up ----

    @Override
    public Handled onVerb(Received packet, long nowMs) {
        try {
            return switch (packet.verb) {
                case Verb.FRAME, Verb.EXT_FRAME, Verb.MULTICAST_FRAME -> frames.fromPeer(packet, nowMs);
                case Verb.MULTICAST_LIKE -> multicaster.onLikes(packet, nowMs);
                case Verb.MULTICAST_GATHER -> onGather(packet, nowMs);
                case Verb.NETWORK_CREDENTIALS -> credentials.onCredentials(packet, nowMs);
                case Verb.NETWORK_CONFIG_REQUEST -> {
                    serving.onConfigRequest(packet, nowMs);
                    yield Handled.DONE;
                }
                case Verb.NETWORK_CONFIG -> configs.onPush(packet, nowMs);
                default -> Handled.IGNORED;
            };
        } catch (MalformedException e) {
            return malformed();
        }
    }

    @Override
    public Handled onOk(Received packet, int inReVerb, long inReId, long nowMs) {
        try {
            return switch (inReVerb) {
                case Verb.NETWORK_CONFIG_REQUEST -> configs.onAnswer(packet, inReId, nowMs);
                case Verb.MULTICAST_GATHER -> multicaster.onGatherResult(packet, false, nowMs);
                case Verb.MULTICAST_FRAME -> multicaster.onGatherResult(packet, true, nowMs);
                default -> Handled.IGNORED;
            };
        } catch (MalformedException e) {
            return malformed();
        }
    }

    @Override
    public Handled onError(Received packet, int inReVerb, long inReId, int code, long nowMs) {
        try {
            return switch (code) {
                case ErrorCode.NEED_MEMBERSHIP_CERTIFICATE -> credentials.onNeedCertificate(packet, nowMs);
                case ErrorCode.UNWANTED_MULTICAST -> onUnwanted(packet, nowMs);
                default ->
                    inReVerb == Verb.NETWORK_CONFIG_REQUEST ? configs.onError(packet, code, nowMs) : Handled.IGNORED;
            };
        } catch (MalformedException e) {
            return malformed();
        }
    }

    private Handled malformed() {
        drops.count(Drop.MALFORMED);
        return Handled.MALFORMED;
    }

    private Handled onGather(Received packet, long nowMs) {
        MulticastGather question = MulticastGather.read(packet.reader());
        if (question.membership() != null) {
            CertificateOfMembership attached = CertificateOfMembership.read(new WireReader(question.membership()));
            if (credentials.storeAttached(attached, packet, nowMs) == Membership.Stored.WAIT) {
                return Handled.HOLD;
            }
        }
        if (!mayListen(question.networkId(), packet, nowMs)) {
            drops.count(Drop.NOT_A_MEMBER);
            return Handled.IGNORED;
        }
        Network n = joined.network(question.networkId());
        boolean subscribed = n != null && n.isSubscribed(question.group());
        multicaster.answerGather(packet, question, subscribed, nowMs);
        return n == null ? Handled.DONE : Handled.TRUSTED;
    }

    private Handled onUnwanted(Received packet, long nowMs) {
        WireReader in = packet.reader();
        long networkId = in.u64();
        long mac = (long) in.u16() << 32 | in.u32();
        MulticastGroup group = new MulticastGroup(mac, in.u32());
        if (joined.network(networkId) == null || !frames.passesGate(joined.find(networkId), packet, nowMs)) {
            return Handled.IGNORED;
        }
        multicaster.unwanted(networkId, group, packet.source);
        return Handled.TRUSTED;
    }

    /** Who may announce groups of a network and ask about them (vl2.md 11.1). */
    private boolean mayListen(long networkId, Received from, long nowMs) {
        JoinedNetwork j = joined.find(networkId);
        if (j != null && frames.passesGate(j, from, nowMs)) {
            return true;
        }
        return underlay.isRoot() || serving.authorizedRecently(networkId, from.source, nowMs);
    }

    // ---- serving as a controller ----

    /** Makes this node a controller; null ends it. */
    public void controller(ConfigRequests handler) {
        serving.controller(handler);
    }

    /**
     * Sends a member its configuration, in signed chunks.
     *
     * @param requestPacketId what it answers; 0 for one nobody asked for
     * @throws IllegalArgumentException for a dictionary that no member takes
     */
    public void sendConfig(long member, long requestPacketId, long networkId, byte[] dictionary, long nowMs) {
        serving.sendConfig(member, requestPacketId, networkId, dictionary, nowMs);
    }

    /** Tells a member why it gets no configuration. @param code one of {@link ErrorCode} that vl2.md 4.5 lists */
    public void sendConfigError(long member, long requestPacketId, long networkId, int code, long nowMs) {
        serving.sendConfigError(member, requestPacketId, networkId, code, nowMs);
    }

    /** Shows a member that somebody's credential is void. */
    public void sendRevocation(long member, Revocation revocation, long nowMs) {
        serving.sendRevocation(member, revocation, nowMs);
    }

    // ---- time ----

    /** Begins a control turn and does what is due. @return when to be asked next */
    public long poll(long nowMs) {
        turnMs = nowMs;
        if (nowMs >= nextCheckMs) {
            nextCheckMs = nowMs + Timing.CONFIG_CHECK_MS;
            joined.all().forEach(j -> check(j, nowMs));
        }
        if (nowMs >= nextHousekeepingMs) {
            nextHousekeepingMs = nowMs + Timing.HOUSEKEEPING_MS;
            multicaster.expire(nowMs);
            for (JoinedNetwork j : joined.all()) {
                j.network.forgetIdle(underlay, nowMs);
                j.network.expireBridging(nowMs);
            }
        }
        boolean copiesDue = multicaster.turn(nowMs);
        return copiesDue ? nowMs : Math.min(nextCheckMs, nextHousekeepingMs);
    }

    private void check(JoinedNetwork j, long nowMs) {
        Network n = j.network;
        configs.requestIfDue(n, nowMs);
        if (n.config() == null) {
            return;
        }
        if (nowMs - j.announcedMs >= Timing.MULTICAST_ANNOUNCE_MS) {
            j.announcedMs = nowMs;
            announcer.announceToGatherers(n, nowMs);
        }
        announcer.announceToMembers(n, nowMs);
    }

    // ---- what others see ----

    /** The lanes' view, brought up to date; once per control turn. The same instance while no network changed. */
    public NetworkTable networks() {
        return joined.publish(underlay.peers(), turnMs);
    }

    public List<NetworkView> views() {
        return joined.all().stream().map(JoinedNetwork::view).toList();
    }

    /** @return the network, or null when it is not joined */
    public NetworkView view(long networkId) {
        JoinedNetwork j = joined.find(networkId);
        return j == null ? null : j.view();
    }

    /** What was dropped on the control loop, by reason. */
    public DropCounters drops() {
        return drops;
    }

    /** Who listens to which group, as far as we know. */
    GroupMembers groupMembers() {
        return multicaster.members();
    }

    JoinedNetwork joined(long networkId) {
        return joined.find(networkId);
    }

    private final class ConfigsOut implements ConfigClient.Out {
        @Override
        public void configured(Network n, byte[] dictionary, long nowMs) {
            out.save(n.id(), dictionary);
            configuredItself(n, nowMs);
        }

        @Override
        public void configuredItself(Network n, long nowMs) {
            JoinedNetwork j = joined.find(n.id());
            out.changed(n.id(), j.view());
            j.announcedMs = nowMs;
            announcer.announceToGatherers(n, nowMs);
        }

        @Override
        public void statusChanged(Network n) {
            out.changed(n.id(), joined.find(n.id()).view());
        }

        @Override
        public void askOurselves(ConfigRequest request, long nowMs) {
            serving.askOurselves(request, nowMs);
        }
    }

    private final class MulticasterOut implements Multicaster.Out {
        @Override
        public boolean mayGo(Network n, byte[] frame, long to, long nowMs) {
            return frames.mayGo(n, frame, to, nowMs);
        }

        @Override
        public boolean mayListen(long networkId, Received from, long nowMs) {
            return Vl2.this.mayListen(networkId, from, nowMs);
        }
    }
}
