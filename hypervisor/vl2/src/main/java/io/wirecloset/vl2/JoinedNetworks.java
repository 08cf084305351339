package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl2.network.Network;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The networks we are in, each in a slot of its own, and the table of them that the lanes see. */
final class JoinedNetworks {
    private final Map<Long, JoinedNetwork> joined = new LinkedHashMap<>();

    // what was shown to the lanes last
    private NetworkTable shown = NetworkTable.EMPTY;
    private boolean joinedOrLeft;

    JoinedNetwork join(Network network) {
        JoinedNetwork j = new JoinedNetwork(network, freeSlot());
        joined.put(network.id(), j);
        joinedOrLeft = true;
        return j;
    }

    private int freeSlot() {
        int slot = 0;
        while (isTaken(slot)) {
            slot++;
        }
        return slot;
    }

    private boolean isTaken(int slot) {
        return joined.values().stream().anyMatch(j -> j.slot == slot);
    }

    /** @return false if we were not in it */
    boolean leave(long networkId) {
        boolean left = joined.remove(networkId) != null;
        joinedOrLeft |= left;
        return left;
    }

    /** Null when it is not joined. */
    JoinedNetwork find(long networkId) {
        return joined.get(networkId);
    }

    /** Null when it is not joined. */
    Network network(long networkId) {
        JoinedNetwork j = joined.get(networkId);
        return j == null ? null : j.network;
    }

    /** In the order in which they were joined. */
    Collection<JoinedNetwork> all() {
        return joined.values();
    }

    /** Brings the lanes' view up to date. @return the same instance while no network changed */
    NetworkTable publish(PeerTable peers, long nowMs) {
        List<NetworkRecord> records = new ArrayList<>(joined.size());
        boolean changed = joinedOrLeft;
        for (JoinedNetwork j : joined.values()) {
            NetworkRecord record = j.publish(peers, nowMs);
            changed |= shown.find(record.id()) != record;
            records.add(record);
        }
        if (changed) {
            joinedOrLeft = false;
            shown = new NetworkTable(records);
        }
        return shown;
    }
}
