package io.wirecloset.controller;

import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Timing;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets through one request per second of each sender for each network (controller.md 5). Bounded; forgets the eldest. */
final class RequestGate {
    private record Key(long networkId, long address) {}

    private final Map<Key, Long> accepted = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > Limits.REQUEST_GATE_ENTRIES;
        }
    };

    boolean admits(long networkId, long address, long nowMs) {
        Key key = new Key(networkId, address);
        Long last = accepted.get(key);
        if (last != null && nowMs - last <= Timing.REQUEST_INTERVAL_MS) {
            return false;
        }
        // taken out first, so that it stands behind all others again
        accepted.remove(key);
        accepted.put(key, nowMs);
        return true;
    }
}
