package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;

/**
 * Tells whether a packet of a peer's was here before: asked once per packet, after its MAC proved right, by whichever
 * thread opened it. Exact for peers that announced their session; by the table of recent packets for all others.
 *
 * <p>Three verbs may come twice: HELLO and ECHO are sent from every socket, the same packet over several paths, each of
 * which wants an answer, and they have gates of their own; what nodes negotiate carries its own proof of being new.
 */
public final class ReplayGuard {
    /** Lets everything pass: for peers made by hand. */
    public static final ReplayGuard NONE = new ReplayGuard(null, null);

    private final RecentPackets recent;
    private final IncomingIds session;

    private ReplayGuard(RecentPackets recent, IncomingIds session) {
        this.recent = recent;
        this.session = session;
    }

    public static ReplayGuard among(RecentPackets recent) {
        return new ReplayGuard(recent, null);
    }

    public static ReplayGuard of(IncomingIds session) {
        return new ReplayGuard(null, session);
    }

    /** Null if the peer announced none. */
    public IncomingIds session() {
        return session;
    }

    /**
     * Notes the packet as seen.
     *
     * @param slot the packet, opened, at {@code at}
     * @param id as its sender gave it: {@link Armor#openedId}
     */
    public Verdict judge(byte[] slot, int at, long id, long nowMs) {
        int verb = PacketHeader.verb(slot, at);
        if (verb == Verb.HELLO || verb == Verb.NEGOTIATE) {
            return Verdict.NEW;
        }
        Verdict verdict = Verdict.NEW;
        if (session != null) {
            verdict = session.judge(id, nowMs);
        } else if (recent != null) {
            verdict = recent.judge(PacketHeader.source(slot, at), PacketHeader.packetId(slot, at), nowMs);
        }
        return verdict == Verdict.COPY && verb == Verb.ECHO ? Verdict.NEW : verdict;
    }
}
