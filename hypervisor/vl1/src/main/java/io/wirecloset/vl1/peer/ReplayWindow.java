package io.wirecloset.vl1.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which counters of one lane of one peer were seen: exactly, over the newest {@link #PACKETS}. Any threads may judge at
 * once, as copies of one packet may meet on two lanes, or on a lane and the control loop; of two that bring the same
 * counter exactly one is told that it is new. Allocates nothing per packet.
 *
 * <pre>
 *   a ring of cells, each for 32 counters in a row, each saying for which turn of the ring it stands:
 *   turn : 32 bits | seen : 32 bits
 * </pre>
 *
 * A cell is changed only by comparing and swapping it whole, and its turn only grows: that alone makes it exact. What is
 * noted beside the ring, the newest counter and its time, may lag by a race and only draws the borders.
 */
final class ReplayWindow {
    private static final int PER_CELL_BITS = 5;
    private static final int CELLS_BITS = 8;
    private static final int CELLS = 1 << CELLS_BITS;
    /** A packet overtaken by this many later ones of its lane is refused: all the ring holds but for one cell. */
    static final int PACKETS = CELLS - 1 << PER_CELL_BITS;

    /** Faster than any lane sends: a counter further ahead than the time allows is none of this session's. */
    private static final long MOST_PER_MS = 1 << 14;
    /** Further ahead at once, as clocks are read once per batch and packets wait in queues. */
    private static final long SLACK = 1 << 16;
    /** Time beyond this allows no more: three days, short of what the 32 bits of a turn can tell apart. */
    private static final long SILENCE_CAP_MS = 1 << 28;
    /** A second packet of the same counter within this time after the newest is a copy sent on purpose. */
    private static final long COPIES_MS = 2_000;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NEXT = field("next");
    private static final VarHandle NEWEST_MS = field("newestMs");

    // set once
    private final long floor;
    private final long[] cells = new long[CELLS];

    // written and read by whoever judges, opaquely
    @SuppressWarnings("UnusedVariable") // by its handle
    private long next;

    @SuppressWarnings("UnusedVariable") // by its handle
    private long newestMs;

    /**
     * @param floor the first counter that may come; all before it count as seen
     * @param next the first that the other side has not used yet
     */
    ReplayWindow(long floor, long next, long nowMs) {
        this.floor = floor;
        this.next = next;
        this.newestMs = nowMs;
        long before = (floor >>> PER_CELL_BITS + CELLS_BITS) - 1;
        for (int cell = 0; cell < CELLS; cell++) {
            cells[cell] = before << 32;
        }
    }

    /** Notes that the counter was seen. Authentic packets only. */
    Verdict judge(long counter, long nowMs) {
        long border = (long) NEXT.getOpaque(this);
        long sinceMs = Math.max(0, nowMs - (long) NEWEST_MS.getOpaque(this));
        if (counter < floor || counter + PACKETS < border) {
            return Verdict.OLD;
        }
        if (counter - border > SLACK + Math.min(sinceMs, SILENCE_CAP_MS) * MOST_PER_MS) {
            return Verdict.STRANGE;
        }
        Verdict verdict = mark(counter, sinceMs);
        if (verdict == Verdict.NEW && counter >= border) {
            NEXT.setOpaque(this, counter + 1);
            NEWEST_MS.setOpaque(this, nowMs);
        }
        return verdict;
    }

    private Verdict mark(long counter, long sinceMs) {
        int cell = (int) (counter >>> PER_CELL_BITS) & CELLS - 1;
        int turn = (int) (counter >>> PER_CELL_BITS + CELLS_BITS);
        long bit = 1L << (counter & (1 << PER_CELL_BITS) - 1);
        while (true) {
            long here = (long) CELL.getVolatile(cells, cell);
            int ahead = turn - (int) (here >>> 32);
            if (ahead < 0) {
                return Verdict.OLD;
            }
            if (ahead == 0 && (here & bit) != 0) {
                return sinceMs < COPIES_MS ? Verdict.COPY : Verdict.OLD;
            }
            long then = ahead == 0 ? here | bit : (long) turn << 32 | bit;
            if (CELL.compareAndSet(cells, cell, here, then)) {
                return Verdict.NEW;
            }
        }
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(ReplayWindow.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
