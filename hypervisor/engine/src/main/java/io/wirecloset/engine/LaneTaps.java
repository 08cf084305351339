package io.wirecloset.engine;

import io.wirecloset.vl2.NetworkRecord;
import java.util.List;

/** One lane's queues of the taps there are. Replaced whole when taps come or go; the queues themselves are the lane's. */
final class LaneTaps {
    static final LaneTaps NONE = new LaneTaps(0, List.of());

    /** One network's queue on one lane. */
    static final class Queue {
        final long networkId;
        final int slot;
        final FramePort port;

        /** Written and read by the lane alone: something was added since the last flush. */
        boolean dirty;

        /** @param slot as in {@link NetworkRecord#slot} */
        Queue(long networkId, int slot, FramePort port) {
            this.networkId = networkId;
            this.slot = slot;
            this.port = port;
        }
    }

    /** Rises by one with each change, so that it can be known what a lane still uses. */
    final long version;

    final Queue[] all;
    private final Queue[] bySlot;

    LaneTaps(long version, List<Queue> queues) {
        this.version = version;
        this.all = queues.toArray(Queue[]::new);
        int slots = 0;
        for (Queue queue : all) slots = Math.max(slots, queue.slot + 1);
        this.bySlot = new Queue[slots];
        for (Queue queue : all) bySlot[queue.slot] = queue;
    }

    /** The queue of a network, or null. Slots are used again, so the id has the last word. */
    Queue of(NetworkRecord network) {
        int slot = network.slot();
        Queue queue = slot < bySlot.length ? bySlot[slot] : null;
        return queue != null && queue.networkId == network.id() ? queue : null;
    }
}
