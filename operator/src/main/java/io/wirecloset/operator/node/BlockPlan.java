package io.wirecloset.operator.node;

import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.network.Cidr4;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Cuts a network's nodeBlocks into one block per node. A node starts looking at a place given by its name, so the same
 * cluster gets the same blocks whatever the order; what a node has, it keeps. Nodes that are being deleted still hold
 * theirs: their resource stays until the quarantine is over.
 */
public final class BlockPlan {
    private BlockPlan() {}

    /**
     * @param podCidrs of the Kubernetes node; one that is exactly a free block is taken first
     * @param nodes every ZeroTierNode of the cluster
     * @return the node's block in this network; empty when the network has none left, or hands none out
     */
    public static Optional<String> blockFor(
            String node, ZeroTierNetwork network, List<String> podCidrs, Collection<ZeroTierNode> nodes) {
        if (network.getSpec() == null || network.getSpec().ipv4 == null || network.getSpec().ipv4.nodeBlocks == null) {
            return Optional.empty();
        }
        Cidr4 range = Cidr4.parse(network.getSpec().ipv4.nodeBlocks);
        int prefix = network.getSpec().ipv4.nodeBlockPrefixLength;
        Set<String> taken = new HashSet<>();
        for (ZeroTierNode other : nodes) {
            Optional<String> held = held(other, network.getMetadata().getName());
            if (other.getMetadata().getName().equals(node)) {
                if (held.filter(b -> fits(b, range, prefix)).isPresent()) {
                    return held;
                }
            } else {
                held.ifPresent(taken::add);
            }
        }
        for (String podCidr : podCidrs) {
            if (fits(podCidr, range, prefix) && isFree(podCidr, taken)) {
                return Optional.of(podCidr);
            }
        }
        return firstFree(node, range, prefix, taken);
    }

    private static Optional<String> firstFree(String node, Cidr4 range, int prefix, Set<String> taken) {
        long count = range.count(prefix);
        CRC32 hash = new CRC32();
        hash.update(node.getBytes(StandardCharsets.UTF_8));
        for (long i = 0; i < count; i++) {
            String block = range.block(prefix, (hash.getValue() + i) % count).toString();
            if (isFree(block, taken)) {
                return Optional.of(block);
            }
        }
        return Optional.empty();
    }

    private static boolean isFree(String block, Set<String> taken) {
        if (taken.contains(block)) {
            return false;
        }
        // Blocks of another size remain when nodeBlockPrefixLength was changed.
        Cidr4 wanted = Cidr4.parse(block);
        return taken.stream().noneMatch(t -> Cidr4.parse(t).overlaps(wanted));
    }

    private static Optional<String> held(ZeroTierNode node, String network) {
        return node.getSpec() == null
                ? Optional.empty()
                : node.getSpec().networks.stream()
                        .filter(n -> network.equals(n.network) && n.block != null && isRange(n.block))
                        .map(n -> n.block)
                        .findFirst();
    }

    private static boolean isRange(String text) {
        try {
            Cidr4.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean fits(String block, Cidr4 range, int prefix) {
        return isRange(block) && Cidr4.parse(block).prefixLength() == prefix && range.contains(Cidr4.parse(block));
    }
}
