package io.wirecloset.agent.kube;

import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.MalformedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Computes from the cluster's resources who the other nodes are and where they may be met when no root answers. Each agent
 * says that of itself, and may not of another; what two say of one address is believed of neither.
 */
final class OtherNodes {
    private static final Logger LOG = System.getLogger(OtherNodes.class.getName());

    private final String nodeName;

    OtherNodes(String nodeName) {
        this.nodeName = nodeName;
    }

    /** @param nodes all of the cluster. @return by address */
    List<Acquaintance> of(Collection<ZeroTierNode> nodes) {
        Map<Long, Acquaintance> byAddress = new TreeMap<>();
        Set<Long> disputed = new HashSet<>();
        for (ZeroTierNode node : nodes) {
            if (!nodeName.equals(node.getMetadata().getName())) {
                readable(node).ifPresent(one -> {
                    long address = one.identity().address();
                    if (byAddress.put(address, one) != null) {
                        disputed.add(address);
                    }
                });
            }
        }
        for (long address : disputed) {
            LOG.log(
                    Level.WARNING,
                    "two ZeroTierNodes say that they are {0}: neither is looked for without a root",
                    Addresses.format(address));
            byAddress.remove(address);
        }
        return List.copyOf(byAddress.values());
    }

    /** A resource that makes no sense costs its own node only. */
    private static Optional<Acquaintance> readable(ZeroTierNode node) {
        ZeroTierNodeStatus status = node.getStatus();
        if (status == null || status.identity == null) {
            return Optional.empty();
        }
        try {
            List<Endpoint> endpoints = Stream.of(status.surface, status.endpoints)
                    .filter(Objects::nonNull)
                    .flatMap(List::stream)
                    .map(Endpoint::parse)
                    .distinct()
                    .limit(Limits.ACQUAINTANCE_ENDPOINTS)
                    .toList();
            return Optional.of(new Acquaintance(Identity.parse(status.identity).withoutSecret(), endpoints));
        } catch (MalformedException | IllegalArgumentException e) {
            LOG.log(
                    Level.WARNING,
                    "what node {0} says of itself makes no sense: {1}",
                    node.getMetadata().getName(),
                    e.getMessage());
            return Optional.empty();
        }
    }
}
