package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.path.RateGate;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import java.util.List;

/**
 * Which endpoints may be paths, how they are tried, and when one becomes a path: only a round trip makes one, so
 * whoever forges a sender gains nothing (notes on behaviour, sections 2 to 4).
 */
final class Contacts {
    private record Endpoints(long peer, int socket, Endpoint endpoint) {}

    private final Worlds worlds;
    private final Peers peers;
    private final Outbound outbound;
    private final RateGate<Endpoints> confirmed = new RateGate<>(Timing.PATH_CONFIRM_MS, Limits.STRANGE_PATHS);
    private PathFilter filter = PathFilter.NOTHING;

    Contacts(Worlds worlds, Peers peers, Outbound outbound) {
        this.worlds = worlds;
        this.peers = peers;
        this.outbound = outbound;
    }

    void forbid(PathFilter more) {
        filter = more;
    }

    /** May we send to this endpoint to reach this peer? */
    boolean isAllowed(Peer peer, Endpoint endpoint) {
        return isOfferable(endpoint)
                && worlds.allows(peer, endpoint)
                && !peers.policy().forbids(peer.address(), endpoint);
    }

    /** May an endpoint be a path at all, ours or another's? */
    boolean isOfferable(Endpoint endpoint) {
        return endpoint.isUsableAsPath()
                && endpoint.port() != 0
                && !filter.forbids(endpoint)
                && !peers.policy().forbids(endpoint);
    }

    /** Sees whether the peer answers there: ECHO if it is known to answer that, else HELLO from all sockets. */
    void contact(Peer peer, int socket, Endpoint endpoint, long nowMs) {
        if (peer.version().answersEcho()) {
            outbound.echo(peer, socket, endpoint, nowMs);
        } else {
            outbound.hello(peer, endpoint, nowMs);
        }
    }

    /**
     * An authenticated packet of the peer's was dealt with.
     *
     * @param endpoint who sent the datagram
     */
    void received(Peer peer, int verb, int socket, Endpoint endpoint, int hops, long nowMs) {
        if (isTellingOfUse(verb)) {
            peer.busy(nowMs);
        } else {
            peer.heard(nowMs);
        }
        if (hops == 0) {
            receivedDirectly(peer, verb, socket, endpoint, nowMs);
        } else {
            peer.heardRelayed(nowMs);
        }
    }

    /** A copy of a packet that was dealt with came, authentic like the first. */
    void heardCopy(Peer peer, int socket, Endpoint endpoint, int hops, long nowMs) {
        Path path = hops == 0 ? peer.pathOver(socket, endpoint) : null;
        if (path != null) {
            path.heard(nowMs);
        }
    }

    private void receivedDirectly(Peer peer, int verb, int socket, Endpoint endpoint, long nowMs) {
        Path path = peer.pathOver(socket, endpoint);
        if (path != null) {
            boolean wasAvoided = path.isExpired(nowMs) || path.isDoubtful(nowMs);
            path.heard(nowMs);
            if (wasAvoided) {
                peers.changed(peer, nowMs);
            }
        } else if (peer.hasSoundPathToHost(socket, endpoint, nowMs) || !isAllowed(peer, endpoint)) {
            return;
        } else if (verb == Verb.OK) {
            peers.learn(peer, socket, endpoint, nowMs);
        } else if (confirmed.pass(new Endpoints(peer.address(), socket, endpoint), nowMs)) {
            outbound.hello(peer, endpoint, nowMs);
        }
    }

    /** Our own address changed: paths of this scope and family lead nowhere until somebody answers on them. */
    void moved(int scope, boolean v4, long nowMs) {
        for (Peer peer : peers.all()) {
            boolean affected = false;
            for (Path path : List.copyOf(peer.paths())) {
                if (path.endpoint().scope() == scope && path.endpoint().isV4() == v4) {
                    contact(peer, path.socket(), path.endpoint(), nowMs);
                    path.doubt();
                    affected = true;
                }
            }
            if (affected) {
                peers.changed(peer, nowMs);
            }
        }
    }

    private static boolean isTellingOfUse(int verb) {
        return switch (verb) {
            case Verb.FRAME, Verb.EXT_FRAME, Verb.MULTICAST_FRAME, Verb.NETWORK_CONFIG_REQUEST, Verb.NETWORK_CONFIG ->
                true;
            default -> false;
        };
    }
}
