package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Scope;
import io.wirecloset.vl1.wire.Timing;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** How others see us: our own endpoints as they report them (notes on behaviour, section 6.1). */
public final class Surface {
    /** @param scope of the reporter's address and of ours, which must be the same to mean anything */
    private record Reporter(long address, int socket, Endpoint endpoint, int scope) {}

    private record Sighting(Endpoint mine, boolean byUpstream, long atMs) {}

    /** Least recently renewed first. */
    private final LinkedHashMap<Reporter, Sighting> sightings = new LinkedHashMap<>();

    /**
     * A peer says where it sees us, over a direct path.
     *
     * @param byUpstream only an upstream is believed that our network changed
     * @return true if our address, not just a port, changed: paths of this scope and family lead nowhere now
     */
    public boolean reported(long reporter, int socket, Endpoint theirs, Endpoint mine, boolean byUpstream, long nowMs) {
        int scope = mine.scope();
        if (scope != theirs.scope() || scope == Scope.NONE || scope == Scope.LOOPBACK || scope == Scope.MULTICAST) {
            return false;
        }
        Reporter by = new Reporter(reporter, socket, theirs, scope);
        Sighting before = sightings.remove(by);
        sightings.put(by, new Sighting(mine, byUpstream, nowMs));
        boolean moved = byUpstream && before != null && !isOld(before, nowMs) && !before.mine.sameIp(mine);
        if (moved) {
            sightings.keySet().removeIf(other -> other.scope == scope && !other.endpoint.equals(theirs));
        }
        forgetOld(nowMs);
        return moved;
    }

    /** Our endpoints as others see them now; those that upstreams report first. */
    public Set<Endpoint> endpoints(long nowMs) {
        Set<Endpoint> seen = new LinkedHashSet<>();
        for (Sighting sighting : sightings.values()) {
            if (sighting.byUpstream && !isOld(sighting, nowMs)) {
                seen.add(sighting.mine);
            }
        }
        for (Sighting sighting : sightings.values()) {
            if (!isOld(sighting, nowMs)) {
                seen.add(sighting.mine);
            }
        }
        return seen;
    }

    private static boolean isOld(Sighting sighting, long nowMs) {
        return nowMs - sighting.atMs >= Timing.SURFACE_ENTRY_MS;
    }

    private void forgetOld(long nowMs) {
        Iterator<Map.Entry<Reporter, Sighting>> each = sightings.entrySet().iterator();
        while (each.hasNext() && (isOld(each.next().getValue(), nowMs) || sightings.size() > Limits.SURFACE_ENTRIES)) {
            each.remove();
        }
    }
}
