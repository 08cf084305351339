package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.LaneTimes;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.path.SlotPool;
import io.wirecloset.vl1.peer.OutgoingIds;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.RecentPackets;
import io.wirecloset.vl1.peer.ReplayGuard;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All peers, and what lanes see of them. Whoever changes a peer's paths or version says so by {@link #changed}. */
final class Peers {
    private record Entry(Peer peer, PeerRef ref) {}

    // set once
    private final Vl1Settings settings;
    private final Worlds worlds;
    private final DropCounters drops;
    private final LaneTimes laneTimes;
    /** For all peers that announced no session. */
    private final ReplayGuard anyPeer = ReplayGuard.among(new RecentPackets());

    private final Map<Long, Entry> byAddress = new LinkedHashMap<>();
    private final SlotPool peerSlots = new SlotPool(Limits.PEERS);
    private final SlotPool pathSlots = new SlotPool(Limits.PATHS);

    /** The peer through which all are reached that have no path of their own, and its path. */
    private Peer relayPeer;

    private PathRecord relay;
    private PeerTable table = PeerTable.EMPTY;
    private boolean tableIsStale;
    private PathPolicy policy = PathPolicy.USUAL;

    Peers(Vl1Settings settings, Worlds worlds, DropCounters drops) {
        this.settings = settings;
        this.worlds = worlds;
        this.drops = drops;
        this.laneTimes = new AllLanes(settings.stamps());
    }

    /** What tells packets from repetitions when their sender announced no session. */
    ReplayGuard withoutSession() {
        return anyPeer;
    }

    /** @return the peer, or null */
    Peer find(long address) {
        Entry entry = byAddress.get(address);
        return entry == null ? null : entry.peer;
    }

    Collection<Peer> all() {
        List<Peer> peers = new ArrayList<>(byAddress.size());
        for (Entry entry : byAddress.values()) {
            peers.add(entry.peer);
        }
        return Collections.unmodifiableList(peers);
    }

    /** For the lanes. The same object as long as nobody came or went. */
    PeerTable table() {
        if (tableIsStale) {
            List<PeerRef> refs = new ArrayList<>(byAddress.size());
            for (Entry entry : byAddress.values()) {
                refs.add(entry.ref);
            }
            table = new PeerTable(refs, policy);
            tableIsStale = false;
        }
        return table;
    }

    /**
     * Makes a peer of an identity somebody vouches for: its own derivation, an upstream, or our settings.
     *
     * @return the peer, which may be there already; null if its address is taken by another identity, is our own, or
     *     there is no room left
     */
    Peer add(Identity identity, long nowMs) {
        Entry known = byAddress.get(identity.address());
        if (known != null) {
            return known.peer.identity().equals(identity) ? known.peer : null;
        }
        if (identity.address() == settings.self().address() || !makeRoom(nowMs)) {
            return null;
        }
        OutgoingIds ids = OutgoingIds.draw(settings.ids().lanes(), settings.random());
        SessionKeys keys = settings.self().agree(identity);
        Peer peer = new Peer(identity.withoutSecret(), keys, ids, anyPeer, peerSlots.take(), nowMs);
        byAddress.put(peer.address(), new Entry(peer, new PeerRef(record(peer, nowMs))));
        tableIsStale = true;
        return peer;
    }

    /** Adds a path somebody answered over. @return it, or null if there is no room for another */
    Path learn(Peer peer, int socket, Endpoint endpoint, long nowMs) {
        int slot = pathSlots.take();
        if (slot < 0) {
            drops.count(Drop.QUEUE_FULL);
            return null;
        }
        Path path = new Path(slot, socket, endpoint, settings.mtu(), laneTimes, nowMs);
        path.govern(policy, settings.mtu());
        Path victim = peer.learn(path, nowMs);
        if (victim != null) {
            pathSlots.giveBack(victim.slot());
        }
        changed(peer, nowMs);
        return path;
    }

    /** What the owner of this node says of networks; holds for the paths there are too. */
    void govern(PathPolicy says, long nowMs) {
        policy = says;
        tableIsStale = true;
        for (Entry entry : byAddress.values()) {
            Peer peer = entry.peer;
            dropped(peer, peer.drop(path -> isForbidden(peer, path)), nowMs);
            peer.paths().forEach(path -> path.govern(policy, settings.mtu()));
        }
        refresh(nowMs);
    }

    private boolean isForbidden(Peer peer, Path path) {
        return policy.forbids(path.endpoint()) || policy.forbids(peer.address(), path.endpoint());
    }

    PathPolicy policy() {
        return policy;
    }

    /** Takes out the peer's expired and outdone paths. */
    void dropUselessPaths(Peer peer, long nowMs) {
        dropped(peer, peer.dropUselessPaths(nowMs), nowMs);
    }

    /** Takes out the peer's paths over sockets that are no more. @return the endpoints they led to */
    Set<Endpoint> dropPathsOver(Peer peer, Set<Integer> sockets, long nowMs) {
        List<Path> dropped = peer.drop(path -> sockets.contains(path.socket()));
        dropped(peer, dropped, nowMs);
        Set<Endpoint> endpoints = new LinkedHashSet<>();
        dropped.forEach(path -> endpoints.add(path.endpoint()));
        return endpoints;
    }

    private void dropped(Peer peer, List<Path> dropped, long nowMs) {
        for (Path path : dropped) {
            pathSlots.giveBack(path.slot());
        }
        if (!dropped.isEmpty()) {
            changed(peer, nowMs);
        }
    }

