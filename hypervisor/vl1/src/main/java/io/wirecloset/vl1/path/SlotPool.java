package io.wirecloset.vl1.path;

import java.util.ArrayDeque;

/** Hands out small numbers below a limit. What is given back is used again as late as possible. */
public final class SlotPool {
    private final int limit;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private int fresh;

    public SlotPool(int limit) {
        this.limit = limit;
    }

    /** @return a free slot, or -1 if all are taken */
    public int take() {
        if (fresh < limit) {
            return fresh++;
        }
        Integer used = free.poll();
        return used == null ? -1 : used;
    }

    public void giveBack(int slot) {
        free.add(slot);
    }
}
