package io.wirecloset.controller;

import io.wirecloset.controller.model.Timing;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a controller knows now: its networks as they are stored, who of their members is there, who knocked, what time it is. */
final class Hosting {
    final Strangers strangers = new Strangers();

    private final long self;
    private final Listener listener;
    private final Map<Long, HostedNetwork> networks = new TreeMap<>(Long::compareUnsigned);

    private long nowMs;
    private long wallAheadMs;
    private long nextExpiryMs = Long.MAX_VALUE;

    /** @param self the controller's address, the first 40 bits of every network id it serves */
    Hosting(long self, Listener listener) {
        this.self = self;
        this.listener = listener;
    }

    // ---- time

    void tick(long now, long wallMs) {
        nowMs = now;
        wallAheadMs = wallMs - now;
    }

    /** Time went on, as far as the wall clock's distance is known. */
    void tick(long now) {
        nowMs = now;
    }

    long nowMs() {
        return nowMs;
    }

    long wallMs() {
        return nowMs + wallAheadMs;
    }

    // ---- networks

    boolean isOurs(long networkId) {
        return NetworkIds.controllerOf(networkId) == self;
    }

    /** @return null if there is no such network */
    HostedNetwork network(long networkId) {
        return networks.get(networkId);
    }

    /** By ascending id. */
    Collection<HostedNetwork> networks() {
        return networks.values();
    }

    void add(HostedNetwork network) {
        networks.put(network.network().id(), network);
    }

    /** @return what was there, or null */
    HostedNetwork remove(long networkId) {
        return networks.remove(networkId);
    }

    // ---- who is there

    /** Somebody who is let in was heard just now. */
    void heard(HostedNetwork network, Request request) {
        long address = request.address();
        boolean news = !network.isOnline(address);
        Session session = network.heard(address, nowMs);
        nextExpiryMs = Math.min(nextExpiryMs, nowMs + Timing.ONLINE_MS);
        news |= !request.info().equals(session.info) || !Objects.equals(request.path(), session.path);
        session.lastSeenWallMs = wallMs();
        session.info = request.info();
        session.path = request.path();
        if (news) {
            listener.memberSeen(request.networkId(), address);
        }
    }

    /** Somebody of whom we cannot tell whether to let it in was heard just now. */
    void knocked(Request request) {
        Identity who = request.from().withoutSecret();
        long wallMs = wallMs();
        listener.strangerAsked(strangers.asked(
                new Stranger(request.networkId(), who, request.path(), request.info(), wallMs, wallMs)));
    }

    /** Lets go of those who fell silent. @return when to be asked next */
    long expire() {
        if (nowMs < nextExpiryMs) {
            return nextExpiryMs;
        }
        nextExpiryMs = Long.MAX_VALUE;
        for (HostedNetwork network : networks.values()) {
            for (long address : network.expire(nowMs)) {
                listener.memberSeen(network.network().id(), address);
            }
            nextExpiryMs = Math.min(nextExpiryMs, network.nextExpiryMs());
        }
        return nextExpiryMs;
    }
}
