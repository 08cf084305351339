package io.wirecloset.operator.node;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.crds.ZeroTierNodeSpec.NodeNetwork;
import io.wirecloset.operator.network.JoinedRanges;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides what a cluster node gets: a membership and a block on every network that is served. */
public final class NodePlan {
    private final String operatorNamespace;

    public NodePlan(String operatorNamespace) {
        this.operatorNamespace = operatorNamespace;
    }

    /**
     * A network that nodes are on.
     *
     * @param id 16 digits
     */
    public record OnNetwork(ZeroTierNetwork network, String id) {}

    /**
     * The memberships of a node, admitted by full identity. None before its agent has said who it is, and none of a network
     * whose controller is elsewhere.
     */
    public List<ZeroTierMember> members(ZeroTierNode node, Collection<OnNetwork> networks) {
        Optional<Identity> identity = identity(node);
        if (identity.isEmpty() || node.isMarkedForDeletion()) {
            return List.of();
        }
        return networks.stream()
                .filter(n -> !NetworkPlan.isJoined(n.network.getSpec()))
                .map(n -> member(node, identity.get(), n.network))
                .toList();
    }

    private ZeroTierMember member(ZeroTierNode node, Identity identity, ZeroTierNetwork network) {
        String nodeName = node.getMetadata().getName();
        String networkName = network.getMetadata().getName();
        ZeroTierMember member = new ZeroTierMember();
        member.setMetadata(new ObjectMetaBuilder()
                .withNamespace(operatorNamespace)
                .withName(networkName + "-" + Addresses.format(identity.address()))
                .withLabels(
                        Map.of(Wirecloset.LABEL_NODE, label(nodeName), Wirecloset.LABEL_NETWORK, label(networkName)))
                .addNewOwnerReference()
                .withApiVersion(node.getApiVersion())
                .withKind(node.getKind())
                .withName(nodeName)
                .withUid(node.getMetadata().getUid())
                .endOwnerReference()
                .build());
        ZeroTierMemberSpec spec = new ZeroTierMemberSpec();
        spec.network = networkName;
        spec.identity = identity.toPublicText();
        spec.name = nodeName;
        member.setSpec(spec);
        return member;
    }

    /** Whether the operator made this member for this node, as opposed to a user for a device. */
    public boolean isOf(ZeroTierMember member, String nodeName) {
        Map<String, String> labels = member.getMetadata().getLabels();
        return operatorNamespace.equals(member.getMetadata().getNamespace())
                && labels != null
                && label(nodeName).equals(labels.get(Wirecloset.LABEL_NODE));
    }

    /**
     * The node's entry on every network, sorted by name.
     *
     * @param there names of all networks that exist: an entry of one that is not served stays as it is
     * @param podCidrs of the Kubernetes node
     * @param nodes every ZeroTierNode, read from the API server just now
     * @param members every member of the cluster, for the addresses that the controller assigned
     */
    public ZeroTierNodeSpec spec(
            ZeroTierNode node,
            Collection<OnNetwork> networks,
            Set<String> there,
            List<String> podCidrs,
            Collection<ZeroTierNode> nodes,
            Collection<ZeroTierMember> members) {
        ZeroTierNodeSpec spec = new ZeroTierNodeSpec();
        String nodeName = node.getMetadata().getName();
        for (OnNetwork on : networks) {
            NodeNetwork entry = new NodeNetwork();
            entry.network = on.network.getMetadata().getName();
            entry.networkId = on.id;
            entry.block =
                    BlockPlan.blockFor(nodeName, on.network, podCidrs, nodes).orElse(null);
            entry.addresses = NetworkPlan.isJoined(on.network.getSpec())
                    ? addressesElsewhere(node, on.network)
                    : addresses(nodeName, entry.network, members);
            spec.networks.add(entry);
        }
        Set<String> served =
                networks.stream().map(n -> n.network.getMetadata().getName()).collect(Collectors.toSet());
        if (node.getSpec() != null) {
            node.getSpec().networks.stream()
                    .filter(n -> there.contains(n.network) && !served.contains(n.network))
                    .forEach(spec.networks::add);
        }
        spec.networks.sort(Comparator.comparing(n -> n.network));
        return spec;
    }

    private List<String> addresses(String nodeName, String network, Collection<ZeroTierMember> members) {
        return members.stream()
                .filter(m -> isOf(m, nodeName) && m.getSpec() != null && network.equals(m.getSpec().network))
                .filter(m -> !m.isMarkedForDeletion())
                .findFirst()
                .map(m -> List.copyOf(m.getSpec().ipAssignments))
                .orElse(List.of());
    }

    /**
     * What a controller elsewhere gave the node, as its agent says: of the network's own range, and not out of the pods'. A
     * node that was turned down keeps what it had.
     */
    private static List<String> addressesElsewhere(ZeroTierNode node, ZeroTierNetwork network) {
        String name = network.getMetadata().getName();
        List<String> told = node.getStatus() == null
                ? List.of()
                : node.getStatus().networks.stream()
                        .filter(n -> name.equals(n.network))
                        .flatMap(n -> n.addresses.stream())
                        .filter(ip -> JoinedRanges.of(network).isForNodes(ip))
                        .toList();
        if (!told.isEmpty() || node.getSpec() == null) {
            return told;
        }
        return node.getSpec().networks.stream()
                .filter(n -> name.equals(n.network))
                .findFirst()
                .map(n -> List.copyOf(n.addresses))
                .orElse(List.of());
    }

    /** Those members of a node that it should no longer have: another identity, another network, or no node. */
    public List<ZeroTierMember> surplus(
            String nodeName, Collection<ZeroTierMember> wanted, Collection<ZeroTierMember> members) {
        List<String> names = wanted.stream().map(m -> m.getMetadata().getName()).toList();
        return members.stream()
                .filter(m -> isOf(m, nodeName) && !m.isMarkedForDeletion())
                .filter(m -> !names.contains(m.getMetadata().getName()))
                .toList();
    }

    private static Optional<Identity> identity(ZeroTierNode node) {
        try {
            return node.getStatus() == null || node.getStatus().identity == null
                    ? Optional.empty()
                    : Optional.of(Identity.parse(node.getStatus().identity));
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Label values end after 63 characters; names may be longer. */
    private static String label(String name) {
        return name.length() <= 63 ? name : name.substring(0, 54) + "-" + Integer.toHexString(name.hashCode());
    }
}
