package io.wirecloset.vl1.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** One counter per {@link Drop}. Owned by one thread, which alone counts; any thread may read. */
public final class DropCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[Drop.values().length];

    public void count(Drop why) {
        count(why, 1);
    }

    public void count(Drop why, long times) {
        int cell = why.ordinal();
        CELL.setOpaque(counts, cell, counts[cell] + times);
    }

    public long get(Drop why) {
        return (long) CELL.getOpaque(counts, why.ordinal());
    }

    public long total() {
        long sum = 0;
        for (int cell = 0; cell < counts.length; cell++) {
            sum += (long) CELL.getOpaque(counts, cell);
        }
        return sum;
    }
}
