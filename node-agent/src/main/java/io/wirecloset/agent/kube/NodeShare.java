package io.wirecloset.agent.kube;

import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.agent.attach.PodNetwork.HostPort;
import io.wirecloset.agent.attach.PodNetwork.RemoteBlock;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec.NodeNetwork;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Computes this node's share of the cluster's networks from the resources. */
final class NodeShare {
    private static final Logger LOG = System.getLogger(NodeShare.class.getName());
    private static final int SIX_PLANE_NODE_PREFIX = 80;
    /** No network has this id. */
    private static final long NO_PLANE = 0;

    private final String nodeName;
    private final long self;

    /** @param self this node's address on the wire */
    NodeShare(String nodeName, long self) {
        this.nodeName = nodeName;
        this.self = self;
    }

    /**
     * @param nodes all of the cluster
     * @param before what it was: while this node has no resource nothing can be said about it, and all stays
     */
    List<PodNetwork> networks(
            Collection<ZeroTierNetwork> networks, Collection<ZeroTierNode> nodes, List<PodNetwork> before) {
        Map<String, ZeroTierNetwork> byName = networks.stream()
                .filter(n -> n.getSpec() != null)
                .collect(Collectors.toMap(n -> n.getMetadata().getName(), Function.identity()));
        Optional<ZeroTierNode> own = nodes.stream().filter(this::isOurs).findFirst();
        if (own.isEmpty()) {
            return before;
        }
        if (isBlank(own.get())) {
            return before.stream().filter(n -> byName.containsKey(n.name())).toList();
        }
        return entries(own.get()).stream()
                .filter(entry -> byName.containsKey(entry.network))
                .map(entry -> readable(entry, byName.get(entry.network), nodes))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(PodNetwork::primary).reversed().thenComparing(PodNetwork::name))
                .toList();
    }

    /** Made anew, as after its Node was, and the operator has not filled it in yet: pods must not lose what it will say. */
    private static boolean isBlank(ZeroTierNode node) {
        return entries(node).isEmpty()
                && Long.valueOf(1).equals(node.getMetadata().getGeneration());
    }

    private boolean isOurs(ZeroTierNode node) {
        return nodeName.equals(node.getMetadata().getName());
    }

    private static List<NodeNetwork> entries(ZeroTierNode node) {
        return node.getSpec() == null || node.getSpec().networks == null ? List.of() : node.getSpec().networks;
    }

    /** A resource that makes no sense costs its own network only. */
    private Optional<PodNetwork> readable(NodeNetwork entry, ZeroTierNetwork network, Collection<ZeroTierNode> nodes) {
        try {
            return Optional.of(network(entry, network.getSpec(), nodes));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "network {0} is left out, its resource makes no sense: {1}", entry.network, e);
            return Optional.empty();
        }
    }

    private PodNetwork network(NodeNetwork entry, ZeroTierNetworkSpec spec, Collection<ZeroTierNode> nodes) {
        long id = NetworkIds.parse(entry.networkId);
        List<IpPrefix> pools = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>(ips(entry.addresses));
        IpPrefix block6 = null;
        if (spec.ipv4 != null) {
            pools.add(IpPrefix.parse(spec.ipv4.route).network());
        }
        if (spec.ipv6 != null && spec.ipv6.sixPlane) {
            IpPrefix own = IpPrefix.of(DerivedAddresses.sixPlane(id, self), DerivedAddresses.SIX_PLANE_PREFIX);
            pools.add(own.network());
            block6 = new IpPrefix(own.ip(), SIX_PLANE_NODE_PREFIX).network();
            addOnce(addresses, own.ip());
        }
        if (spec.ipv6 != null && spec.ipv6.rfc4193) {
            IpPrefix own = IpPrefix.of(DerivedAddresses.rfc4193(id, self), DerivedAddresses.RFC4193_PREFIX);
            pools.add(own.network());
            addOnce(addresses, own.ip());
        }
        return new PodNetwork(
                entry.network,
                id,
                spec.primary,
                spec.mtu,
                pools,
                entry.block == null ? null : IpPrefix.parse(entry.block),
                block6,
                addresses,
                remoteBlocks(entry.network, nodes, spec.ipv6 != null && spec.ipv6.sixPlane ? id : NO_PLANE),
                hostPorts(spec),
                spec.access == null || spec.access.pods == null ? List.of() : spec.access.pods);
    }

    private static void addOnce(List<InetAddress> addresses, InetAddress ip) {
        if (!addresses.contains(ip)) {
            addresses.add(ip);
        }
    }

    private static List<InetAddress> ips(List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream().map(InetAddress::ofLiteral).toList();
    }

    /**
     * In 6PLANE everybody computes whose an address is; but one route for a node is one neighbour of the host's, and its
     * table has room for a thousand, not for all pods of a cluster.
     *
     * @param plane the network's id when it has 6PLANE, else {@link #NO_PLANE}
     */
    private List<RemoteBlock> remoteBlocks(String network, Collection<ZeroTierNode> nodes, long plane) {
        List<RemoteBlock> blocks = new ArrayList<>();
        for (ZeroTierNode node : nodes) {
            for (NodeNetwork entry : isOurs(node) ? List.<NodeNetwork>of() : entries(node)) {
                if (network.equals(entry.network)) {
                    long address = addressOf(node);
                    RemoteBlock block = entry.block == null ? null : remoteBlock(entry, address);
                    if (block != null) {
                        blocks.add(block);
                    }
                    if (plane != NO_PLANE && address != 0) {
                        blocks.add(planeOf(plane, address));
                    }
                }
            }
        }
        blocks.sort(Comparator.comparing(b -> b.block().toString()));
        return blocks;
    }

    private static RemoteBlock planeOf(long network, long node) {
        IpPrefix own = IpPrefix.of(DerivedAddresses.sixPlane(network, node), SIX_PLANE_NODE_PREFIX);
        return new RemoteBlock(own.network(), own.ip(), node);
    }

    /** @return null while that node has no address that one could send to */
    private static RemoteBlock remoteBlock(NodeNetwork entry, long node) {
        return ips(entry.addresses).stream()
                .filter(ip -> ip instanceof Inet4Address)
                .findFirst()
                .map(via -> new RemoteBlock(IpPrefix.parse(entry.block).network(), via, node))
                .orElse(null);
    }

    /** @return 0 while its agent has not said who it is, or does not make sense */
    private static long addressOf(ZeroTierNode node) {
        try {
            return node.getStatus() == null || node.getStatus().address == null
                    ? 0
                    : Addresses.parse(node.getStatus().address);
        } catch (MalformedException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "node {0}: {1}", node.getMetadata().getName(), e.getMessage());
            return 0;
        }
    }

    private static List<HostPort> hostPorts(ZeroTierNetworkSpec spec) {
        return spec.hostAccess == null
                ? List.of()
                : spec.hostAccess.stream()
                        .map(p -> new HostPort(p.protocol.name().toLowerCase(Locale.ROOT), p.port))
                        .toList();
    }
}
