package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a relay introduces two nodes to each other: with the first packet between them and then every 30 s as long as there
 * are more. As any datagram of a meeting may get lost, and one side alone opens no NAT, the introduction is repeated a few
 * times soon after, if packets still come this way. Leaves have no gate on introductions.
 *
 * <p>Bounded: beyond a number of pairs the one introduced longest ago is forgotten.
 */
final class Introductions {
    /** Unordered: the smaller address first. */
    private record Pair(long one, long other) {
        static Pair of(long a, long b) {
            return a < b ? new Pair(a, b) : new Pair(b, a);
        }
    }

    private static final class Introduced {
        final long sinceMs;
        int repeats;
        boolean again;

        Introduced(long sinceMs) {
            this.sinceMs = sinceMs;
        }
    }

    /** Introduced longest ago first. */
    private final Map<Pair, Introduced> pairs = new LinkedHashMap<>();

    /** A packet of one to the other passed through. @return whether to introduce them now */
    boolean onPacket(long from, long to, long nowMs) {
        Pair pair = Pair.of(from, to);
        Introduced introduced = pairs.get(pair);
        if (introduced == null || nowMs - introduced.sinceMs >= Timing.RENDEZVOUS_MS) {
            begin(pair, nowMs);
            return true;
        }
        long sinceMs = nowMs - introduced.sinceMs;
        if (sinceMs < Timing.introductionRepeatMs(introduced.repeats) || sinceMs >= Timing.INTRODUCTION_REPEATED_MS) {
            return false;
        }
        introduced.repeats++;
        return true;
    }

    /**
     * One asked who the other is, and knows it now. If the two were introduced a moment ago, it could not make use of that
     * and is told again, once; if that is longer ago, it has lost touch since, and may be introduced anew.
     *
     * @return whether to introduce them now
     */
    boolean onWhois(long asker, long asked, long nowMs) {
        Pair pair = Pair.of(asker, asked);
        Introduced introduced = pairs.get(pair);
        if (introduced == null) {
            return false;
        }
        if (nowMs - introduced.sinceMs >= Timing.INTRODUCTION_AGAIN_MS) {
            pairs.remove(pair);
            return false;
        }
        boolean first = !introduced.again;
        introduced.again = true;
        return first;
    }

    private void begin(Pair pair, long nowMs) {
        pairs.remove(pair);
        if (pairs.size() >= Limits.INTRODUCTIONS) {
            pairs.remove(pairs.keySet().iterator().next());
        }
        pairs.put(pair, new Introduced(nowMs));
    }
}
