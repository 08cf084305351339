package io.wirecloset.operator.network;

import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import java.util.Collection;
import java.util.Optional;

/**
 * How much of spec.ipv4.members is taken.
 *
 * @param taken addresses that members have
 * @param all that the controller hands out
 */
public record PoolUse(Cidr4 pool, long taken, long all) {
    /** @param members all of the cluster; empty when the network hands out no IPv4 addresses */
    public static Optional<PoolUse> of(ZeroTierNetwork network, Collection<ZeroTierMember> members) {
        if (network.getSpec() == null || network.getSpec().ipv4 == null || network.getSpec().ipv4.members == null) {
            return Optional.empty();
        }
        Optional<Cidr4> range = range(network.getSpec().ipv4.members);
        String name = network.getMetadata().getName();
        return range.map(pool -> new PoolUse(
                pool,
                members.stream()
                        .filter(m -> m.getSpec() != null
                                && name.equals(m.getSpec().network)
                                && m.getSpec().ipAssignments != null)
                        .flatMap(m -> m.getSpec().ipAssignments.stream())
                        .distinct()
                        .filter(ip -> isIn(ip, pool))
                        .count(),
                NetworkPlan.given(pool)));
    }

    public boolean isFull() {
        return taken >= all;
    }

    private static Optional<Cidr4> range(String text) {
        try {
            return Optional.of(Cidr4.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isIn(String ip, Cidr4 pool) {
        return ip.indexOf(':') < 0 && IpText.address(ip).isPresent() && pool.contains(Cidr4.parse(ip + "/32"));
    }
}
