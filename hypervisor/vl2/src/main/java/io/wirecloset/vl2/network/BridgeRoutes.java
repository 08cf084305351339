package io.wirecloset.vl2.network;

import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Which active bridge to send to for a MAC that is no member's (vl2.md 9): learned from the frames bridges send, forgotten
 * as switches forget, and bounded: over {@link Limits#BRIDGE_ROUTES} all routes of the bridge that has most of them go.
 */
final class BridgeRoutes {
    /** The one seen longest ago first. */
    private final LinkedHashMap<Long, BridgeRoute> byMac = new LinkedHashMap<>();

    private boolean cameOrWent;

    void learn(long foreignMac, long bridge, long nowMs) {
        BridgeRoute route = byMac.remove(foreignMac);
        if (route == null) {
            route = new BridgeRoute(foreignMac);
            cameOrWent = true;
        }
        byMac.put(foreignMac, route);
        route.seen(bridge, nowMs);
        if (byMac.size() > Limits.BRIDGE_ROUTES) {
            forgetGreediest();
        }
    }

    private void forgetGreediest() {
        Map<Long, Integer> counts = new HashMap<>();
        byMac.values().forEach(route -> counts.merge(route.bridge(), 1, Integer::sum));
        long greediest = counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        keep(bridge -> bridge != greediest);
    }

    /** @return 0 when it was not seen, or too long ago */
    long bridgeTo(long foreignMac, long nowMs) {
        BridgeRoute route = byMac.get(foreignMac);
        return route == null || isOld(route, nowMs) ? 0 : route.bridge();
    }

    private static boolean isOld(BridgeRoute route, long nowMs) {
        return nowMs - route.seenMs() >= Timing.BRIDGE_ROUTE_EXPIRES_MS;
    }

    void expire(long nowMs) {
        Iterator<BridgeRoute> routes = byMac.values().iterator();
        while (routes.hasNext()) {
            BridgeRoute oldest = routes.next();
            if (!isOld(oldest, nowMs)) {
                return;
            }
            oldest.forgotten();
            routes.remove();
            cameOrWent = true;
        }
    }

    /** Forgets all routes over bridges that are none any more. */
    void keep(LongPredicate isBridge) {
        cameOrWent |= byMac.values().removeIf(route -> {
            boolean gone = !isBridge.test(route.bridge());
            if (gone) {
                route.forgotten();
            }
            return gone;
        });
    }

    int size() {
        return byMac.size();
    }

    /** All of them, if any came or went since this was asked last; else null. */
    Collection<BridgeRoute> takeChanged() {
        if (!cameOrWent) {
            return null;
        }
        cameOrWent = false;
        return List.copyOf(byMac.values());
    }
}
