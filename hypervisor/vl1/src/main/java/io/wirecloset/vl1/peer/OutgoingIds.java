package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.Speck64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The ids of our packets to one peer: under a key of the peer's own, drawn when it became known, over (lane, counter). Each
 * lane and the control loop count in a cell of their own. A peer that is to recognise packets that come twice is told key
 * and counters; nobody else can foresee or open the ids.
 *
 * <pre>
 *  id = E(key, lane : 8 bits | counter : 56 bits)
 * </pre>
 */
public final class OutgoingIds {
    static final int COUNTER_BITS = 56;
    static final long COUNTERS = 1L << COUNTER_BITS;

    /** Cells of two lanes are in different cache lines. */
    private static final int STRIDE = 8;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    // set once
    private final long keyHigh;
    private final long keyLow;
    private final Speck64 cipher;

    // each cell written by its lane, read by the control loop
    private final long[] counters;

    private OutgoingIds(int lanes, long keyHigh, long keyLow) {
        this.keyHigh = keyHigh;
        this.keyLow = keyLow;
        this.cipher = new Speck64(keyHigh, keyLow);
        this.counters = new long[lanes * STRIDE];
    }

    /** @param lanes that send, 1..256 */
    public static OutgoingIds draw(int lanes, RandomSource random) {
        return new OutgoingIds(lanes, random.nextLong(), random.nextLong());
    }

    /** At a thousand million packets a second the counter lasts two years; it never begins again. */
    long next(int lane) {
        int cell = lane * STRIDE;
        long counter = counters[cell];
        if (counter == COUNTERS) {
            throw new IllegalStateException("packet ids used up");
        }
        CELL.setOpaque(counters, cell, counter + 1);
        return cipher.encrypt((long) lane << COUNTER_BITS | counter);
    }

    /** What the peer must know to open them: of each lane the first counter that may still come. Control loop. */
    public SessionIds announce() {
        long[] floors = new long[counters.length / STRIDE];
        for (int lane = 0; lane < floors.length; lane++) {
            floors[lane] = (long) CELL.getOpaque(counters, lane * STRIDE);
        }
        return new SessionIds(keyHigh, keyLow, floors);
    }

    @Override
    public String toString() {
        return "OutgoingIds[***]";
    }
}
