package io.wirecloset.vl1.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The last packets of peers that announce no session, which all stock nodes are: a small table for all of them, used by all
 * lanes and the control loop. A packet is recognised until eight others have come to its set of the table: of the last
 * 4096 packets all but one in a hundred thousand are, of the last 16,384 nineteen in twenty. Older ones are delivered again,
 * as stock nodes deliver every repetition. Allocates nothing per packet.
 *
 * <pre>
 *   4096 sets of 8 cells, newest first;  a cell: digest of sender and id : 48 bits | time in 1/8 s : 16 bits
 * </pre>
 */
public final class RecentPackets {
    private static final int SETS = 1 << 12;
    private static final int WAYS = 8;
    private static final int TIME_BITS = 16;
    private static final long TIME_MASK = (1 << TIME_BITS) - 1;
    private static final int TICK_SHIFT = 7;
    /** Copies made on purpose come within this time: two seconds. */
    private static final long COPIES_TICKS = 2_000 >>> TICK_SHIFT;

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[SETS * WAYS];

    /** @param wireId the packet's id as others see it */
    Verdict judge(long source, long wireId, long nowMs) {
        long digest = (wireId ^ source * SPREAD) * SPREAD;
        // the top bit tells it from an empty cell
        digest = digest ^ digest >>> 29 | Long.MIN_VALUE;
        int set = (int) (digest & SETS - 1) * WAYS;
        long ticks = nowMs >>> TICK_SHIFT & TIME_MASK;
        // the first exchange decides between two that bring the same packet at the same time
        long moved = (long) CELL.getAndSet(cells, set, digest & ~TIME_MASK | ticks);
        for (int way = 1; ; way++) {
            if (((moved ^ digest) & ~TIME_MASK) == 0) {
                return (ticks - moved & TIME_MASK) <= COPIES_TICKS ? Verdict.COPY : Verdict.OLD;
            }
            if (way == WAYS) {
                return Verdict.NEW;
            }
            long next = (long) CELL.getOpaque(cells, set + way);
            CELL.setOpaque(cells, set + way, moved);
            moved = next;
        }
    }
}
