package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the paths that are in use open, finds its way to the roots again and again, and forgets who fell silent (notes
 * on behaviour, section 4.1).
 */
final class Keepalive {
    private final Vl1Settings settings;
    private final Worlds worlds;
    private final Peers peers;
    private final Acquaintances acquaintances;
    private final Contacts contacts;
    private final Courier courier;
    private final Outbound outbound;
    private final PathPush push;
    private final Whois whois;
    private final Relay relay;

    /** Since when a peer that must be reached has had no live path. */
    private final Map<Long, Long> lostSinceMs = new HashMap<>();

    /** Sockets that are bound, and those that were and whose paths have not been dropped yet. */
    private Set<Integer> sockets = Set.of();

    private final Set<Integer> socketsGone = new LinkedHashSet<>();

    private long nextTickMs = Long.MIN_VALUE;
    private long nextPassMs = Long.MIN_VALUE;
    private boolean restarted;
    private long nextHousekeepingMs = Long.MIN_VALUE;

    Keepalive(
            Vl1Settings settings,
            Worlds worlds,
            Peers peers,
            Acquaintances acquaintances,
            Contacts contacts,
            Courier courier,
            Outbound outbound,
            PathPush push,
            Whois whois,
            Relay relay) {
        this.settings = settings;
        this.worlds = worlds;
        this.peers = peers;
        this.acquaintances = acquaintances;
        this.contacts = contacts;
        this.courier = courier;
        this.outbound = outbound;
        this.push = push;
        this.whois = whois;
        this.relay = relay;
    }

    /** Does what is due. @return when to be asked next */
    long poll(long nowMs) {
        if (!socketsGone.isEmpty()) {
            leaveSocketsGone(nowMs);
        }
        if (nowMs >= nextTickMs) {
            nextTickMs = nowMs + Timing.TICK_MS;
            boolean pass = restarted || nowMs >= nextPassMs;
            nextPassMs = nowMs >= nextPassMs ? nowMs + Timing.PING_CHECK_MS : nextPassMs;
            restarted = false;
            int sought = 0;
            for (Peer peer : peers.all()) {
                readLaneNotes(peer, nowMs);
                watchPaths(peer, nowMs);
                if (mustBeReached(peer)) {
                    find(peer, pass, nowMs);
                } else if (peer.hasLivePath(nowMs)) {
                    acquaintances.met(peer);
                } else if (sought < Limits.ACQUAINTANCES_SOUGHT && courier.seek(peer, nowMs)) {
                    // for as long as it is known: lanes do not say that they send through a relay, which may be away
                    sought++;
                }
                if (pass && (mustBeReached(peer) || peer.isActive(nowMs))) {
                    keepPaths(peer, nowMs);
                }
            }
            if (pass) {
                peers.refresh(nowMs);
                askForSeeds(nowMs);
            }
        }
        if (nowMs >= nextHousekeepingMs) {
            nextHousekeepingMs = nowMs + Timing.HOUSEKEEPING_MS;
            housekeeping(nowMs);
        }
        return Math.min(nextTickMs, nextHousekeepingMs);
    }

    /** The sockets bound from now on. */
    void sockets(int[] ids) {
        Set<Integer> now = new LinkedHashSet<>();
        for (int id : ids) {
            now.add(id);
        }
        for (int id : sockets) {
            if (!now.contains(id)) {
                socketsGone.add(id);
            }
        }
        sockets = now;
        restart();
    }

    /** At the next poll everybody that must be reached is looked for anew. */
    void restart() {
        lostSinceMs.clear();
        nextTickMs = Long.MIN_VALUE;
        restarted = true;
    }

    private boolean mustBeReached(Peer peer) {
        return worlds.isUpstream(peer) || worlds.isSeed(peer) || !peer.hints().isEmpty();
    }

    /** Who shall tell us of a moon may be a stranger still. */
    private void askForSeeds(long nowMs) {
        for (long seed : worlds.seeds()) {
            if (peers.find(seed) == null) {
                whois.lookupOnce(seed, nowMs);
            }
        }
    }

    /** What the lanes saw of a peer since we looked last. */
    private void readLaneNotes(Peer peer, long nowMs) {
        long frameMs = 0;
        long relayedMs = 0;
        long trustedMs = 0;
        for (Stamps lane : settings.stamps()) {
            frameMs = Math.max(frameMs, lane.frameHeardMs(peer.slot()));
            relayedMs = Math.max(relayedMs, lane.frameRelayedMs(peer.slot()));
            trustedMs = Math.max(trustedMs, lane.trustedMs(peer.slot()));
        }
        if (trustedMs > peer.sinceMs()) {
            peer.trusted(trustedMs);
            trustPathsHeardSince(peer, trustedMs);
        }
        if (relayedMs > peer.sinceMs()) {
            peer.heardRelayed(relayedMs);
        }
        if (frameMs > peer.sinceMs() && frameMs > peer.busyMs()) {
            peer.busy(frameMs);
            push.pushIfDue(peer, relayedMs > nowMs - Timing.TICK_MS, nowMs);
        }
    }

