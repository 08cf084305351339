package io.wirecloset.node;

import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.NetworkView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Endpoints that must not carry a tunnel: addresses inside the networks joined, what local.conf blacklists, and what the
 * program around the node forbids. Changed on the control loop, asked on any thread.
 */
final class Overlay implements PathFilter {
    private final PathFilter others;
    private final List<InetCidr> blacklisted;
    private final Map<Long, List<InetCidr>> byNetwork = new HashMap<>();
    private volatile List<InetCidr> all;

    Overlay(PathFilter others, List<InetCidr> blacklisted) {
        this.others = others;
        this.blacklisted = List.copyOf(blacklisted);
        this.all = this.blacklisted;
    }

    void changed(NetworkView view) {
        List<InetCidr> inside = view.config() == null
                ? List.of()
                : view.config().staticAddresses().stream()
                        .map(InetCidr::network)
                        .toList();
        byNetwork.put(view.id(), inside);
        gather();
    }

    void left(long networkId) {
        byNetwork.remove(networkId);
        gather();
    }

    private void gather() {
        List<InetCidr> now = new ArrayList<>(blacklisted);
        byNetwork.values().forEach(now::addAll);
        all = List.copyOf(now);
    }

    @Override
    public boolean forbids(Endpoint endpoint) {
        if (others.forbids(endpoint)) {
            return true;
        }
        for (InetCidr inside : all) {
            if (inside.contains(endpoint)) {
                return true;
            }
        }
        return false;
    }
}
