package io.wirecloset.vl2.multicast;

import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames with copies still to be made. Networks take turns, copy by copy, so one that is flooded delays itself; and when
 * there are too many frames, the oldest of the network that has most of them makes room.
 */
final class CopyQueue {
    /** The network whose turn is next comes first. */
    private final LinkedHashMap<Long, Deque<MulticastJob>> byNetwork = new LinkedHashMap<>();

    private int size;

    /** A job that waits already is not added again. @return whether another had to go for it */
    boolean add(MulticastJob job) {
        if (job.isQueued) {
            return false;
        }
        boolean full = size >= Limits.MULTICAST_QUEUE_FRAMES;
        if (full) {
            removeFirst(longest());
        }
        job.isQueued = true;
        byNetwork.computeIfAbsent(job.network.id(), any -> new ArrayDeque<>()).addLast(job);
        size++;
        return full;
    }

    private long longest() {
        return byNetwork.entrySet().stream()
                .max((a, b) -> Integer.compare(a.getValue().size(), b.getValue().size()))
                .orElseThrow()
                .getKey();
    }

    private void removeFirst(long networkId) {
        Deque<MulticastJob> jobs = byNetwork.get(networkId);
        jobs.removeFirst().isQueued = false;
        size--;
        if (jobs.isEmpty()) {
            byNetwork.remove(networkId);
        }
    }

    /** The job whose copy is to be made now; the turn passes to the next network. @return null when no copy is due */
    MulticastJob next() {
        while (size > 0) {
            Map.Entry<Long, Deque<MulticastJob>> turn = byNetwork.firstEntry();
            MulticastJob job = turn.getValue().getFirst();
            if (job.hasDue()) {
                byNetwork.putLast(turn.getKey(), turn.getValue());
                return job;
            }
            removeFirst(turn.getKey());
        }
        return null;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void forget(long networkId) {
        Deque<MulticastJob> jobs = byNetwork.remove(networkId);
        if (jobs != null) {
            size -= jobs.size();
            jobs.forEach(job -> job.isQueued = false);
        }
    }
}
