package io.wirecloset.agent;

import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import java.util.List;

/** No tunnel in the tunnel: what is inside a network or the cluster is no way to another node. */
final class ForbiddenPaths implements PathFilter {
    private final Networks networks;
    private final List<InetCidr> others;

    /** @param others pod and Service ranges of the cluster */
    ForbiddenPaths(Networks networks, List<String> others) {
        this.networks = networks;
        this.others = others.stream().map(InetCidr::parse).toList();
    }

    @Override
    public boolean forbids(Endpoint endpoint) {
        for (InetCidr range : others) {
            if (range.contains(endpoint)) {
                return true;
            }
        }
        for (PodNetwork network : networks.all()) {
            for (IpPrefix pool : network.pools()) {
                if (InetCidr.of(pool.ip().getAddress(), pool.length()).contains(endpoint)) {
                    return true;
                }
            }
        }
        return false;
    }
}
