package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.path.Surface;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * VL1 on the control loop: the single writer of peers, paths, worlds, wait queues and timers, and the one place where
 * packets are judged that a lane may not. A state machine: it is told what happened and the time, says through
 * {@link Out} what to do, and by {@link #poll} when it wants to be asked again. Driven by one thread.
 *
 * <p>Here stand its doors; {@link Inbound} is what happens to a packet.
 */
public final class Vl1 {
    /** Option: compress the payload if that makes the packet shorter. */
    public static final int COMPRESS = 1;
    /** Option: an OK to this packet means something. Without it the OK is dropped. */
    public static final int EXPECT_REPLY = 2;

    /** What comes out, during the call that brought it about. Must not call back into {@link Vl1}. */
    public interface Out {
        /**
         * To be sent; copied before return.
         *
         * @param socket logical socket; -1 for one copy from each
         * @param ttl hops the datagram may live; 0 for the system's default
         */
        void datagram(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl);

        /** Costly and not urgent: does the address follow from the keys? Answered by {@link Vl1#onValidated}. */
        void validate(Identity identity);

        /** Something the rest of the program may want to act on. */
        void event(Event event);
    }

    /** What happened to the node as a whole. */
    public sealed interface Event {
        /** An upstream says that our address belongs to another identity: the node is of no use any more. */
        record IdentityCollision() implements Event {}

        /** A newer edition of our planet, or of a moon we know, was taken; worth storing. */
        record WorldUpdated(World world) implements Event {}

        /** We hear an upstream, or no longer do. */
        record Online(boolean online) implements Event {}
    }

    /**
     * Who we are and what we know from the start.
     *
     * @param self with its secret
     * @param planet null for none
     * @param moons those we orbit
     * @param version what we announce. Protocol 11 makes peers use suite 1, which tests want
     * @param mtu largest datagram to send, UDP payload
     * @param ids for the control loop's own packets; lanes have others under the same key
     * @param stamps those of all lanes
     * @param negotiates whether to find out who is one of our own nodes. Without it this one does as any other would
     */
    public record Settings(
            Identity self,
            World planet,
            List<World> moons,
            Version version,
            int mtu,
            RandomSource random,
            PacketIds ids,
            List<Stamps> stamps,
            boolean negotiates) {
        public Settings {
            moons = List.copyOf(moons);
            stamps = List.copyOf(stamps);
            if (!self.hasSecret()) {
                throw new IllegalArgumentException("our own identity needs its secret");
            }
        }

        /** The usual ones: our version, the default MTU, no moons, no lanes. */
        public static Settings of(Identity self, World planet, RandomSource random, PacketIds ids) {
            Version version = new Version(Wire.PROTOCOL_VERSION, 0, 1, 0);
            return new Settings(self, planet, List.of(), version, Wire.DEFAULT_MTU, random, ids, List.of(), true);
        }

        public Settings withVersion(Version announced) {
            return new Settings(self, planet, moons, announced, mtu, random, ids, stamps, negotiates);
        }

        public Settings withProtocol(int protocol) {
            return withVersion(new Version(protocol, version.major(), version.minor(), version.revision()));
        }

        public Settings withMoons(List<World> orbited) {
            return new Settings(self, planet, orbited, version, mtu, random, ids, stamps, negotiates);
        }

        public Settings withMtu(int bytes) {
            return new Settings(self, planet, moons, version, bytes, random, ids, stamps, negotiates);
        }

        public Settings withStamps(List<Stamps> ofLanes) {
            return new Settings(self, planet, moons, version, mtu, random, ids, ofLanes, negotiates);
        }

        public Settings withNegotiation(boolean on) {
            return new Settings(self, planet, moons, version, mtu, random, ids, stamps, on);
        }
    }

    // set once
    private final Settings settings;
    private final Out out;
    private final DropCounters drops = new DropCounters();

    // parts of this state machine
    private final Surface surface = new Surface();
    private final Worlds worlds;
    private final Peers peers;
    private final Outbound outbound;
    private final Courier courier;
    private final Contacts contacts;
    private final Whois whois;
    private final Meetings meetings;
    private final PathPush push;
    private final Keepalive keepalive;
    private final Negotiation negotiation;
    private final Inbound inbound;
    private final Views views;

    private boolean online;

    public Vl1(Settings settings, Out out, Upper upper) {
        this.settings = settings;
        this.out = out;
        ExpectedReplies expected = new ExpectedReplies();
        worlds = new Worlds(settings, out);
        peers = new Peers(settings, worlds, drops);
        outbound = new Outbound(settings, worlds, out, drops, expected);
        views = new Views(worlds, peers);
        contacts = new Contacts(worlds, peers, outbound);
        courier = new Courier(peers, contacts, outbound, drops);
        whois = new Whois(settings, worlds, peers, outbound, drops);
        meetings = new Meetings(peers, contacts, outbound, whois, drops);
        push = new PathPush(contacts, courier, outbound, surface);
        Relay relay = new Relay(settings, worlds, peers, outbound, drops);
        keepalive = new Keepalive(settings, worlds, peers, contacts, courier, outbound, push, whois, relay);
        negotiation = new Negotiation(settings, peers, courier, outbound, drops);
        Greeter greeter = new Greeter(settings, out, worlds, peers, contacts, outbound, surface, negotiation, drops);
        inbound = new Inbound(
                settings,
                out,
                upper,
                worlds,
                peers,
                outbound,
                courier,
                contacts,
                whois,
                meetings,
                push,
                greeter,
                relay,
                expected,
                negotiation,
                drops);
    }

    // ---- what happened

    /** A datagram that a lane left to us, or that came to a node without lanes. Borrowed. */
    public void onDatagram(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        inbound.onDatagram(socket, from, bytes, offset, length, nowMs);
    }

    /** A packet that a lane put together from fragments but may not judge. Borrowed. */
    public void onReassembled(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        inbound.onReassembled(socket, from, bytes, offset, length, nowMs);
    }

    /** A packet that a lane authenticated, decrypted and decompressed, with its header. Borrowed. */
    public void onOpened(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        inbound.onOpened(socket, from, bytes, offset, length, nowMs);
    }

    /** The same for one that belongs to no session the peer announced. Borrowed. */
    public void onStrange(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        inbound.onStrange(socket, from, bytes, offset, length, nowMs);
    }

    /** The answer to {@link Out#validate}. */
    public void onValidated(Identity identity, boolean valid, long nowMs) {
        inbound.onValidated(identity, valid, nowMs);
    }

    /** Does what is due. @return when to be asked next, at the latest */
    public long poll(long nowMs) {
        if (worlds.takeChanged()) {
            worlds.roots().forEach(root -> peers.add(root.identity(), nowMs));
        }
        long nextMs = Math.min(keepalive.poll(nowMs), inbound.poll(nowMs));
        nextMs = Math.min(nextMs, Math.min(whois.poll(nowMs), meetings.poll(nowMs)));
        if (courier.isWaiting()) {
            courier.retry(nowMs);
            nextMs = Math.min(nextMs, nowMs + Timing.WAIT_QUEUE_CHECK_MS);
        }
        sayWhetherOnline(nowMs);
        return nextMs;
    }

    /** The logical sockets now bound, and where. */
    public void sockets(int[] ids, Endpoint[] bound) {
        push.bound(List.of(bound));
        keepalive.sockets(ids);
    }

    /**
     * Endpoints that a router in front of us has mapped to our sockets, as somebody arranged with it; told to trusted peers
     * like those bound. Replaces what was said before.
     */
    public void mapped(List<Endpoint> external) {
        push.mapped(external);
    }

    /** Endpoints never to be used as a path nor offered as one. Replaces what was said before. */
    public void forbid(PathFilter filter) {
        contacts.forbid(filter);
    }

    /** What the owner of this node says of networks and peers. Replaces what was said before; holds for paths there are. */
    public void govern(PathPolicy policy, long nowMs) {
        peers.govern(policy, nowMs);
    }

    /**
     * A peer that somebody we believe told us about, with endpoints where it may be met: it is kept in contact, like a
     * root, but has no say like one. Needs no upstream.
     */
    public void introduce(Identity identity, List<Endpoint> endpoints, long nowMs) {
        Peer peer = peers.add(identity, nowMs);
        if (peer == null) {
            drops.count(Drop.BAD_IDENTITY);
            return;
        }
        peer.hints(endpoints);
        inbound.onPeerKnown(peer, nowMs);
        keepalive.restart();
    }

    /**
     * A peer we were in contact with in an earlier life, and where. It is greeted there once, so that those who talked go on
     * talking though no root is there to introduce them; nothing is taken for granted before it answers.
     */
    public void recall(Identity identity, List<Endpoint> endpoints, long nowMs) {
        Peer peer = peers.add(identity, nowMs);
        if (peer == null) {
            return;
        }
        for (Endpoint endpoint : endpoints) {
            if (contacts.isAllowed(peer, endpoint)) {
                outbound.hello(peer, endpoint, nowMs);
            }
        }
    }

    /**
     * A definition of the planet, or of a moon we orbit, that came by other means than the protocol. It is taken if it may
     * replace what we have, or if there was no planet yet; {@link Event.WorldUpdated} says so.
     */
    public void offer(World world) {
        worlds.give(world);
        keepalive.restart();
    }

    /** Orbits a moon as defined: its roots become upstreams. @return false if we orbit too many */
    public boolean orbit(World moon) {
        keepalive.restart();
        return worlds.orbit(moon);
    }

    /**
     * Orbits a moon that a root of it, the seed, shall tell us of; {@link Event.WorldUpdated} says when it did.
     *
     * @return false if we orbit too many
     */
    public boolean orbit(long moonId, long seed) {
        keepalive.restart();
        return worlds.orbit(moonId, seed);
    }

    /** Forgets a moon, known or wanted. @return false if we did not orbit it */
    public boolean deorbit(long moonId) {
        keepalive.restart();
        return worlds.deorbit(moonId);
    }

    /** The layer above found out that a peer belongs to a network of ours, other than by a packet it handled. */
    public void trust(long address, long nowMs) {
        Peer peer = peers.find(address);
        if (peer != null) {
            peer.trusted(nowMs);
        }
    }

    // ---- what to send

    /**
     * Sends a packet by the best way there is; waits a few seconds for an identity or a path if there is none.
     *
     * @param options {@link #COMPRESS}, {@link #EXPECT_REPLY}
     * @return its id on the wire; 0 if it waits, or cannot be sent
     */
    public long send(long destination, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        if (destination == settings.self().address()) {
            return 0;
        }
        Peer peer = peers.find(destination);
        if (peer == null) {
            courier.hold(destination, verb, payload, offset, length, options, nowMs);
            whois.lookup(destination, nowMs);
            return 0;
        }
        return courier.send(peer, verb, payload, offset, length, options, nowMs);
    }

    /**
     * Answers a packet, during the call that brought it, on the way it came.
     *
     * @param okOrError the verb
     * @param payload what follows the in-re fields, which are put in front of it: for ERROR the code and its data
     */
    public void reply(Received to, int okOrError, byte[] payload, int offset, int length, long nowMs) {
        Peer peer = peers.find(to.source);
        if (peer == null) {
            return;
        }
        WireWriter answer = new WireWriter(Wire.IN_RE_BYTES + length);
        new InRe(to.verb, to.packetId).write(answer);
        answer.bytes(payload, offset, length);
        outbound.answer(peer, to.socket, to.path, okOrError, answer, nowMs);
    }

    // ---- what is known

    public Identity self() {
        return settings.self();
    }

    /** For the lanes: the same object as long as nobody came or went. */
    public PeerTable peers() {
        return peers.table();
    }

    /** @return the identity behind an address, our own included; null if it is not known, and is asked for */
    public Identity identityOf(long address, long nowMs) {
        if (address == settings.self().address()) {
            return settings.self().withoutSecret();
        }
        Peer peer = peers.find(address);
        if (peer == null) {
            whois.lookup(address, nowMs);
            return null;
        }
        return peer.identity();
    }

    /** Is a peer of this address known, and a root by its whole identity? */
    public boolean isUpstream(long address) {
        Peer peer = peers.find(address);
        return peer != null && worlds.isUpstream(peer);
    }

    /** Addresses of all roots but ourselves. */
    public long[] upstreams() {
        Set<Long> addresses = worlds.upstreams();
        return addresses.stream().mapToLong(Long::longValue).toArray();
    }

    /** The upstream to ask first; 0 if there is none. */
    public long bestUpstream(long nowMs) {
        Peer peer = peers.bestUpstream(nowMs);
        return peer == null ? 0 : peer.address();
    }

    /**
     * How far a peer is that we reach directly, round trip; {@link Path#LATENCY_UNKNOWN} when that was not measured yet.
     *
     * @return -1 if no direct path to it is alive
     */
    public int latencyMs(long address, long nowMs) {
        Peer peer = peers.find(address);
        Path path = peer == null ? null : peers.direct(peer, nowMs);
        return path == null || !path.isAlive(nowMs) || path.isDoubtful(nowMs) ? -1 : path.latencyMs();
    }

    /** Are we a root? */
    public boolean isRoot() {
        return worlds.isRoot();
    }

    /** Did we hear an upstream in reasonable time, or are we one? As of the last poll. */
    public boolean online() {
        return online;
    }

    /** Null if we have none. */
    public World planet() {
        return worlds.planet();
    }

    /** Those that we orbit and know. */
    public List<World> moons() {
        return List.copyOf(worlds.moons());
    }

    /** Ids of the moons that we orbit without knowing them yet, and the addresses of their seeds. */
    public Map<Long, Long> wantedMoons() {
        return Map.copyOf(worlds.wanted());
    }

    /** Where others see us. */
    public Set<Endpoint> surface(long nowMs) {
        return surface.endpoints(nowMs);
    }

    /** Counted here; lanes count on their own. */
    public DropCounters drops() {
        return drops;
    }

    public List<PeerView> peerViews(long nowMs) {
        return views.peers(nowMs);
    }

    private void sayWhetherOnline(long nowMs) {
        boolean now = worlds.isRoot() || views.hearsUpstream(nowMs);
        if (now != online) {
            online = now;
            out.event(new Event.Online(now));
        }
    }
}
