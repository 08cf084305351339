package io.wirecloset.operator.network;

import io.fabric8.kubernetes.api.model.Node;
import io.wirecloset.vl1.wire.InetCidr;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the cluster uses by itself: a network on top of it would take its traffic.
 *
 * @param services IPv4 ranges of Services
 * @param nodes IPv4 addresses of nodes, as "node NAME" and address
 */
public record TakenRanges(List<Cidr4> services, List<NodeAddress> nodes) {
    public static final TakenRanges NONE = new TakenRanges(List.of(), List.of());

    public record NodeAddress(String node, String address) {}

    public static TakenRanges of(List<Cidr4> services, Collection<Node> nodes) {
        return new TakenRanges(
                services,
                nodes.stream()
                        .filter(n -> n.getStatus() != null)
                        .flatMap(n -> n.getStatus().getAddresses().stream()
                                .filter(a -> a.getType().endsWith("IP"))
                                .map(a -> new NodeAddress(n.getMetadata().getName(), a.getAddress())))
                        .toList());
    }

    /** The Service range that the given one overlaps. */
    Optional<Cidr4> service(Cidr4 range) {
        return services.stream().filter(range::overlaps).findFirst();
    }

    /** A node with an address in the given range. */
    Optional<NodeAddress> node(Cidr4 range) {
        InetCidr wanted = InetCidr.parse(range.toString());
        return nodes.stream()
                .filter(n -> IpText.address(n.address)
                        .filter(InetCidr::isV4)
                        .filter(wanted::contains)
                        .isPresent())
                .findFirst();
    }

    /** Whether nodes differ in what counts here. */
    public static boolean sameAddresses(Node a, Node b) {
        return Objects.equals(of(List.of(), List.of(a)), of(List.of(), List.of(b)));
    }
}
