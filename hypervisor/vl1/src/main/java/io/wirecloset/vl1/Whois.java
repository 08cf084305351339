package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.Budget;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.RateGate;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * WHOIS both ways: asks upstreams for the identity behind an address, and answers those who ask us. When no upstream does,
 * what we were told by others has to do.
 */
final class Whois {
    private static final class Question {
        long askedMs = Long.MIN_VALUE / 2;
        long wantedUntilMs;
        /** Because of something of our own that waits, not of a packet that anybody may have made up. */
        boolean ours;

        boolean asked;
        /** It is being found out otherwise. */
        boolean vouching;
    }

    private final Vl1Settings settings;
    private final Vl1Out out;
    private final Worlds worlds;
    private final Peers peers;
    private final Acquaintances acquaintances;
    private final Outbound outbound;
    private final DropCounters drops;
    private final RateGate<Long> answered = new RateGate<>(Timing.WHOIS_ANSWER_MS, Limits.PEERS);
    private final Budget forStrangers = new Budget(Limits.STRANGER_LOOKUPS_PER_SECOND);
    /** Oldest first. */
    private final Map<Long, Question> questions = new LinkedHashMap<>();

    Whois(
            Vl1Settings settings,
            Vl1Out out,
            Worlds worlds,
            Peers peers,
            Acquaintances acquaintances,
            Outbound outbound,
            DropCounters drops) {
        this.settings = settings;
        this.out = out;
        this.worlds = worlds;
        this.peers = peers;
        this.acquaintances = acquaintances;
        this.outbound = outbound;
        this.drops = drops;
    }

    // ---- we ask

    /** Asks for an identity, and goes on asking for as long as packets wait. */
    void lookup(long address, long nowMs) {
        lookup(address, true, nowMs);
    }

    private void lookup(long address, boolean ours, long nowMs) {
        if (Addresses.isReserved(address) || address == settings.self().address()) {
            return;
        }
        Question question = questions.get(address);
        if (question == null) {
            if (questions.size() >= Limits.WHOIS_QUESTIONS) {
                drops.count(Drop.QUEUE_FULL);
                return;
            }
            question = new Question();
            questions.put(address, question);
        }
        question.ours |= ours;
        question.wantedUntilMs = nowMs + Timing.WAIT_QUEUE_MS;
        askIfDue(address, question, nowMs);
    }

    /** Asks now, if it can, and leaves it at that. */
    void lookupOnce(long address, long nowMs) {
        Question asked = questions.get(address);
        lookup(address, nowMs);
        Question question = questions.get(address);
        if (asked == null && question != null) {
            question.wantedUntilMs = nowMs + Timing.WHOIS_RETRY_MS;
        }
    }

    /** The same for a packet anybody may have made up: within a budget. */
    void lookupForStranger(long address, long nowMs) {
        if (questions.containsKey(address) || forStrangers.take(nowMs)) {
            lookup(address, false, nowMs);
        } else {
            drops.count(Drop.RATE_LIMITED);
        }
    }

    /** The identity came. */
    void answered(long address) {
        questions.remove(address);
    }

    /** Repeats what is due. @return when to be asked next */
    long poll(long nowMs) {
        long nextMs = Long.MAX_VALUE;
        Iterator<Map.Entry<Long, Question>> each = questions.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Long, Question> entry = each.next();
            Question question = entry.getValue();
            if (question.wantedUntilMs <= nowMs) {
                each.remove();
            } else {
                askIfDue(entry.getKey(), question, nowMs);
                nextMs = Math.min(nextMs, nowMs + Timing.WHOIS_RETRY_MS);
            }
        }
        return nextMs;
    }

    private void askIfDue(long address, Question question, long nowMs) {
        if (nowMs - question.askedMs < Timing.WHOIS_RETRY_MS) {
            return;
        }
        Peer upstream = peers.bestUpstream(nowMs);
        Path path = upstream == null ? null : upstream.best(nowMs);
        if (question.asked || path == null || !upstream.hasLivePath(nowMs)) {
            vouch(address, question);
        }
        if (path != null) {
            question.asked = true;
            question.askedMs = nowMs;
            byte[] payload = new byte[Wire.ADDRESS_BYTES];
            Addresses.put(payload, 0, address);
            outbound.over(path, upstream, Verb.WHOIS, payload, 0, payload.length, SendOptions.EXPECT_REPLY, nowMs);
        }
    }

    /** No root answers, but we were told: whether the address follows from that key is for us to find out, at some cost. */
    private void vouch(long address, Question question) {
        Identity told = question.vouching || !question.ours ? null : acquaintances.identityOf(address);
        if (told != null) {
            question.vouching = true;
            out.validate(told);
        }
    }

    /** What was found out of an identity. @return the peer that came to be, or null */
    Peer onValidated(Identity identity, boolean valid, long nowMs) {
        Question question = questions.get(identity.address());
        boolean vouched =
                question != null && question.vouching && identity.equals(acquaintances.identityOf(identity.address()));
        if (!vouched) {
            return null;
        }
        if (!valid) {
            drops.count(Drop.BAD_IDENTITY);
            return null;
        }
        return peers.add(identity, nowMs);
    }

    // ---- we are asked

    /**
     * Answers with the identities we know; asks upstreams for the others.
     *
     * @return false if the peer asks too often, and gets no attention
     */
    boolean onWhois(Peer peer, Received packet, long nowMs) {
        if (!worlds.isRoot() && !answered.pass(peer.address(), nowMs)) {
            drops.count(Drop.RATE_LIMITED);
            return false;
        }
        WireReader asked = packet.reader();
        WireWriter answer = new WireWriter(128);
        new InRe(Verb.WHOIS, packet.packetId).write(answer);
        int found = 0;
        int lookedUp = 0;
        while (asked.remaining() >= Wire.ADDRESS_BYTES && found < Limits.WHOIS_ANSWERS) {
            long address = asked.address();
            Identity identity = identityOf(address);
            if (identity != null) {
                identity.write(answer, false);
                found++;
            } else if (lookedUp++ < Limits.WHOIS_LOOKUPS_PER_MESSAGE) {
                lookupForStranger(address, nowMs);
            }
        }
        if (found > 0) {
            outbound.answer(peer, packet.socket, packet.path, Verb.OK, answer, nowMs);
        }
        return true;
    }

    private Identity identityOf(long address) {
        if (address == settings.self().address()) {
            return settings.self();
        }
        Peer peer = peers.find(address);
        return peer == null ? null : peer.identity();
    }
}
