package io.wirecloset.operator.network;

import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.network.NetworkPlan.Decision;
import io.wirecloset.operator.status.Conditions;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a ZeroTierNetwork's status says. */
public final class NetworkReport {
    /** Whether every node that should has a block. */
    public static final String BLOCKS_AVAILABLE = "BlocksAvailable";

    /** Whether a new member finds an IPv4 address. */
    public static final String ADDRESSES_AVAILABLE = "AddressesAvailable";

    /** What became of spec.rules. */
    public static final String RULES_COMPILED = "RulesCompiled";

    private static final int MAX_PENDING = 16;
    /** Named in a message; there may be a thousand. */
    private static final int MAX_NAMED = 8;

    /** What stays on one node is no frame of the network's. */
    private static final String PODS_AND_RULES =
            "; a pod counts as its node, and between pods of one node none is asked";

    private final long controllerAddress;

    public NetworkReport(long controllerAddress) {
        this.controllerAddress = controllerAddress;
    }

    /**
     * @param members all of the cluster
     * @param nodes all of the cluster
     * @param pending strangers, the newest first
     */
    public ZeroTierNetworkStatus status(
            ZeroTierNetwork network,
            Decision decision,
            Collection<ZeroTierMember> members,
            Collection<ZeroTierNode> nodes,
            List<Long> pending,
            long wallMs) {
        ZeroTierNetworkStatus before = network.getStatus();
        ZeroTierNetworkStatus status = new ZeroTierNetworkStatus();
        Long generation = network.getMetadata().getGeneration();
        Conditions conditions = new Conditions(before == null ? null : before.conditions, generation, wallMs);
        status.observedGeneration = generation;
        status.controller = Addresses.format(controllerAddress);
        String name = network.getMetadata().getName();
        List<ZeroTierMember> own = members.stream()
                .filter(m -> m.getSpec() != null && name.equals(m.getSpec().network))
                .toList();
        status.authorizedMembers =
                (int) own.stream().filter(NetworkReport::counts).count();
        status.onlineMembers = (int) own.stream()
                .filter(m -> m.getStatus() != null && Boolean.TRUE.equals(m.getStatus().online))
                .count();
        status.nodes = (int) nodes.stream().filter(n -> isOn(n, name)).count();
        status.pending =
                pending.stream().limit(MAX_PENDING).map(Addresses::format).toList();
        switch (decision) {
            case Decision.Serve serve -> {
                status.networkId = NetworkIds.format(serve.network().id());
                conditions.yes(Condition.READY, "Served", "join " + status.networkId);
                rules(conditions, serve.network().rules(), network);
                PoolUse.of(network, own).ifPresent(use -> addresses(conditions, use));
                blocks(conditions, network, nodes);
            }
            case Decision.Join join -> {
                status.networkId = NetworkIds.format(join.id());
                status.controller = Addresses.format(NetworkIds.controllerOf(join.id()));
                status.authorizedMembers = null;
                status.onlineMembers = null;
                new JoinedReport(network, join.id(), nodes).tell(conditions);
                blocks(conditions, network, nodes);
            }
            case Decision.Refuse refuse -> {
                status.networkId = before == null ? null : before.networkId;
                conditions.no(Condition.READY, refuse.why());
                if (refuse.why().reason().equals(NetworkPlan.BAD_RULES)) {
                    conditions.no(RULES_COMPILED, refuse.why());
                }
            }
        }
        status.conditions = conditions.list();
        return status;
    }

    private static void rules(Conditions conditions, RuleSet rules, ZeroTierNetwork network) {
        if (rules == null) {
            return;
        }
        conditions.yes(
                RULES_COMPILED,
                "Compiled",
                rules.rules().size() + " entries"
                        + named(", tags ", rules.tags().keySet())
                        + named(", capabilities ", rules.capabilities().keySet())
                        + (givesPodsAddresses(network) ? PODS_AND_RULES : ""));
    }

    private static boolean givesPodsAddresses(ZeroTierNetwork network) {
        ZeroTierNetworkSpec spec = network.getSpec();
        return (spec.ipv4 != null && spec.ipv4.nodeBlocks != null) || (spec.ipv6 != null && spec.ipv6.sixPlane);
    }

    private static String named(String what, Collection<String> names) {
        return names.isEmpty() ? "" : what + String.join(" ", names);
    }

    private static void addresses(Conditions conditions, PoolUse use) {
        if (use.isFull()) {
            conditions.no(
                    ADDRESSES_AVAILABLE,
                    "PoolFull",
                    "all " + use.all() + " addresses of spec.ipv4.members " + use.pool()
                            + " are taken: new members get none. Widen it, or delete members that are gone");
        } else {
            conditions.yes(ADDRESSES_AVAILABLE, "Available", "members get addresses out of " + use.pool());
        }
    }

    private static void blocks(Conditions conditions, ZeroTierNetwork network, Collection<ZeroTierNode> nodes) {
        if (network.getSpec().ipv4 == null || network.getSpec().ipv4.nodeBlocks == null) {
            return;
        }
        String name = network.getMetadata().getName();
        List<String> without = nodes.stream()
                .filter(n -> n.getSpec() != null && !n.isMarkedForDeletion())
                .filter(n -> n.getSpec().networks.stream().anyMatch(e -> name.equals(e.network) && e.block == null))
                .map(n -> n.getMetadata().getName())
                .sorted()
                .toList();
        if (without.isEmpty()) {
            conditions.yes(BLOCKS_AVAILABLE, "Assigned", "every node has a block");
        } else {
            conditions.no(
                    BLOCKS_AVAILABLE,
                    "Exhausted",
                    "no block is left in spec.ipv4.nodeBlocks " + network.getSpec().ipv4.nodeBlocks + " for "
                            + some(without)
                            + ": pods there get no IPv4 address. Widen it inside spec.ipv4.route, or delete nodes that are"
                            + " gone and wait until their blocks are free again (operator.blockQuarantine)");
        }
    }

    private static String some(List<String> nodes) {
        String first = (nodes.size() == 1 ? "node " : "nodes ")
                + nodes.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
        return nodes.size() > MAX_NAMED ? first + " and " + (nodes.size() - MAX_NAMED) + " more" : first;
    }

    private static boolean counts(ZeroTierMember member) {
        return member.getSpec().authorized
                && member.getStatus() != null
                && member.getStatus().conditions.stream()
                        .anyMatch(c -> c.type.equals(Condition.READY) && c.status.equals("True"));
    }

    private static boolean isOn(ZeroTierNode node, String network) {
        return node.getSpec() != null && node.getSpec().networks.stream().anyMatch(n -> network.equals(n.network));
    }
}
