package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.Arrays;

/**
 * Whose HELLO is looked at, of nodes nobody knows: one per neighbourhood of sources and time, as stock nodes do it, and so
 * many per second in all, as each costs an agreement of keys and anybody may forge any source. Under a flood the
 * neighbourhoods it comes from are busy ones; a newcomer from one that was quiet before does not compete with them.
 */
public final class NewcomerGate {
    /** What a HELLO's source has to say for it. */
    public enum Source {
        REFUSED,
        /** Others of its neighbourhood knocked a moment ago. */
        BUSY,
        QUIET
    }

    private final SourceGate gate = new SourceGate();
    private final Budget busy = new Budget(Limits.NEWCOMERS_PER_SECOND_BUSY);
    private final Budget quiet = new Budget(Limits.NEWCOMERS_PER_SECOND_QUIET);
    /** When each neighbourhood last knocked, let in or not. */
    private final long[] knockedMs = new long[Limits.GATE_BUCKETS];

    public NewcomerGate() {
        Arrays.fill(knockedMs, Long.MIN_VALUE / 2);
    }

    public Source knock(Endpoint from, long nowMs) {
        int bucket = from.gateBucket();
        boolean wasQuiet = nowMs - knockedMs[bucket] >= Timing.NEWCOMER_QUIET_MS;
        knockedMs[bucket] = nowMs;
        if (!gate.pass(from, nowMs)) {
            return Source.REFUSED;
        }
        Budget budget = wasQuiet ? quiet : busy;
        if (!budget.take(nowMs)) {
            return Source.REFUSED;
        }
        return wasQuiet ? Source.QUIET : Source.BUSY;
    }
}