    private void trustPathsHeardSince(Peer peer, long trustedMs) {
        for (Path path : peer.paths()) {
            if (path.heardMs() >= trustedMs) {
                relay.trusts(path.socket(), path.endpoint(), trustedMs);
            }
        }
    }

    /** Paths over sockets that are no more lead nowhere; whoever is in use is greeted from those there are now. */
    private void leaveSocketsGone(long nowMs) {
        for (Peer peer : peers.all()) {
            for (Endpoint endpoint : peers.dropPathsOver(peer, socketsGone, nowMs)) {
                if (mustBeReached(peer) || peer.isActive(nowMs)) {
                    outbound.hello(peer, endpoint, nowMs);
                }
            }
        }
        socketsGone.clear();
    }

    /** What is sent and not answered is followed by a question; if that is not answered either, there are other ways. */
    private void watchPaths(Peer peer, long nowMs) {
        boolean unanswered = false;
        for (Path path : List.copyOf(peer.paths())) {
            path.watch();
            long silentMs = path.unansweredMs(nowMs);
            if (silentMs >= Timing.PATH_PROBED_MS && silentMs < Timing.PATH_PROBING_MS) {
                probe(peer, path, silentMs, nowMs);
            }
            unanswered |= silentMs > 0;
        }
        if (unanswered) {
            peers.changed(peer, nowMs);
        }
    }

    /** By ECHO at first; who started anew, as a root may have, understands HELLO alone, and may hear us on another socket. */
    private void probe(Peer peer, Path path, long silentMs, long nowMs) {
        if (silentMs < 2 * Timing.PATH_PROBED_MS && !worlds.isUpstream(peer)) {
            contacts.contact(peer, path.socket(), path.endpoint(), nowMs);
        } else {
            outbound.hello(peer, path.endpoint(), nowMs);
        }
    }

    /** Greets a peer we have no live path to where it is said to be: often at first, then at every pass. */
    private void find(Peer peer, boolean pass, long nowMs) {
        if (peer.hasLivePath(nowMs)) {
            lostSinceMs.remove(peer.address());
            return;
        }
        long sinceMs = lostSinceMs.computeIfAbsent(peer.address(), address -> nowMs);
        if (!pass && nowMs - sinceMs >= Timing.FIND_EAGERLY_MS) {
            return;
        }
        boolean greeted = false;
        for (Endpoint endpoint : onePerFamily(whereabouts(peer))) {
            outbound.hello(peer, endpoint, nowMs);
            greeted = true;
        }
        Path relay = courier.relayFor(peer, nowMs);
        if (!greeted && relay != null) {
            outbound.hello(peer, relay.endpoint(), nowMs);
        }
        peer.greeted(nowMs);
    }

    private List<Endpoint> whereabouts(Peer peer) {
        for (Worlds.Upstream root : worlds.roots()) {
            if (root.identity().equals(peer.identity())) {
                return List.copyOf(root.endpoints());
            }
        }
        return peer.hints();
    }

    private List<Endpoint> onePerFamily(List<Endpoint> endpoints) {
        List<Endpoint> chosen = new ArrayList<>(2);
        for (boolean v4 : new boolean[] {true, false}) {
            List<Endpoint> family =
                    endpoints.stream().filter(endpoint -> endpoint.isV4() == v4).toList();
            if (!family.isEmpty()) {
                chosen.add(family.get(settings.random().nextInt(family.size())));
            }
        }
        return chosen;
    }

    /** A full HELLO on every path now and then; in between an ECHO where nothing was sent for a while. */
    private void keepPaths(Peer peer, long nowMs) {
        peers.dropUselessPaths(peer, nowMs);
        if (nowMs - peer.greetedMs() >= Timing.PEER_PING_MS && !peer.paths().isEmpty()) {
            greetOnAllPaths(peer, nowMs);
            return;
        }
        long intervalMs = peer == peers.bestUpstream(nowMs) ? Timing.UPSTREAM_HEARTBEAT_MS : Timing.PATH_HEARTBEAT_MS;
        for (Path path : List.copyOf(peer.paths())) {
            if (nowMs - path.sentMs() >= intervalMs) {
                contacts.contact(peer, path.socket(), path.endpoint(), nowMs);
            }
        }
    }

    private void greetOnAllPaths(Peer peer, long nowMs) {
        Set<Endpoint> endpoints = new LinkedHashSet<>();
        for (Path path : peer.paths()) {
            endpoints.add(path.endpoint());
        }
        for (Endpoint endpoint : endpoints) {
            outbound.hello(peer, endpoint, nowMs);
        }
        peer.greeted(nowMs);
    }

    private void housekeeping(long nowMs) {
        for (Peer peer : peers.all()) {
            peers.dropUselessPaths(peer, nowMs);
            boolean heardOnLane = peer.paths().stream().anyMatch(path -> !path.isExpired(nowMs));
            if (peer.isIdle(nowMs) && !heardOnLane && !mustBeReached(peer)) {
                peers.forget(peer);
            }
        }
    }
}
