package io.wirecloset.node.localapi;

import io.wirecloset.vl1.wire.NetworkIds;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * /metrics of the local API in Prometheus' text format. Where the stock service has a figure, it has the name it has there
 * ({@code zt_…}); the others are ours.
 */
public final class MetricsSection implements ApiSection {
    /** The first segment of the paths that it answers. */
    public static final String SEGMENT = "metrics";

    private final LocalNode node;
    private final Supplier<? extends Map<? extends Enum<?>, Long>> drops;

    /** @param drops how many packets and frames went no further, by reason */
    public MetricsSection(LocalNode node, Supplier<? extends Map<? extends Enum<?>, Long>> drops) {
        this.node = node;
        this.drops = drops;
    }

    @Override
    public ApiResponse answer(ApiRequest r) {
        return r.is("GET") && r.path().size() == 1 ? ApiResponse.text(text()) : null;
    }

    private String text() {
        Figures figures = new Figures();
        figures.family("wirecloset_online", "gauge", "whether a root is heard, or this is one");
        figures.add("wirecloset_online", node.status().online() ? 1 : 0);
        networks(figures, node.networks());
        peers(figures, node.peers());
        figures.family("wirecloset_drops_total", "counter", "packets and frames that went no further, by reason");
        drops.get()
                .forEach((reason, number) -> figures.add(
                        "wirecloset_drops_total",
                        number,
                        "reason",
                        reason.name().toLowerCase(Locale.ROOT)));
        return figures.toString();
    }

    private static void networks(Figures figures, List<LocalNode.JoinedNetwork> networks) {
        figures.family("zt_num_networks", "gauge", "number of networks this node has joined");
        figures.add("zt_num_networks", networks.size());
        figures.family("wirecloset_network_ok", "gauge", "whether the network has its configuration and device");
        networks.forEach(n -> figures.add(
                "wirecloset_network_ok",
                n.status().equals("OK") && n.reason().isEmpty() ? 1 : 0,
                "network_id",
                NetworkIds.format(n.id())));
        figures.family("zt_network_multicast_groups_subscribed", "gauge", "number of multicast groups of a network");
        networks.forEach(n -> figures.add(
                "zt_network_multicast_groups_subscribed", n.groups().size(), "network_id", NetworkIds.format(n.id())));
    }

    private static void peers(Figures figures, List<LocalNode.PeerStatus> peers) {
        figures.family("zt_peer_path_count", "gauge", "number of paths to a peer");
        for (LocalNode.PeerStatus peer : peers) {
            long alive = peer.paths().stream()
                    .filter(path -> path.active() && !path.expired())
                    .count();
            figures.add("zt_peer_path_count", alive, "node_id", peer.address(), "status", "alive");
            figures.add("zt_peer_path_count", peer.paths().size() - alive, "node_id", peer.address(), "status", "dead");
        }
        figures.family("wirecloset_peer_latency_milliseconds", "gauge", "round trip to a peer, where it is known");
        peers.stream()
                .filter(peer -> peer.latencyMs() >= 0)
                .forEach(peer -> figures.add(
                        "wirecloset_peer_latency_milliseconds", peer.latencyMs(), "node_id", peer.address()));
    }

    /** The text as it grows. Labels hold ids and names of reasons only, nothing that would have to be escaped. */
    private static final class Figures {
        private final StringBuilder text = new StringBuilder();

        void family(String name, String type, String help) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }

        void add(String name, long value, String... labels) {
            text.append(name);
            for (int i = 0; i < labels.length; i += 2) {
                text.append(i == 0 ? '{' : ',')
                        .append(labels[i])
                        .append("=\"")
                        .append(labels[i + 1])
                        .append('"');
            }
            text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
