package io.wirecloset.vl1.wire;

/**
 * How long things last, in milliseconds. Those marked (wire) are habits other nodes count on, from section 1 of the
 * notes on VL1's behaviour.
 */
public final class Timing {
    /** Pass over peers, upstreams and networks. (wire) */
    public static final long PING_CHECK_MS = 5_000;
    /** Idle peers, unused paths, old surface entries and subscriptions are looked for this often. (wire) */
    public static final long HOUSEKEEPING_MS = 30_000;
    /** A directly connected peer is greeted anew this often. (wire) */
    public static final long PEER_PING_MS = 60_000;
    /** A path unused for this long gets a heartbeat: well inside the 30 s many NATs give a mapping. (wire) */
    public static final long PATH_HEARTBEAT_MS = 14_000;
    /** A path on which nothing was heard for this long counts as dead. (wire) */
    public static final long PATH_ALIVE_MS = PATH_HEARTBEAT_MS + 5_000;
    /** A path without an authenticated packet for this long is forgotten. (wire) */
    public static final long PATH_EXPIRES_MS = 4 * PEER_PING_MS + 3_000;
    /** A peer not heard of for this long is inactive and may be forgotten. (wire) */
    public static final long PEER_ACTIVITY_MS = 500_000;
    /** Trust lasts this long after the last trusted packet. (wire) */
    public static final long TRUST_MS = 600_000;
    /** WHOIS for one address is repeated no sooner. (wire) */
    public static final long WHOIS_RETRY_MS = 500;
    /** Packets wait this long for an identity, a path or a credential. (wire) */
    public static final long WAIT_QUEUE_MS = 5_000;

    public static final long WAIT_QUEUE_CHECK_MS = 500;
    /** A relay introduces the same pair of nodes no sooner. (wire) */
    public static final long RENDEZVOUS_MS = 30_000;

    /** Own endpoints are told a trusted peer this often, when its packet came relayed. (wire) */
    public static final long PUSH_PATHS_RELAYED_MS = 15_000;
    /** The same when its packet came directly. (wire) */
    public static final long PUSH_PATHS_DIRECT_MS = 120_000;
    /** A longer gap between two pushes from one peer ends a chain. (wire) */
    public static final long PUSH_PATHS_CHAIN_MS = 30_000;

    /** A memorized endpoint is tried for this long. (wire) */
    public static final long TRY_ENDPOINT_MS = 30_000;
    /** An unknown path is confirmed with a HELLO no sooner. (wire) */
    public static final long PATH_CONFIRM_MS = 1_000;
    /** ECHO is answered no sooner, per path. (wire) */
    public static final long ECHO_ANSWER_MS = 166;
    /** WHOIS is answered no sooner, per peer, by nodes that are no roots. (wire) */
    public static final long WHOIS_ANSWER_MS = 100;
    /** One identity validation per source bucket. (wire) */
    public static final long VALIDATION_GATE_MS = 2_000;
    /** An address at which others see us is believed this long. (wire) */
    public static final long SURFACE_ENTRY_MS = 600_000;

    /** Peers and roots are looked at this often for what cannot wait for a {@link #PING_CHECK_MS} pass. */
    public static final long TICK_MS = 1_000;
    /** What is sent on a path and not answered for this long is followed by a question that must be answered. */
    public static final long PATH_PROBED_MS = 2_000;
    /** The question is repeated at every {@link #TICK_MS} for this long. */
    public static final long PATH_PROBING_MS = 12_000;
    /** Unanswered for this long, some four questions, a path is left for another, or for a relay, until it answers. */
    public static final long PATH_DOUBTED_MS = 5_000;
    /**
     * The upstream we relay through hears us at every {@link #PING_CHECK_MS} pass, as others cannot reach us when it does
     * not know where we are. Stock nodes send it a WHOIS as often.
     */
    public static final long UPSTREAM_HEARTBEAT_MS = PING_CHECK_MS - TICK_MS;
    /** A host heard from another port, while its path was silent for this long, may be behind a NAT that forgot it. */
    public static final long PATH_OUTDATED_MS = 3_000;
    /** An answer that comes later than this answers nothing. */
    public static final long REPLY_AWAITED_MS = 60_000;
    /** A neighbourhood nobody unknown came from for this long is a quiet one. */
    public static final long NEWCOMER_QUIET_MS = 10_000;
    /** A stranger's identity is given this long to be validated before it may ask again. */
    public static final long VALIDATION_MS = WAIT_QUEUE_MS;
    /** Whoever must be reached and was lost is greeted at every tick for this long. */
    public static final long FIND_EAGERLY_MS = 10_000;
    /** An introduction is followed up for this long. */
    public static final long MEETING_MS = WAIT_QUEUE_MS;

    /** Who asks for the identity of somebody within this time after an introduction did not know what to do with that. */
    public static final long INTRODUCTION_AGAIN_MS = 2_000;

    /** After its answer to a HELLO, a peer has this long to greet us, before it is asked whether it is one of ours. */
    public static final long NEGOTIATE_AFTER_MS = 300;
    /** Such a question is answered no sooner, per path. */
    public static final long NEGOTIATE_ANSWER_MS = 500;
    /** Who does not say within this time why its packets are strange is taken for a node of another kind. */
    public static final long NEGOTIATE_DOUBT_MS = 4_000;
    /** After a peer proved its session, nothing strange is worth a question for this long. */
    public static final long SESSION_SURE_MS = 30_000;

    /** Whoever still needs the relay after this time is behind NATs that do not let the two meet. */
    public static final long INTRODUCTION_REPEATED_MS = 10_000;

    private static final long ACQUAINTANCE_AGAIN_MS = 500;
    private static final int ACQUAINTANCE_DOUBLINGS = 6;

    private static final long[] INTRODUCTION_REPEATS_MS = {1_000, 3_000, 6_000};
    private static final long[] MEETING_ATTEMPTS_MS = {0, 300, 1_000, 2_500, 4_500};

    private Timing() {}

    /**
     * @param spoke whether the other side is known to understand; if not, the last question comes late, as there may have
     *     been no way to it for a while
     * @return how long after the question of this number, from 1, the next one is asked
     */
    public static long negotiateAgainMs(int attempt, boolean spoke) {
        return spoke ? 1_000L * attempt : attempt == 1 ? 1_000 : PEER_PING_MS;
    }

    /** @return how long after the try of this number, from 0, to meet somebody we were told of, the next one is made */
    public static long acquaintanceAgainMs(int tries) {
        return Math.min(ACQUAINTANCE_AGAIN_MS << Math.min(tries, ACQUAINTANCE_DOUBLINGS), TRY_ENDPOINT_MS);
    }

    /** @return how long after an introduction it is repeated for this time, from 0, if the two still need a relay */
    public static long introductionRepeatMs(int repeat) {
        return repeat < INTRODUCTION_REPEATS_MS.length ? INTRODUCTION_REPEATS_MS[repeat] : RENDEZVOUS_MS;
    }

    /** @return how long after an introduction the attempt of this number, from 0, is made */
    public static long meetingAttemptMs(int attempt) {
        return attempt < MEETING_ATTEMPTS_MS.length ? MEETING_ATTEMPTS_MS[attempt] : Long.MAX_VALUE / 4;
    }
}
