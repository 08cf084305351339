package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.Paths;
import io.wirecloset.vl1.path.TrustedWays;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Scope;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireWriter;

/**
 * What a root does for others: passes their packets on, one hop more, and introduces the two so that it need not for
 * long (notes on behaviour, section 5). Nodes that are no roots do it only for what comes by ways by which members of their
 * networks were heard.
 */
final class Relay {
    private final Vl1Settings settings;
    private final Worlds worlds;
    private final Peers peers;
    private final Outbound outbound;
    private final DropCounters drops;
    private final TrustedWays ways = new TrustedWays();
    private final Introductions introductions = new Introductions();

    Relay(Vl1Settings settings, Worlds worlds, Peers peers, Outbound outbound, DropCounters drops) {
        this.settings = settings;
        this.worlds = worlds;
        this.peers = peers;
        this.outbound = outbound;
        this.drops = drops;
    }

    /** A packet that proved membership in a network of ours came this way. */
    void trusts(int socket, Endpoint from, long nowMs) {
        ways.trusted(socket, from, nowMs);
    }

    /** A packet or the head of one, for somebody else. Its hop count is changed in place. */
    void onPacket(int socket, Endpoint from, byte[] bytes, int at, int length, long nowMs) {
        int hops = PacketHeader.hops(bytes, at);
        if (mayPass(socket, from, hops, nowMs)) {
            PacketHeader.hops(bytes, at, hops + 1);
            long source = PacketHeader.source(bytes, at);
            Peer to = pass(source, PacketHeader.destination(bytes, at), bytes, at, length, nowMs);
            Peer sender = to == null ? null : peers.find(source);
            if (sender != null && sender != to && introductions.onPacket(source, to.address(), nowMs)) {
                introduce(sender, to, nowMs);
            }
        }
    }

    /** A fragment for somebody else; it does not say whose. */
    void onFragment(int socket, Endpoint from, byte[] bytes, int at, int length, long nowMs) {
        int hops = FragmentHeader.hops(bytes, at);
        if (mayPass(socket, from, hops, nowMs)) {
            FragmentHeader.hops(bytes, at, hops + 1);
            pass(0, FragmentHeader.destination(bytes, at), bytes, at, length, nowMs);
        }
    }

    /** Somebody asked who another is, and knows it now: it may have been introduced too soon. */
    void onWhoisAnswered(Peer asker, long asked, long nowMs) {
        Peer other = peers.find(asked);
        if (other != null && other != asker && introductions.onWhois(asker.address(), asked, nowMs)) {
            introduce(asker, other, nowMs);
        }
    }

    private boolean mayPass(int socket, Endpoint from, int hops, long nowMs) {
        if (!worlds.isRoot() && !ways.isTrusted(socket, from, nowMs)) {
            drops.count(Drop.RELAY_REFUSED);
            return false;
        }
        if (hops >= Wire.RELAY_MAX_HOPS) {
            drops.count(Drop.TOO_MANY_HOPS);
            return false;
        }
        return true;
    }

    /** @return the destination if it was reached directly, null if not */
    private Peer pass(long source, long destination, byte[] bytes, int at, int length, long nowMs) {
        Peer to = peers.find(destination);
        Path path = to == null ? null : to.best(nowMs);
        if (path != null) {
            outbound.forward(path, bytes, at, length, nowMs);
            return to;
        }
        Peer upstream = peers.bestUpstream(nowMs);
        Path further = upstream == null || upstream == to || upstream.address() == source ? null : upstream.best(nowMs);
        if (further == null) {
            drops.count(Drop.NO_PATH);
        } else {
            outbound.forward(further, bytes, at, length, nowMs);
        }
        return null;
    }

    /** Tells both where the other is, in the nearest scope where both have a path; IPv6 before IPv4. */
    private void introduce(Peer one, Peer other, long nowMs) {
        for (int scope = Scope.PRIVATE; scope >= 0; scope--) {
            for (boolean v4 : new boolean[] {false, true}) {
                Path toOne = Paths.best(one.paths(), scope, v4, nowMs);
                Path toOther = Paths.best(other.paths(), scope, v4, nowMs);
                if (toOne != null && toOther != null) {
                    introduce(one, toOne, other, toOther, nowMs);
                    return;
                }
            }
        }
    }

    private void introduce(Peer one, Path toOne, Peer other, Path toOther, long nowMs) {
        if (settings.random().nextInt(2) == 0) {
            rendezvous(one, toOne, other, toOther, nowMs);
            rendezvous(other, toOther, one, toOne, nowMs);
        } else {
            rendezvous(other, toOther, one, toOne, nowMs);
            rendezvous(one, toOne, other, toOther, nowMs);
        }
    }

    private void rendezvous(Peer to, Path path, Peer about, Path whereabouts, long nowMs) {
        WireWriter payload = new WireWriter(32);
        new Rendezvous(0, about.address(), whereabouts.endpoint()).write(payload);
        outbound.over(path, to, Verb.RENDEZVOUS, payload.buffer(), payload.offset(), payload.length(), 0, nowMs);
    }
}
