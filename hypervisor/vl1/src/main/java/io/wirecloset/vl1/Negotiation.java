package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.RateGate;
import io.wirecloset.vl1.peer.Agreement;
import io.wirecloset.vl1.peer.IncomingIds;
import io.wirecloset.vl1.peer.Negotiate;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.ReplayGuard;
import io.wirecloset.vl1.peer.SessionIds;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which peers are our own nodes, and agrees with them on what goes beyond the protocol: up to now, how packets
 * are numbered, so that none is taken twice ({@code NEGOTIATION.md} beside this class).
 *
 * <p>Whoever is new and answered a HELLO is asked, a few times at most; nothing changes before both have spoken.
 */
final class Negotiation {
    private record Way(long peer, int socket, Endpoint endpoint) {}

    /** A packet of no session we know, opened. @param id as its sender gave it */
    private record Strange(Peer peer, int socket, Endpoint from, byte[] packet, long id) {}

    /** Deals with packets that were strange and are not any more. */
    interface Judge {
        void judge(Peer peer, int socket, Endpoint from, byte[] packet, int length, long id, long nowMs);
    }

    // set once
    private final Vl1Settings settings;
    private final Peers peers;
    private final Courier courier;
    private final Outbound outbound;
    private final DropCounters drops;

    /** Peers with something due. */
    private final Map<Long, Peer> waiting = new LinkedHashMap<>();
    /** Peers whose sessions we hold, the oldest first. */
    private final Map<Long, Peer> sessions = new LinkedHashMap<>();
    /** No more windows than these are in use. */
    private int windows;

    private final RateGate<Way> answers = new RateGate<>(Timing.NEGOTIATE_ANSWER_MS, Limits.STRANGE_PATHS);
    private final WaitQueue<Strange> strange;

    Negotiation(Vl1Settings settings, Peers peers, Courier courier, Outbound outbound, DropCounters drops) {
        this.settings = settings;
        this.peers = peers;
        this.courier = courier;
        this.outbound = outbound;
        this.drops = drops;
        this.strange = new WaitQueue<>(drops);
    }

    // ---- when to ask

    /** It answered a HELLO. If a HELLO of its own follows, that is the moment; else it is asked soon. */
    void onHelloAnswered(Peer peer, long nowMs) {
        Agreement agreement = peer.agreement();
        agreement.heardOk();
        if (agreement.isUntouched() && mayBeOurs(peer)) {
            agreement.askAt(nowMs + Timing.NEGOTIATE_AFTER_MS);
            waiting.put(peer.address(), peer);
        }
    }

    /** We answered its HELLO a moment ago, so it knows the path: nobody takes the question for a new one's. */
    void onHelloWelcomed(Peer peer, long nowMs) {
        Agreement agreement = peer.agreement();
        if (agreement.answersHello() && agreement.askAtMs() <= nowMs + Timing.NEGOTIATE_AFTER_MS && mayBeOurs(peer)) {
            ask(peer, nowMs);
        }
    }

    /** Does what is due. @return when to be asked next */
    long poll(Judge judge, long nowMs) {
        long nextMs = Long.MAX_VALUE;
        for (Peer peer : List.copyOf(waiting.values())) {
            Agreement agreement = peer.agreement();
            if (peers.find(peer.address()) != peer) {
                waiting.remove(peer.address(), peer);
                continue;
            }
            if (agreement.isDoubted() && agreement.isBroken(nowMs)) {
                breakWith(peer, judge, nowMs);
            }
            if (agreement.askAtMs() <= nowMs) {
                ask(peer, nowMs);
            }
            long dueMs = Math.min(agreement.askAtMs(), agreement.brokenAtMs());
            if (dueMs >= Long.MAX_VALUE / 8) {
                waiting.remove(peer.address());
            } else {
                nextMs = Math.min(nextMs, dueMs);
            }
        }
        strange.expire(nowMs);
        return strange.isEmpty() ? nextMs : Math.min(nextMs, nowMs + Timing.WAIT_QUEUE_CHECK_MS);
    }

    /** Old nodes are not spoken to in words they never heard. */
    private boolean mayBeOurs(Peer peer) {
        return settings.negotiates() && peer.version().protocol() >= Wire.PROTOCOL_VERSION_AES;
    }

    private void ask(Peer peer, long nowMs) {
        long challenge = peer.agreement().asks(settings.random().nextLong(), nowMs);
        waiting.put(peer.address(), peer);
        WireWriter payload = new WireWriter(32);
        new Negotiate(Negotiate.VERSION, challenge, 0, null).write(payload);
        Path direct = peers.direct(peer, nowMs);
        Path way = direct != null ? direct : courier.relayFor(peer, nowMs);
        if (way != null) {
            outbound.aside(peer, way.socket(), way.endpoint(), Verb.NEGOTIATE, payload, nowMs);
        }
    }

