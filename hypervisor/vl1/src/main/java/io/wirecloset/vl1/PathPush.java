package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.Surface;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.DirectPaths.Offer;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** PUSH_DIRECT_PATHS both ways: tells trusted peers where we can be reached, and tries where they say they can. */
final class PathPush {
    private static final int SCOPES = 8;

    private final Contacts contacts;
    private final Courier courier;
    private final Outbound outbound;
    private final Surface surface;
    private List<Endpoint> bound = List.of();
    private List<Endpoint> mapped = List.of();

    PathPush(Contacts contacts, Courier courier, Outbound outbound, Surface surface) {
        this.contacts = contacts;
        this.courier = courier;
        this.outbound = outbound;
        this.surface = surface;
    }

    /** Where our sockets are bound. */
    void bound(List<Endpoint> endpoints) {
        bound = List.copyOf(endpoints);
    }

    /** Where routers in front of us let others in. */
    void mapped(List<Endpoint> endpoints) {
        mapped = List.copyOf(endpoints);
    }

    // ---- theirs

    /** Tries what is offered, with bounds per scope and family; who pushes too often was sent away before. */
    void onPush(Peer peer, DirectPaths push, long nowMs) {
        int[] used = new int[2 * SCOPES];
        for (Offer offer : push.offers()) {
            Endpoint endpoint = offer.endpoint();
            if (offer.isForget() || !contacts.isAllowed(peer, endpoint)) {
                continue;
            }
            if (offer.isRedirect()) {
                redirect(peer, endpoint, nowMs);
            } else if (!peer.hasLivePathTo(endpoint, nowMs)) {
                int kind = 2 * endpoint.scope() + (endpoint.isV4() ? 1 : 0);
                if (used[kind]++ < Limits.PUSH_PATHS_PER_SCOPE) {
                    contacts.contact(peer, Outbound.ALL_SOCKETS, endpoint, nowMs);
                }
            }
        }
    }

    private void redirect(Peer peer, Endpoint endpoint, long nowMs) {
        for (Path path : peer.paths()) {
            if (path.endpoint().equals(endpoint)) {
                peer.redirectTo(path);
            }
        }
        outbound.hello(peer, endpoint, nowMs);
    }

    // ---- ours

    /** Tells a trusted peer, if it is time to. @param relayed whether we hear it through a relay */
    void pushIfDue(Peer peer, boolean relayed, long nowMs) {
        if (!peer.isTrusted(nowMs) || !peer.duePush(relayed, nowMs)) {
            return;
        }
        List<Offer> offers = new ArrayList<>();
        for (Endpoint endpoint : own(nowMs)) {
            offers.add(new Offer(endpoint));
        }
        for (int from = 0; from < offers.size(); from += DirectPaths.OFFERS_PER_MESSAGE) {
            int to = Math.min(offers.size(), from + DirectPaths.OFFERS_PER_MESSAGE);
            WireWriter payload = new WireWriter(512);
            new DirectPaths(offers.subList(from, to)).write(payload);
            courier.send(
                    peer,
                    Verb.PUSH_DIRECT_PATHS,
                    payload.buffer(),
                    payload.offset(),
                    payload.length(),
                    SendOptions.COMPRESS,
                    nowMs);
        }
    }

    /** Everything we believe to be reached at: where sockets are bound, what is mapped to them, where others see us. */
    Set<Endpoint> own(long nowMs) {
        Set<Endpoint> own = new LinkedHashSet<>();
        for (Endpoint endpoint : bound) {
            addIfOfferable(own, endpoint);
        }
        for (Endpoint endpoint : mapped) {
            addIfOfferable(own, endpoint);
        }
        for (Endpoint endpoint : surface.endpoints(nowMs)) {
            addIfOfferable(own, endpoint);
        }
        return own;
    }

    private void addIfOfferable(Set<Endpoint> own, Endpoint endpoint) {
        if (own.size() < Limits.OWN_ENDPOINTS_PUSHED && contacts.isOfferable(endpoint)) {
            own.add(endpoint);
        }
    }
}
