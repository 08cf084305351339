package io.wirecloset.vl2.multicast;

import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.Network;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** One frame on its way to many: who is to get a copy, who has, and how many more may. */
final class MulticastJob {
    final Network network;
    final MulticastGroup group;
    /** A whole Ethernet frame, a copy. */
    final byte[] frame;
    /** Who sent it, when it is another's that we replicate; never gets a copy back. 0 if it is ours. */
    final long origin;

    final long gatherLimit;
    final long madeMs;

    private final Deque<Long> due = new ArrayDeque<>();
    private final Set<Long> served = new HashSet<>();
    private int copiesLeft;

    /** Kept by {@link CopyQueue}. */
    boolean isQueued;

    MulticastJob(
            Network network,
            MulticastGroup group,
            byte[] frame,
            long origin,
            long gatherLimit,
            int copiesLeft,
            long madeMs) {
        this.network = network;
        this.group = group;
        this.frame = frame;
        this.origin = origin;
        this.gatherLimit = gatherLimit;
        this.copiesLeft = copiesLeft;
        this.madeMs = madeMs;
    }

    /** Makes a copy due to this node, unless it had one, is the origin or us, or all copies are made. @return whether one is due now */
    boolean add(long address) {
        if (copiesLeft == 0 || address == origin || address == network.self() || !served.add(address)) {
            return false;
        }
        copiesLeft--;
        due.addLast(address);
        return true;
    }

    void addAll(long[] addresses) {
        Arrays.stream(addresses).forEach(this::add);
    }

    /** @return who gets the next copy, 0 when nobody is due */
    long next() {
        return due.isEmpty() ? 0 : due.removeFirst();
    }

    boolean isServed() {
        return copiesLeft == 0;
    }

    boolean hasDue() {
        return !due.isEmpty();
    }

    int copiesLeft() {
        return copiesLeft;
    }

    int ethertype() {
        return EthernetFrame.ethertype(frame, 0);
    }

    /** The source MAC as MULTICAST_FRAME carries it: only when it is not the sender's own. @return -1 for none */
    long foreignSource() {
        long source = EthernetFrame.source(frame, 0);
        return source == Mac.of(network.self(), network.id()) ? -1 : source;
    }
}
