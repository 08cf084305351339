package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.peer.Peer;
import java.util.ArrayList;
import java.util.List;

/** What people are shown of peers, and of our own standing among them. */
final class Views {
    private final Worlds worlds;
    private final Peers peers;

    Views(Worlds worlds, Peers peers) {
        this.worlds = worlds;
        this.peers = peers;
    }

    List<PeerView> peers(long nowMs) {
        List<PeerView> views = new ArrayList<>();
        for (Peer peer : peers.all()) {
            views.add(view(peer, nowMs));
        }
        return views;
    }

    private PeerView view(Peer peer, long nowMs) {
        Path best = peers.direct(peer, nowMs);
        List<PeerView.PathView> paths = new ArrayList<>();
        for (Path path : peer.paths()) {
            paths.add(new PeerView.PathView(
                    path.endpoint(),
                    path.socket(),
                    Math.max(0, path.sentMs()),
                    Math.max(0, path.heardMs()),
                    shown(path.latencyMs()),
                    path.isAlive(nowMs),
                    path.isExpired(nowMs),
                    path == best,
                    path.trustedPathId()));
        }
        return new PeerView(
                peer.address(),
                peer.version().software(),
                peer.version().protocol(),
                best == null ? -1 : shown(best.latencyMs()),
                worlds.roleOf(peer),
                peer.isTrusted(nowMs),
                peer.heardMs(),
                paths);
    }

    private static int shown(int latencyMs) {
        return latencyMs == Path.LATENCY_UNKNOWN ? -1 : latencyMs;
    }

    /** Did we hear an upstream in reasonable time? */
    boolean hearsUpstream(long nowMs) {
        for (long address : worlds.upstreams()) {
            Peer peer = peers.find(address);
            if (peer != null && worlds.isUpstream(peer) && peer.best(nowMs) != null && !peer.isIdle(nowMs)) {
                return true;
            }
        }
        return false;
    }
}
