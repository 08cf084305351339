package io.wirecloset.operator.network;

import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.network.NetworkPlan.Decision;
import io.wirecloset.operator.status.Conditions;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.Collection;
import java.util.List;

/** What a ZeroTierNetwork's status says. */
public final class NetworkReport {
    /** Whether every node that should has a block. */
    public static final String BLOCKS_AVAILABLE = "BlocksAvailable";

    /** Whether a new member finds an IPv4 address. */
    public static final String ADDRESSES_AVAILABLE = "AddressesAvailable";

    /** What became of spec.rules. */
    public static final String RULES_COMPILED = "RulesCompiled";

    private static final int MAX_PENDING = 16;

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
                rules(conditions, serve.network().rules());
                addresses(conditions, network, own);
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

    private static void rules(Conditions conditions, RuleSet rules) {
        if (rules == null) {
            return;
        }
        conditions.yes(
                RULES_COMPILED,
                "Compiled",
                rules.rules().size() + " entries, tags "
                        + String.join(" ", rules.tags().keySet()) + ", capabilities "
                        + String.join(" ", rules.capabilities().keySet()));
    }

    private static void addresses(Conditions conditions, ZeroTierNetwork network, List<ZeroTierMember> members) {
        if (network.getSpec().ipv4 == null || network.getSpec().ipv4.members == null) {
            return;
        }
        Cidr4 pool = Cidr4.parse(network.getSpec().ipv4.members);
        long taken = members.stream()
                .flatMap(m -> m.getSpec().ipAssignments.stream())
                .distinct()
                .filter(ip -> isIn(ip, pool))
                .count();
        long all = NetworkPlan.given(pool);
        if (taken < all) {
            conditions.yes(ADDRESSES_AVAILABLE, "Available", "members get addresses out of " + pool);
        } else {
            conditions.no(
                    ADDRESSES_AVAILABLE,
                    "PoolFull",
                    "all " + all + " addresses of spec.ipv4.members " + pool
                            + " are taken: new members get none. Widen it, or delete members that are gone");
        }
    }

    private static boolean isIn(String ip, Cidr4 pool) {
        return ip.indexOf(':') < 0 && IpText.address(ip).isPresent() && pool.contains(Cidr4.parse(ip + "/32"));
    }

    private static void blocks(Conditions conditions, ZeroTierNetwork network, Collection<ZeroTierNode> nodes) {
        if (network.getSpec().ipv4 == null || network.getSpec().ipv4.nodeBlocks == null) {
            return;
        }
        String name = network.getMetadata().getName();
        long without = nodes.stream()
                .filter(n -> n.getSpec() != null && !n.isMarkedForDeletion())
                .flatMap(n -> n.getSpec().networks.stream())
                .filter(n -> name.equals(n.network) && n.block == null)
                .count();
        if (without == 0) {
            conditions.yes(BLOCKS_AVAILABLE, "Assigned", "every node has a block");
        } else {
            conditions.no(
                    BLOCKS_AVAILABLE,
                    "Exhausted",
                    without + " nodes have no block: " + network.getSpec().ipv4.nodeBlocks
                            + " is used up; make a network with a wider spec.ipv4.nodeBlocks, or remove old nodes");
        }
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
