package io.wirecloset.agent.kube;

import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.vl1.Acquaintance;
import java.util.Arrays;
import java.util.List;

/**
 * What the cluster says that concerns this node, digested: enough to serve pods with nobody to ask. Immutable.
 *
 * @param networks those this node is on, the primary one first
 * @param info roots and controllers
 * @param nodes the other nodes, who they are and where they may be met
 */
public record ClusterView(List<PodNetwork> networks, ClusterInfo info, List<Acquaintance> nodes) {
    public static final ClusterView NOTHING =
            new ClusterView(List.of(), new ClusterInfo(new byte[0], List.of()), List.of());

    public ClusterView {
        networks = List.copyOf(networks);
        nodes = List.copyOf(nodes);
    }

    /** Two views say the same; the planet is an array, which a record compares by where it lies. */
    boolean saysTheSameAs(ClusterView other) {
        return networks.equals(other.networks)
                && nodes.equals(other.nodes)
                && Arrays.equals(info.planet(), other.info.planet())
                && info.moons().equals(other.info.moons())
                && info.controllers().equals(other.info.controllers());
    }
}
