package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Peers that somebody told us of: met without a root, and only when there is something to send to them. An entry makes no
 * peer and costs nobody a packet until then; what it says of a peer counts only if the whole identity is the peer's.
 */
final class Acquaintances {
    private static final class Entry {
        final Acquaintance told;
        int tries;
        long tryAtMs = Long.MIN_VALUE;

        Entry(Acquaintance told) {
            this.told = told;
        }
    }

    private final DropCounters drops;
    private Map<Long, Entry> byAddress = Map.of();

    Acquaintances(DropCounters drops) {
        this.drops = drops;
    }

    /** Takes the place of what was said before. */
    void replace(List<Acquaintance> told) {
        Map<Long, Entry> next = new HashMap<>();
        for (Acquaintance one : told) {
            if (next.size() >= Limits.ACQUAINTANCES) {
                drops.count(Drop.QUEUE_FULL);
                break;
            }
            Entry before = byAddress.get(one.identity().address());
            boolean same = before != null && before.told.equals(one);
            next.put(one.identity().address(), same ? before : new Entry(one));
        }
        byAddress = next;
    }

    /** @return who has this address by what we were told, or null */
    Identity identityOf(long address) {
        Entry entry = byAddress.get(address);
        return entry == null ? null : entry.told.identity();
    }

    /**
     * Where to try a peer that has no path: often at first, then every {@link Timing#TRY_ENDPOINT_MS}.
     *
     * @return nothing if it is not time, or the peer is nobody we were told of
     */
    List<Endpoint> due(Peer peer, long nowMs) {
        Entry entry = entryOf(peer);
        if (entry == null || nowMs < entry.tryAtMs) {
            return List.of();
        }
        entry.tryAtMs = nowMs + Timing.acquaintanceAgainMs(entry.tries++);
        List<Endpoint> all = entry.told.endpoints();
        return all.subList(0, Math.min(all.size(), Limits.ACQUAINTANCE_ENDPOINTS));
    }

    /** Whether nothing was done yet to meet a peer that we were told of. */
    boolean isUntried(Peer peer) {
        Entry entry = entryOf(peer);
        return entry != null && entry.tries == 0;
    }

    /** The peer has a path: when it is lost again, it is looked for eagerly again. */
    void met(Peer peer) {
        Entry entry = entryOf(peer);
        if (entry != null) {
            entry.tries = 0;
            entry.tryAtMs = Long.MIN_VALUE;
        }
    }

    private Entry entryOf(Peer peer) {
        Entry entry = byAddress.get(peer.address());
        return entry == null || !entry.told.identity().equals(peer.identity()) ? null : entry;
    }
}
