package io.wirecloset.vl1.path;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets one thing per key through in a time. Bounded: beyond {@code limit} keys the one that passed longest ago is
 * forgotten, so a flood of keys loosens the gate for itself but takes no memory.
 */
public final class RateGate<K> {
    private final long intervalMs;
    private final int limit;
    /** Oldest passage first. */
    private final LinkedHashMap<K, Long> passed = new LinkedHashMap<>();

    public RateGate(long intervalMs, int limit) {
        this.intervalMs = intervalMs;
        this.limit = limit;
    }

    /** @return true at most once per key and interval */
    public boolean pass(K key, long nowMs) {
        Long last = passed.get(key);
        if (last != null && nowMs - last < intervalMs) {
            return false;
        }
        passed.remove(key);
        passed.put(key, nowMs);
        forgetOld(nowMs);
        return true;
    }

    /** Lets the key through at once when it comes again. */
    public void forget(K key) {
        passed.remove(key);
    }

    private void forgetOld(long nowMs) {
        Iterator<Map.Entry<K, Long>> oldest = passed.entrySet().iterator();
        while (oldest.hasNext()) {
            long passedMs = oldest.next().getValue();
            if (passed.size() <= limit && nowMs - passedMs < intervalMs) {
                return;
            }
            oldest.remove();
        }
    }
}
