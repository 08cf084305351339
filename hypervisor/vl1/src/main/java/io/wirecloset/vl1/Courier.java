package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sends to peers by whatever way is best now, and keeps for a while what has none (notes on behaviour, section 4). */
final class Courier {
    private record Parcel(long destination, int verb, byte[] payload, int options) {}

    private final Peers peers;
    private final Contacts contacts;
    private final Outbound outbound;
    private final Acquaintances acquaintances;
    private final WaitQueue<Parcel> waiting;

    Courier(Peers peers, Contacts contacts, Outbound outbound, Acquaintances acquaintances, DropCounters drops) {
        this.peers = peers;
        this.contacts = contacts;
        this.outbound = outbound;
        this.acquaintances = acquaintances;
        this.waiting = new WaitQueue<>(drops);
    }

    /** @return the packet's id on the wire; 0 if it waits for a path, or is too long ever to be sent */
    long send(Peer peer, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        Path way = wayTo(peer, nowMs);
        if (way == null) {
            hold(peer.address(), verb, payload, offset, length, options, nowMs);
            return 0;
        }
        return outbound.over(way, peer, verb, payload, offset, length, options, nowMs);
    }

    /** Keeps what cannot be sent yet. */
    void hold(long destination, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        byte[] copy = Arrays.copyOfRange(payload, offset, offset + length);
        waiting.add(new Parcel(destination, verb, copy, options), nowMs);
    }

    /** Sends what waited and has a way now. */
    void retry(long nowMs) {
        waiting.retry(parcel -> sendHeld(parcel, nowMs), nowMs);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    private boolean sendHeld(Parcel parcel, long nowMs) {
        Peer peer = peers.find(parcel.destination);
        Path way = peer == null ? null : wayTo(peer, nowMs);
        if (way == null) {
            return false;
        }
        outbound.over(way, peer, parcel.verb, parcel.payload, 0, parcel.payload.length, parcel.options, nowMs);
        return true;
    }

    /** Direct; else through the best upstream, while endpoints we were told of are tried; else as it once worked. */
    private Path wayTo(Peer peer, long nowMs) {
        Path direct = peers.direct(peer, nowMs);
        if (direct != null) {
            return direct;
        }
        tryWhatWeWereTold(peer, nowMs);
        Path relay = relayFor(peer, nowMs);
        return relay != null ? relay : anyOf(peer, nowMs);
    }

    private void tryWhatWeWereTold(Peer peer, long nowMs) {
        List<Endpoint> told = new ArrayList<>(peer.hints());
        told.addAll(peers.policy().tries(peer.address()));
        if (!told.isEmpty() && peer.mayTryHints(nowMs)) {
            tryEach(peer, told, nowMs);
        }
        if (acquaintances.isUntried(peer)) {
            seek(peer, nowMs); // and again at its turns, as long as it has no path
        }
    }

    /** Greets a peer without a path where we were told that it is, if it is time to. @return whether it was */
    boolean seek(Peer peer, long nowMs) {
        List<Endpoint> due = acquaintances.due(peer, nowMs);
        tryEach(peer, due, nowMs);
        return !due.isEmpty();
    }

    private void tryEach(Peer peer, List<Endpoint> endpoints, long nowMs) {
        for (Endpoint endpoint : endpoints) {
            if (contacts.isAllowed(peer, endpoint)) {
                outbound.hello(peer, endpoint, nowMs);
            }
        }
    }

    /** The path of the upstream that relays for this peer, or null. */
    Path relayFor(Peer peer, long nowMs) {
        Peer upstream = peers.bestUpstream(nowMs);
        return upstream == null || upstream == peer ? null : upstream.best(nowMs);
    }

    private static Path anyOf(Peer peer, long nowMs) {
        Path best = null;
        for (Path path : peer.paths()) {
            best = best == null || path.quality(nowMs) <= best.quality(nowMs) ? path : best;
        }
        return best;
    }
}
