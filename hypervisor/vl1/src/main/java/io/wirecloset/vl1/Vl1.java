package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Peer;
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
 * {@link Vl1Out} what to do, and by {@link #poll} when it wants to be asked again. Driven by one thread.
 *
 * <p>Here stand its doors; {@link Inbound} is what happens to a packet.
 */
public final class Vl1 {
    private final Parts parts;
    private final Inbound inbound;
    private final Views views;

    private boolean online;

    public Vl1(Vl1Settings settings, Vl1Out out, Upper upper) {
        parts = new Parts(settings, out, upper);
        inbound = new Inbound(parts);
        views = new Views(parts.worlds, parts.peers);
    }

    // ---- what happened

    /** What a lane left to us; without lanes, every datagram, {@link Stage#SEALED}. Borrowed. */
    public void onHandedOver(Stage stage, int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        switch (stage) {
            case SEALED -> inbound.onDatagram(socket, from, bytes, offset, length, nowMs);
            case REASSEMBLED -> inbound.onReassembled(socket, from, bytes, offset, length, nowMs);
            case OPENED -> inbound.onOpened(socket, from, bytes, offset, length, nowMs);
            case STRANGE -> inbound.onStrange(socket, from, bytes, offset, length, nowMs);
        }
    }

    /** The answer to {@link Vl1Out#validate}. */
    public void onValidated(Identity identity, boolean valid, long nowMs) {
        inbound.onValidated(identity, valid, nowMs);
    }

    /** Does what is due. @return when to be asked next, at the latest */
    public long poll(long nowMs) {
        if (parts.worlds.takeChanged()) {
            parts.worlds.roots().forEach(root -> parts.peers.add(root.identity(), nowMs));
        }
        long nextMs = Math.min(parts.keepalive.poll(nowMs), inbound.poll(nowMs));
        nextMs = Math.min(nextMs, Math.min(parts.whois.poll(nowMs), parts.meetings.poll(nowMs)));
        if (parts.courier.isWaiting()) {
            parts.courier.retry(nowMs);
            nextMs = Math.min(nextMs, nowMs + Timing.WAIT_QUEUE_CHECK_MS);
        }
        sayWhetherOnline(nowMs);
        return nextMs;
    }

    /** The logical sockets now bound, and where. */
    public void sockets(int[] ids, Endpoint[] bound) {
        parts.push.bound(List.of(bound));
        parts.keepalive.sockets(ids);
    }

    /**
     * Endpoints that a router in front of us has mapped to our sockets, as somebody arranged with it; told to trusted peers
     * like those bound. Replaces what was said before.
     */
    public void mapped(List<Endpoint> external) {
        parts.push.mapped(external);
    }

    /** Endpoints never to be used as a path nor offered as one. Replaces what was said before. */
    public void forbid(PathFilter filter) {
        parts.contacts.forbid(filter);
    }

    /** What the owner of this node says of networks and peers. Replaces what was said before; holds for paths there are. */
    public void govern(PathPolicy policy, long nowMs) {
        parts.peers.govern(policy, nowMs);
    }

    /**
     * A peer that somebody we believe told us about, with endpoints where it may be met: it is kept in contact, like a
     * root, but has no say like one. Needs no upstream.
     */
    public void introduce(Identity identity, List<Endpoint> endpoints, long nowMs) {
        Peer peer = parts.peers.add(identity, nowMs);
        if (peer == null) {
            parts.drops.count(Drop.BAD_IDENTITY);
            return;
        }
        peer.hints(endpoints);
        inbound.onPeerKnown(peer, nowMs);
        parts.keepalive.restart();
    }

    /**
     * Peers that somebody told us about, with endpoints where they may be met: those we want to send to are found without a
     * root, the others cost nothing. Whoever told us may be wrong about one, so each is believed only once its address was
     * seen to follow from its key. Replaces what was said before.
     */
    public void acquaint(List<Acquaintance> told) {
        parts.acquaintances.replace(told);
    }

    /**
     * A peer we were in contact with in an earlier life, and where. It is greeted there once, so that those who talked go on
     * talking though no root is there to introduce them; nothing is taken for granted before it answers.
     */
    public void recall(Identity identity, List<Endpoint> endpoints, long nowMs) {
        Peer peer = parts.peers.add(identity, nowMs);
        if (peer == null) {
            return;
        }
        for (Endpoint endpoint : endpoints) {
            if (parts.contacts.isAllowed(peer, endpoint)) {
                parts.outbound.hello(peer, endpoint, nowMs);
            }
        }
    }

    /**
     * A definition of the planet, or of a moon we orbit, that came by other means than the protocol: its owner's word. An
     * edition of what we have is taken if it is newer and signed by whom that names; another planet always, whose roots then
     * are ours and those of the one before are no more. {@link NodeEvent.WorldUpdated} says so.
     */
    public void offer(World world) {
        parts.worlds.give(world);
        parts.keepalive.restart();
    }

    /** Orbits a moon as defined: its roots become upstreams. @return false if we orbit too many */
    public boolean orbit(World moon) {
        parts.keepalive.restart();
        return parts.worlds.orbit(moon);
    }

    /**
     * Orbits a moon that a root of it, the seed, shall tell us of; {@link NodeEvent.WorldUpdated} says when it did.
     *
     * @return false if we orbit too many
     */
    public boolean orbit(long moonId, long seed) {
        parts.keepalive.restart();
        return parts.worlds.orbit(moonId, seed);
    }

    /** Forgets a moon, known or wanted. @return false if we did not orbit it */
    public boolean deorbit(long moonId) {
        parts.keepalive.restart();
        return parts.worlds.deorbit(moonId);
    }

    /** The layer above found out that a peer belongs to a network of ours, other than by a packet it handled. */
    public void trust(long address, long nowMs) {
        Peer peer = parts.peers.find(address);
        if (peer != null) {
            peer.trusted(nowMs);
        }
    }

    // ---- what to send

    /**
     * Sends a packet by the best way there is; waits a few seconds for an identity or a path if there is none.
     *
     * @param options of {@link SendOptions}
     * @return its id on the wire; 0 if it waits, or cannot be sent
     */
    public long send(long destination, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        if (destination == parts.settings.self().address()) {
            return 0;
        }
        Peer peer = parts.peers.find(destination);
        if (peer == null) {
            parts.courier.hold(destination, verb, payload, offset, length, options, nowMs);
            parts.whois.lookup(destination, nowMs);
            return 0;
        }
        return parts.courier.send(peer, verb, payload, offset, length, options, nowMs);
    }

    /**
     * Answers a packet, during the call that brought it, on the way it came.
     *
     * @param okOrError the verb
     * @param payload what follows the in-re fields, which are put in front of it: for ERROR the code and its data
     */
    public void reply(Received to, int okOrError, byte[] payload, int offset, int length, long nowMs) {
        Peer peer = parts.peers.find(to.source);
        if (peer == null) {
            return;
        }
        WireWriter answer = new WireWriter(Wire.IN_RE_BYTES + length);
        new InRe(to.verb, to.packetId).write(answer);
        answer.bytes(payload, offset, length);
        parts.outbound.answer(peer, to.socket, to.path, okOrError, answer, nowMs);
    }

    // ---- what is known

    public Identity self() {
        return parts.settings.self();
    }

    /** For the lanes: the same object as long as nobody came or went. */
    public PeerTable peers() {
        return parts.peers.table();
    }

    /** @return the identity behind an address, our own included; null if it is not known, and is asked for */
    public Identity identityOf(long address, long nowMs) {
        if (address == parts.settings.self().address()) {
            return parts.settings.self().withoutSecret();
        }
        Peer peer = parts.peers.find(address);
        if (peer == null) {
            parts.whois.lookup(address, nowMs);
            return null;
        }
        return peer.identity();
    }

    /** Is a peer of this address known, and a root by its whole identity? */
    public boolean isUpstream(long address) {
        Peer peer = parts.peers.find(address);
        return peer != null && parts.worlds.isUpstream(peer);
    }

    /** Addresses of all roots but ourselves. */
    public long[] upstreams() {
        Set<Long> addresses = parts.worlds.upstreams();
        return addresses.stream().mapToLong(Long::longValue).toArray();
    }

    /** The upstream to ask first; 0 if there is none. */
    public long bestUpstream(long nowMs) {
        Peer peer = parts.peers.bestUpstream(nowMs);
        return peer == null ? 0 : peer.address();
    }

    /**
     * How far a peer is that we reach directly, round trip; {@link Path#LATENCY_UNKNOWN} when that was not measured yet.
     *
     * @return -1 if no direct path to it is alive
     */
    public int latencyMs(long address, long nowMs) {
        Peer peer = parts.peers.find(address);
        Path path = peer == null ? null : parts.peers.direct(peer, nowMs);
        return path == null || !path.isAlive(nowMs) || path.isDoubtful(nowMs) ? -1 : path.latencyMs();
    }

    /** Are we a root? */
    public boolean isRoot() {
        return parts.worlds.isRoot();
    }

    /** Did we hear an upstream in reasonable time, or are we one? As of the last poll. */
    public boolean online() {
        return online;
    }

    /** Null if we have none. */
    public World planet() {
        return parts.worlds.planet();
    }

    /** Those that we orbit and know. */
    public List<World> moons() {
        return List.copyOf(parts.worlds.moons());
    }

    /** Ids of the moons that we orbit without knowing them yet, and the addresses of their seeds. */
    public Map<Long, Long> wantedMoons() {
        return Map.copyOf(parts.worlds.wanted());
    }

    /** Where others see us. */
    public Set<Endpoint> surface(long nowMs) {
        return parts.surface.endpoints(nowMs);
    }

    /** Where we believe to be reached, as peers are told: where sockets are bound, what routers let in, where others see us. */
    public Set<Endpoint> reachedAt(long nowMs) {
        return parts.push.own(nowMs);
    }

    /** Counted here; lanes count on their own. */
    public DropCounters drops() {
        return parts.drops;
    }

    public List<PeerView> peerViews(long nowMs) {
        return views.peers(nowMs);
    }

    private void sayWhetherOnline(long nowMs) {
        boolean now = parts.worlds.isRoot() || views.hearsUpstream(nowMs);
        if (now != online) {
            online = now;
            parts.out.event(new NodeEvent.Online(now));
        }
    }
}
