package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.List;

/**
 * A network as this node serves it to pods: what the cluster's resources say. Immutable; cached on disk, so that pods
 * start while the API server is away.
 *
 * @param name of the ZeroTierNetwork
 * @param primary whether it is the one of the pods' eth0
 * @param pools the ranges that are on-link in this network, both families; nothing else is routed into it
 * @param block from which this node's pods get IPv4 addresses; null = none
 * @param block6 from which they get IPv6 addresses; null = none
 * @param addresses the node's own addresses in the network
 * @param remoteBlocks of the other nodes
 * @param hostAccess ports of this node that members may reach
 * @param podNamespaces whose pods may be on it; "*" = all. The primary one is everybody's
 */
public record PodNetwork(
        String name,
        long id,
        boolean primary,
        int mtuBytes,
        List<IpPrefix> pools,
        IpPrefix block,
        IpPrefix block6,
        List<InetAddress> addresses,
        List<RemoteBlock> remoteBlocks,
        List<HostPort> hostAccess,
        List<String> podNamespaces) {

    public PodNetwork {
        pools = List.copyOf(pools);
        addresses = List.copyOf(addresses);
        remoteBlocks = List.copyOf(remoteBlocks);
        hostAccess = List.copyOf(hostAccess);
        podNamespaces = List.copyOf(podNamespaces);
    }

    /**
     * The pods of another node, reached through that node's address in the network.
     *
     * @param node its address on the wire, from which its MAC follows; 0 while it is not known
     */
    public record RemoteBlock(IpPrefix block, InetAddress via, long node) {}

    /** @param protocol tcp, udp or sctp */
    public record HostPort(String protocol, int port) {}

    /**
     * Whether pods of a namespace may be on it.
     *
     * @param namespace empty for a sandbox that is no pod: who makes those is the node's administrator
     */
    boolean admits(String namespace) {
        return primary || namespace.isEmpty() || podNamespaces.contains(namespace) || podNamespaces.contains("*");
    }

    /** Whether a pod can get an address here. */
    public boolean servesPods() {
        return block != null || block6 != null;
    }
}
