package io.wirecloset.vl2;

import java.util.Collection;
import java.util.List;

/** The joined networks as the lanes see them. Immutable; replaced by the control loop at most once per turn. */
public final class NetworkTable {
    public static final NetworkTable EMPTY = new NetworkTable(List.of());

    private final LongTable<NetworkRecord> records;
    private final List<NetworkRecord> list;

    public NetworkTable(Collection<NetworkRecord> networks) {
        this.list = List.copyOf(networks);
        this.records = new LongTable<>(list, NetworkRecord::id);
    }

    /** @return the network with this id, or null when it is not joined */
    public NetworkRecord find(long networkId) {
        return records.find(networkId);
    }

    /** All of them; for whoever wires taps to networks, not for the frame path. */
    public List<NetworkRecord> all() {
        return list;
    }
}
