package io.wirecloset.vl2.network;

import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Groups that devices behind us send to, when we are a bridge: nobody tells us what they listen to (vl2.md 9). */
final class GroupsBehind {
    /** When they were last sent to, the one longest ago first. */
    private final LinkedHashMap<MulticastGroup, Long> seenMs = new LinkedHashMap<>();

    /** @return whether it is new */
    boolean add(MulticastGroup group, long nowMs) {
        boolean known = seenMs.remove(group) != null;
        if (!known && seenMs.size() >= Limits.GROUPS_BEHIND) {
            seenMs.pollFirstEntry();
        }
        seenMs.put(group, nowMs);
        return !known;
    }

    boolean contains(MulticastGroup group) {
        return seenMs.containsKey(group);
    }

    Collection<MulticastGroup> all() {
        return seenMs.keySet();
    }

    void expire(long nowMs) {
        Iterator<Map.Entry<MulticastGroup, Long>> groups = seenMs.entrySet().iterator();
        while (groups.hasNext() && nowMs - groups.next().getValue() >= Timing.GROUP_BEHIND_EXPIRES_MS) {
            groups.remove();
        }
    }
}