    /** Forgets a peer and its paths. */
    void forget(Peer peer) {
        byAddress.remove(peer.address());
        peerSlots.giveBack(peer.slot());
        peer.paths().forEach(path -> pathSlots.giveBack(path.slot()));
        if (relayPeer == peer) {
            relayPeer = null;
            relay = null;
        }
        tableIsStale = true;
    }

    /** Shows the lanes what became of a peer, if anything did that matters to them. */
    void changed(Peer peer, long nowMs) {
        PeerRef ref = byAddress.get(peer.address()).ref;
        PeerRecord next = record(peer, nowMs);
        if (!next.says(ref.record)) {
            ref.record = next;
        }
        if (worlds.isUpstream(peer)) {
            chooseRelay(nowMs);
        }
    }

    /** Looks at all peers anew, as paths grow better and worse by themselves while time passes. */
    void refresh(long nowMs) {
        chooseRelay(nowMs);
        for (Entry entry : byAddress.values()) {
            PeerRecord next = record(entry.peer, nowMs);
            if (!next.says(entry.ref.record)) {
                entry.ref.record = next;
            }
        }
    }

    /**
     * The upstream to ask and to relay through: latency counts, and silence makes it worse.
     *
     * @return null if we know no upstream
     */
    Peer bestUpstream(long nowMs) {
        Peer best = null;
        long bestCost = Long.MAX_VALUE;
        for (long address : worlds.upstreams()) {
            Peer peer = find(address);
            if (peer != null && worlds.isUpstream(peer)) {
                long cost = upstreamCost(peer, nowMs);
                if (cost <= bestCost) {
                    best = peer;
                    bestCost = cost;
                }
            }
        }
        return best;
    }

    /** The path to send to a peer on directly; null if there is none, or it does not answer while a relay does. */
    Path direct(Peer peer, long nowMs) {
        Path best = peer.best(nowMs);
        if (best == null || !best.isDoubtful(nowMs) || peer == relayPeer) {
            return best;
        }
        Path relay = relayPeer == null ? null : relayPeer.best(nowMs);
        return relay == null || relay.isDoubtful(nowMs) || !relay.isAlive(nowMs) ? best : null;
    }

    private static long upstreamCost(Peer peer, long nowMs) {
        Path path = peer.best(nowMs);
        long silentMs = nowMs - (path == null ? peer.heardMs() : path.heardMs());
        if (silentMs >= Timing.PEER_ACTIVITY_MS) {
            return Long.MAX_VALUE - 1;
        }
        boolean unknown = path == null || path.latencyMs() == 0 || path.isDoubtful(nowMs);
        int latencyMs = unknown ? Path.LATENCY_UNKNOWN : path.latencyMs();
        return latencyMs * (1 + silentMs / (Timing.PEER_PING_MS + 1_000));
    }

    private void chooseRelay(long nowMs) {
        Peer upstream = bestUpstream(nowMs);
        Path path = upstream == null ? null : upstream.best(nowMs);
        PathRecord next = path == null ? null : record(path);
        boolean same = next == null ? relay == null : next.says(relay);
        relayPeer = upstream;
        if (same) {
            return;
        }
        relay = next;
        for (Entry entry : byAddress.values()) {
            entry.ref.record = record(entry.peer, nowMs);
        }
    }

    private PeerRecord record(Peer peer, long nowMs) {
        List<Path> paths = peer.paths();
        PathRecord[] known = new PathRecord[paths.size()];
        PathRecord best = null;
        Path bestPath = direct(peer, nowMs);
        for (int i = 0; i < known.length; i++) {
            known[i] = record(paths.get(i));
            best = paths.get(i) == bestPath ? known[i] : best;
        }
        PathRecord through = peer == relayPeer ? null : relay;
        return new PeerRecord(
                peer.identity(),
                peer.slot(),
                peer.keys(),
                peer.ids(),
                peer.guard(),
                peer.version().protocol(),
                best,
                through,
                known);
    }

    private static PathRecord record(Path path) {
        return new PathRecord(path.slot(), path.socket(), path.endpoint(), path.mtu(), path.trustedPathId());
    }

    /** Room for one more peer: if need be, of all that are neither upstream nor in use, the one silent longest goes. */
    private boolean makeRoom(long nowMs) {
        if (byAddress.size() < Limits.PEERS) {
            return true;
        }
        Peer silent = null;
        for (Entry entry : byAddress.values()) {
            Peer peer = entry.peer;
            boolean needed = worlds.isBelieved(peer)
                    || peer.isActive(nowMs)
                    || !peer.hints().isEmpty();
            if (!needed && (silent == null || peer.heardMs() < silent.heardMs())) {
                silent = peer;
            }
        }
        drops.count(Drop.QUEUE_FULL);
        if (silent != null) {
            forget(silent);
        }
        return silent != null;
    }

    /** The latest of what any lane noted. */
    private record AllLanes(List<Stamps> lanes) implements LaneTimes {
        @Override
        public long heardMs(int slot) {
            long latest = 0;
            for (Stamps lane : lanes) {
                latest = Math.max(latest, lane.pathHeardMs(slot));
            }
            return latest;
        }

        @Override
        public long sentMs(int slot) {
            long latest = 0;
            for (Stamps lane : lanes) {
                latest = Math.max(latest, lane.pathSentMs(slot));
            }
            return latest;
        }
    }
}
