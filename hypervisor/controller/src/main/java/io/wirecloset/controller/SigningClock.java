package io.wirecloset.controller;

import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Timestamps that never go back, whoever leads and whatever the wall clock does: each is later than all before it, and
 * below a mark that was stored first. A new leader goes on above the mark. Were they to go back, new certificates would
 * fall below old revocations and their members would stay locked out.
 */
final class SigningClock {
    private final LongSupplier wallMs;
    private final BiConsumer<Change, Completion> commit;
    private final Mandate mandate;
    private final Deque<LongConsumer> waiting = new ArrayDeque<>();
    private long last;
    private long reservedUntil;
    private boolean reserving;
    private boolean retry;

    SigningClock(LongSupplier wallMs, BiConsumer<Change, Completion> commit, Mandate mandate) {
        this.mandate = mandate;
        this.wallMs = wallMs;
        this.commit = commit;
    }

    /** @param storedMark above which nothing was signed */
    void start(long storedMark) {
        last = storedMark;
        reservedUntil = storedMark;
    }

    /**
     * Hands over the next timestamp, now or as soon as the mark above it is stored. When too many wait it is dropped: for
     * answers that will be asked for again.
     */
    void stamp(LongConsumer use) {
        if (waiting.size() < Limits.WAITING_SIGNATURES) {
            stampSurely(use);
        }
    }

    /** As {@link #stamp}, but dropped only without the mandate: every signature needs a timestamp, and gets none then. */
    void stampSurely(LongConsumer use) {
        if (!mandate.holds()) {
            return;
        }
        if (!waiting.isEmpty() || next() > reservedUntil) {
            waiting.add(use);
            reserve();
            return;
        }
        use.accept(take());
        if (reservedUntil - last < Timing.CLOCK_RESERVE_MS / 2) {
            reserve();
        }
    }

    private long next() {
        return Math.max(wallMs.getAsLong(), last + 1);
    }

    private long take() {
        last = next();
        return last;
    }

    private void reserve() {
        if (reserving || retry || !mandate.holds()) {
            return;
        }
        reserving = true;
        long mark = next() + Timing.CLOCK_RESERVE_MS;
        commit.accept(new Change.ReserveTimestamps(mark), new Completion() {
            @Override
            public void done() {
                reserving = false;
                reservedUntil = Math.max(reservedUntil, mark);
                drain();
            }

            @Override
            public void failed(String why) {
                reserving = false;
                retry = true;
            }
        });
    }

    /** So many that were waiting get theirs; the others in the next turn, so that nothing else starves. */
    void drain() {
        if (!mandate.holds()) {
            waiting.clear();
            return;
        }
        for (int i = 0; i < Limits.WAITING_SIGNED_PER_TURN && isDue(); i++) {
            waiting.remove().accept(take());
        }
        if (!waiting.isEmpty() && !isDue()) {
            reserve();
        }
    }

    /** Whether somebody waits who need not wait any more. */
    boolean isDue() {
        return !waiting.isEmpty() && next() <= reservedUntil;
    }

    /** Whether a reservation failed. Until {@link #retry} none is tried, so that requests do not press a store that is down. */
    boolean wantsRetry() {
        return retry;
    }

    void retry() {
        retry = false;
        reserve();
    }
}
