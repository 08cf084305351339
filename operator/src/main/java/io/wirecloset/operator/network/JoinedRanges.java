package io.wirecloset.operator.network;

import io.wirecloset.crds.ZeroTierNetwork;
import java.util.Collection;
import java.util.Optional;

/**
 * The IPv4 ranges of a joined network as this cluster means them, held against what its controller says.
 *
 * @param route empty when the network has no IPv4 here
 * @param nodeBlocks for pods of this cluster alone; empty when they get no IPv4
 */
public record JoinedRanges(Optional<Cidr4> route, Optional<Cidr4> nodeBlocks) {
    public static JoinedRanges of(ZeroTierNetwork network) {
        var ipv4 = network.getSpec().ipv4;
        return ipv4 == null
                ? new JoinedRanges(Optional.empty(), Optional.empty())
                : new JoinedRanges(range(ipv4.route), range(ipv4.nodeBlocks));
    }

    /** Whether an address that the controller gave is one for nodes: on-link, and no pod's. */
    public boolean isForNodes(String ip) {
        return isIn(route, ip) && !isIn(nodeBlocks, ip);
    }

    /** Whether an address that the controller gave may be a pod's here. */
    public boolean isForPods(String ip) {
        return isIn(nodeBlocks, ip);
    }

    /** Whether what pods here have lies on-link for everybody, so that they are found. */
    public boolean areCoveredBy(Collection<String> onLink) {
        Optional<Cidr4> wanted = nodeBlocks.or(() -> route);
        return wanted.isEmpty()
                || onLink.stream()
                        .flatMap(text -> range(text).stream())
                        .anyMatch(range -> range.contains(wanted.get()));
    }

    /** For people: what has to be covered. */
    String text() {
        return nodeBlocks.or(() -> route).map(Cidr4::toString).orElse("nothing");
    }

    private static boolean isIn(Optional<Cidr4> range, String ip) {
        return range.isPresent()
                && range(ip + "/32").filter(range.get()::contains).isPresent();
    }

    private static Optional<Cidr4> range(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Cidr4.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
