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
    private volatile List<InetCidr> own = List.of();

    Overlay(PathFilter others, List<InetCidr> blacklisted) {
        this.others = others;
        this.blacklisted = List.copyOf(blacklisted);
    }

    void changed(NetworkView view) {
        byNetwork.put(
                view.id(), view.config() == null ? List.of() : view.config().staticAddresses());
        gather();
    }

    void left(long networkId) {
        byNetwork.remove(networkId);
        gather();
    }

    private void gather() {
        List<InetCidr> now = new ArrayList<>();
        byNetwork.values().forEach(now::addAll);
        own = List.copyOf(now);
    }

    /** Not to be bound: our own addresses on the networks, wherever they are configured. */
    boolean forbidsBinding(Endpoint endpoint) {
        return isForbiddenByOwner(endpoint)
                || own.stream().anyMatch(address -> endpoint.sameIp(Endpoint.of(address.ip(), 0)));
    }

    /** Not to be a path: whatever lies in one of the networks. */
    @Override
    public boolean forbids(Endpoint endpoint) {
        return isForbiddenByOwner(endpoint) || isInside(own, endpoint);
    }

    private boolean isForbiddenByOwner(Endpoint endpoint) {
        return others.forbids(endpoint) || isInside(blacklisted, endpoint);
    }

    private static boolean isInside(List<InetCidr> networks, Endpoint endpoint) {
        for (InetCidr network : networks) {
            if (network.contains(endpoint)) {
                return true;
            }
        }
        return false;
    }
}
