package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** A few things that wait a few seconds for something to become known. When full, the oldest goes. */
final class WaitQueue<T> {
    private record Waiting<T>(T what, long untilMs) {}

    private final ArrayDeque<Waiting<T>> queue = new ArrayDeque<>();
    private final DropCounters drops;

    WaitQueue(DropCounters drops) {
        this.drops = drops;
    }

    void add(T what, long nowMs) {
        expire(nowMs);
        if (queue.size() >= Limits.WAIT_QUEUE_ENTRIES) {
            queue.poll();
            drops.count(Drop.QUEUE_FULL);
        }
        queue.add(new Waiting<>(what, nowMs + Timing.WAIT_QUEUE_MS));
    }

    /** Takes out, in order of arrival, what fits. */
    List<T> take(Predicate<T> fits) {
        List<T> taken = new ArrayList<>();
        for (Iterator<Waiting<T>> each = queue.iterator(); each.hasNext(); ) {
            T what = each.next().what;
            if (fits.test(what)) {
                taken.add(what);
                each.remove();
            }
        }
        return taken;
    }

    /** Tries everything that waits; what succeeds leaves the queue. */
    void retry(Predicate<T> succeeds, long nowMs) {
        expire(nowMs);
        for (int left = queue.size(); left > 0 && !queue.isEmpty(); left--) {
            Waiting<T> oldest = queue.poll();
            if (!succeeds.test(oldest.what)) {
                queue.add(oldest);
            }
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    void expire(long nowMs) {
        Iterator<Waiting<T>> each = queue.iterator();
        while (each.hasNext()) {
            if (each.next().untilMs <= nowMs) {
                each.remove();
                drops.count(Drop.HOLD_EXPIRED);
            }
        }
    }
}
