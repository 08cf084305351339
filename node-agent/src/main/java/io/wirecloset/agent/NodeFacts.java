package io.wirecloset.agent;

import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.agent.kube.NodeReport;
import io.wirecloset.agent.overlay.NodeOverlay;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.node.Node;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;

/** What the agent says of its node to the cluster. */
final class NodeFacts {
    /** What the resource holds. */
    private static final int ENDPOINTS_MAX = 64;

    private static final int SURFACE_MAX = 8;

    private NodeFacts() {}

    /** @param missing what keeps pods from being served; empty when nothing does */
    static NodeReport.Facts of(Node node, Networks networks, NodeOverlay overlay, String missing) {
        List<PeerView> peers = node.peerViews();
        int direct = (int) peers.stream().filter(PeerView::isDirect).count();
        return new NodeReport.Facts(
                node.address(),
                node.identity().toPublicText(),
                texts(node.endpoints()),
                surface(node),
                Version.text(),
                direct,
                peers.size() - direct,
                networks.all().stream().map(network -> on(network, overlay)).toList(),
                missing);
    }

    private static ZeroTierNodeStatus.OnNetwork on(PodNetwork network, NodeOverlay overlay) {
        NodeOverlay.Membership membership = overlay.membership(network.id());
        ZeroTierNodeStatus.OnNetwork on = new ZeroTierNodeStatus.OnNetwork();
        on.network = network.name();
        on.state = membership.state().name();
        on.addresses = membership.addresses();
        on.onLink = membership.onLink();
        return on;
    }

    /** Roots say first where they see us; behind some NATs every peer sees something else. */
    private static List<String> surface(Node node) {
        List<Endpoint> bound = node.endpoints();
        List<Endpoint> seen = node.seenAt();
        return seen.isEmpty()
                ? null
                : texts(node.reachedAt().stream()
                        .filter(e -> !bound.contains(e))
                        .limit(SURFACE_MAX)
                        .toList());
    }

    private static List<String> texts(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(Endpoint::toString)
                .sorted()
                .limit(ENDPOINTS_MAX)
                .toList();
    }
}
