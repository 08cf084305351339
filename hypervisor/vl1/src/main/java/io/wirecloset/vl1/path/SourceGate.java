package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.Arrays;

/** One costly piece of work for a stranger per neighbourhood of sources and time (notes on VL1, section 5.2). */
public final class SourceGate {
    private final long[] passedMs = new long[Limits.GATE_BUCKETS];

    public SourceGate() {
        Arrays.fill(passedMs, Long.MIN_VALUE / 2);
    }

    public boolean pass(Endpoint from, long nowMs) {
        int bucket = from.gateBucket();
        if (nowMs - passedMs[bucket] < Timing.VALIDATION_GATE_MS) {
            return false;
        }
        passedMs[bucket] = nowMs;
        return true;
    }
}