    // ---- what the other side says

    void onNegotiate(Peer peer, Received packet, Judge judge, long nowMs) {
        Negotiate said = settings.negotiates() ? Negotiate.read(packet.reader()) : null;
        if (said == null) {
            return;
        }
        boolean proved = peer.agreement().isAnsweredBy(said.answer());
        if (proved) {
            if (said.ids() != null) {
                take(peer, said.ids(), nowMs);
            }
            settle(peer, judge, nowMs);
        }
        if (peer.agreement().spoke()) {
            peer.agreement().askAt(nowMs + Timing.negotiateAgainMs(1, true));
            waiting.put(peer.address(), peer);
        }
        if (said.challenge() != 0) {
            answer(peer, said.challenge(), !proved, packet, nowMs);
        }
    }

    private void answer(Peer peer, long challenge, boolean ask, Received packet, long nowMs) {
        if (!answers.pass(new Way(peer.address(), packet.socket, packet.path), nowMs)) {
            drops.count(Drop.RATE_LIMITED);
            return;
        }
        Agreement agreement = peer.agreement();
        agreement.told();
        long ours = ask ? agreement.challenge(settings.random().nextLong()) : 0;
        WireWriter payload = new WireWriter(128);
        new Negotiate(Negotiate.VERSION, ours, challenge, peer.ids().announce()).write(payload);
        outbound.aside(peer, packet.socket, packet.path, Verb.NEGOTIATE, payload, nowMs);
    }

    private void take(Peer peer, SessionIds told, long nowMs) {
        IncomingIds known = peer.guard().session();
        if (known != null && known.session().isSameSession(told)) {
            known.sureUntil(nowMs + Timing.SESSION_SURE_MS);
            return;
        }
        if (!makeRoom(told.floors().length, nowMs)) {
            drops.count(Drop.QUEUE_FULL);
            return;
        }
        // a session before this one kept out all that belongs to this one
        IncomingIds session = new IncomingIds(told, known != null, nowMs);
        sessions.remove(peer.address());
        sessions.put(peer.address(), peer);
        guard(peer, ReplayGuard.of(session), nowMs);
    }

    /** Windows are memory: when there are too many, the sessions of peers that share no network with us go first. */
    private boolean makeRoom(int lanes, long nowMs) {
        if (windows + lanes > Limits.REPLAY_WINDOWS) {
            windows = leaveOthers(lanes, nowMs);
        }
        boolean room = windows + lanes <= Limits.REPLAY_WINDOWS;
        windows += room ? lanes : 0;
        return room;
    }

    /** @return windows still in use */
    private int leaveOthers(int lanes, long nowMs) {
        int used = 0;
        for (Iterator<Peer> each = sessions.values().iterator(); each.hasNext(); ) {
            Peer peer = each.next();
            if (peers.find(peer.address()) != peer || peer.guard().session() == null) {
                each.remove();
            } else {
                used += peer.guard().session().lanes();
            }
        }
        for (Peer peer : List.copyOf(sessions.values())) {
            if (used + lanes <= Limits.REPLAY_WINDOWS) {
                break;
            }
            if (!peer.isTrusted(nowMs)) {
                used -= peer.guard().session().lanes();
                sessions.remove(peer.address());
                guard(peer, peers.withoutSession(), nowMs);
            }
        }
        return used;
    }

    private void guard(Peer peer, ReplayGuard guard, long nowMs) {
        peer.guard(guard);
        peers.changed(peer, nowMs);
    }

    // ---- packets of no session we know

    /** It may have started anew; then its packet is worth waiting a moment for what it says to that. */
    void onStrange(Peer peer, int socket, Endpoint from, byte[] packet, long id, long nowMs) {
        strange.add(new Strange(peer, socket, from, packet, id), nowMs);
        peer.agreement().strange(nowMs);
        waiting.put(peer.address(), peer);
    }

    private void breakWith(Peer peer, Judge judge, long nowMs) {
        peer.agreement().broken();
        sessions.remove(peer.address());
        guard(peer, peers.withoutSession(), nowMs);
        settle(peer, judge, nowMs);
    }

    private void settle(Peer peer, Judge judge, long nowMs) {
        for (Strange each : new ArrayList<>(strange.take(held -> held.peer == peer))) {
            judge.judge(peer, each.socket, each.from, each.packet, each.packet.length, each.id, nowMs);
        }
    }
}
