package io.wirecloset.agent.overlay;

import io.wirecloset.agent.attach.Overlay;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.node.Node;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.LocalNeighbours;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.network.NetworkStatus;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The overlay of a running node. Before the node runs it keeps what it is told, so that records and kernel can be put in
 * order first. Any thread.
 */
public final class NodeOverlay implements Overlay {
    private static final Logger LOG = System.getLogger(NodeOverlay.class.getName());
    /** Addresses and routes of the host are none of the controller's business; see {@link TapHost}. */
    private static final NetworkSettings NOTHING_MANAGED = new NetworkSettings(false, false, false, false, List.of());

    /** Of addresses, and of ranges, in what is told about a network; the resource's schema has the same bound. */
    private static final int MAX_TOLD = 32;

    private final TapHost taps;
    private final Netlink netlink;
    private volatile Node node;
    private volatile Set<Long> wired = Set.of();

    // guarded by this
    private final Map<Long, PodNetwork> joined = new HashMap<>();
    private final Map<Long, Set<InetAddress>> pods = new HashMap<>();

    public NodeOverlay(TapHost taps, Netlink netlink) {
        this.taps = taps;
        this.netlink = netlink;
    }

    /** From now on there is a node; it hears what was said so far. */
    public synchronized void start(Node running) {
        node = running;
        joined.keySet().forEach(this::joinNode);
    }

    /** A node forgets the neighbours of a network that it is not on, so they are told after joining. */
    private void joinNode(long networkId) {
        node.join(networkId, NOTHING_MANAGED);
        node.neighbours(networkId, neighbours(pods.getOrDefault(networkId, Set.of())));
    }

    @Override
    public synchronized void join(PodNetwork network) {
        if (joined.put(network.id(), network) == null && node != null) {
            joinNode(network.id());
        }
    }

    /** Waits for the node's own thread, which may be asking this object something: so not while holding its lock. */
    @Override
    public void leave(long networkId) {
        Node running = forget(networkId);
        taps.leaving(networkId);
        try {
            if (running != null) {
                running.leave(networkId);
            }
            removeDevice(networkId);
        } finally {
            taps.left(networkId);
        }
    }

    private synchronized Node forget(long networkId) {
        joined.remove(networkId);
        pods.remove(networkId);
        return node;
    }

    /** The device of a network that this process never came to open. */
    private void removeDevice(long networkId) {
        try {
            Optional<Link> left = netlink.link(tap(networkId));
            if (left.isPresent()) {
                netlink.deleteLink(left.get().index());
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "the device of network {0} stays: {1}",
                    NetworkIds.format(networkId),
                    e.getMessage());
        }
    }

    /** Networks whose addresses, routes and filter are in place: only those can be used. */
    public void wired(Set<Long> networks) {
        wired = Set.copyOf(networks);
    }

    @Override
    public Status status(long networkId) {
        Status status = servable(networkId);
        if (!status.usable()) {
            return status;
        }
        NetworkView view = taps.view(networkId).orElseThrow();
        if (view.status() != NetworkStatus.OK) {
            return Status.missing(whyNotIn(networkId, view));
        }
        return view.trouble() == null ? Status.USABLE : Status.missing(view.trouble());
    }

    private String whyNotIn(long networkId, NetworkView view) {
        return switch (view.status()) {
            case OK, REQUESTING_CONFIGURATION -> noAnswer(networkId);
            case ACCESS_DENIED ->
                "the controller %010x does not admit this node, %s (yet): where that controller runs, its ZeroTierMember is missing or says why"
                        .formatted(NetworkIds.controllerOf(networkId), node.address());
            case NOT_FOUND ->
                "the controller %010x knows no network %s"
                        .formatted(NetworkIds.controllerOf(networkId), NetworkIds.format(networkId));
            case PORT_ERROR, CLIENT_TOO_OLD, AUTHENTICATION_REQUIRED -> "the network cannot be used: " + view.status();
        };
    }

    /** Whether pods can be attached with what is on this node, whatever the controller says now. */
    public Status servable(long networkId) {
        String problem = taps.problem(networkId);
        if (!problem.isEmpty()) {
            return Status.missing("its device cannot be opened: " + problem);
        }
        Optional<NetworkView> view = taps.view(networkId);
        if (view.isEmpty()) {
            return Status.missing("this node is joining it");
        }
        if (view.get().config() == null) {
            return Status.missing(whyNotIn(networkId, view.get()));
        }
        return wired.contains(networkId) ? Status.USABLE : Status.missing("its routes are being made");
    }

    /**
     * What a network's controller has said to this node.
     *
     * @param state how far the membership is
     * @param addresses of this node, without prefix length
     * @param onLink ranges that are on-link for every member
     */
    public record Membership(NetworkStatus state, List<String> addresses, List<String> onLink) {}

    public Membership membership(long networkId) {
        Optional<NetworkView> view = taps.view(networkId);
        if (view.isEmpty() || view.get().config() == null) {
            NetworkStatus state = view.map(NetworkView::status)
                    .filter(s -> s != NetworkStatus.OK)
                    .orElse(NetworkStatus.REQUESTING_CONFIGURATION);
            return new Membership(state, List.of(), List.of());
        }
        NetworkConfig config = view.get().config();
        return new Membership(
                view.get().status(),
                sorted(config.staticAddresses().stream().map(InetCidr::ipText)),
                sorted(config.routes().stream()
                        .filter(Route::isOnLink)
                        .map(r -> r.target().network().toString())));
    }

    private static List<String> sorted(Stream<String> texts) {
        return texts.distinct().sorted().limit(MAX_TOLD).toList();
    }

    private static String noAnswer(long networkId) {
        return "no configuration from the controller %010x yet".formatted(NetworkIds.controllerOf(networkId));
    }

    @Override
    public String tap(long networkId) {
        return TapNames.of(networkId);
    }

    @Override
    public synchronized void localNeighbours(long networkId, Set<InetAddress> addresses) {
        Set<InetAddress> now = Set.copyOf(addresses);
        if (!now.equals(pods.put(networkId, now)) && node != null) {
            node.neighbours(networkId, neighbours(now));
        }
    }

    private static LocalNeighbours neighbours(Set<InetAddress> addresses) {
        return LocalNeighbours.of(
                addresses.stream().map(InetAddress::getAddress).toList());
    }

    @Override
    public void announce(long networkId, InetAddress address) {
        Node running = node;
        if (running != null) {
            running.announce(networkId, address.getAddress());
        }
    }

    @Override
    public synchronized List<Long> joined() {
        return joined.keySet().stream().sorted().toList();
    }
}
