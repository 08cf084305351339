package io.wirecloset.transport.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A counter for each constant of an enum. One thread counts, any reads. */
public final class Tally<E extends Enum<E>> {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells;

    public Tally(Class<E> kinds) {
        cells = new long[kinds.getEnumConstants().length];
    }

    public void count(E kind) {
        add(kind, 1);
    }

    public void add(E kind, long more) {
        int i = kind.ordinal();
        CELL.setOpaque(cells, i, cells[i] + more);
    }

    public long get(E kind) {
        return (long) CELL.getOpaque(cells, kind.ordinal());
    }
}
