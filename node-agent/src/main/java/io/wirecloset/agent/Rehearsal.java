package io.wirecloset.agent;

import io.wirecloset.agent.attach.AttachmentStore;
import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.agent.attach.Boot;
import io.wirecloset.agent.attach.CrashPoints;
import io.wirecloset.agent.attach.HostFilter;
import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.overlay.NodeOverlay;
import io.wirecloset.agent.overlay.TapHost;
import io.wirecloset.node.Node;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import io.wirecloset.vl1.identity.AddressDerivation;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Plays the start of an agent before it is its turn, in an empty network namespace and with a copy of the home directory:
 * classes and libraries are loaded then, the identity is checked, and hardly anything is left to do while pods wait.
 */
final class Rehearsal {
    private static final Logger LOG = System.getLogger(Rehearsal.class.getName());
    private static final Endpoint LOOPBACK = Endpoint.parse("127.0.0.1/0");
    private static final long LIMIT_MS = 5_000;
    private static final long POLL_MS = 10;

    private final HomeDirectory home;
    private final Path folder;
    private final Networks networks = new Networks();

    private Rehearsal(HomeDirectory home, Path folder) throws IOException {
        this.home = home;
        this.folder = folder;
        networks.replace(
                new ClusterCache(home.path().resolve("cluster.json")).load().networks());
    }

    /** @return the node's identity, checked; null when there is none, or it is not valid: its node will say so */
    static Identity run(AgentSettings settings) {
        HomeDirectory home = HomeDirectory.open(settings.home());
        Optional<Identity> identity = identity(home).filter(new AddressDerivation()::isValid);
        Path folder = settings.run().resolve("rehearsal");
        try {
            remove(folder);
            if (identity.isPresent()) {
                new Rehearsal(home, folder).play(identity.get());
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "taking over is going to take longer: {0}", e.toString());
        } finally {
            removeQuietly(folder);
        }
        return identity.orElse(null);
    }

    private static Optional<Identity> identity(HomeDirectory home) {
        try {
            return home.identitySecret().map(text -> Identity.parse(text.trim()));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private void play(Identity identity) throws IOException {
        HomeDirectory copy = HomeDirectory.open(folder.resolve("home"));
        for (long id : home.joinedNetworks()) {
            home.networkConfig(id).ifPresent(config -> copy.saveNetworkConfig(id, config));
        }
        try (NetworkNamespace stage = NetworkNamespace.create();
                Netlink netlink = Netlink.openIn(stage);
                HostFilter filter = new HostFilter(Nftables.openIn(stage))) {
            netlink.setUp(netlink.link("lo").orElseThrow().index());
            Stage set = new Stage(stage, netlink, filter);
            try (set.attachments;
                    Node node = Node.builder(copy)
                            .identity(identity)
                            .verified(identity)
                            .withoutPublicPlanet()
                            .namespace(stage)
                            .bind(List.of(LOOPBACK))
                            .networkHost(set.taps)
                            .start()) {
                set.overlay.start(node);
                set.awaitDevices();
            }
        }
    }

    /** What an agent has beside its node. */
    private final class Stage {
        final TapHost taps;
        final NodeOverlay overlay;
        final Attachments attachments;

        Stage(NetworkNamespace namespace, Netlink netlink, HostFilter filter) throws IOException {
            taps = new TapHost(namespace, this::putInOrder);
            overlay = new NodeOverlay(taps, netlink);
            attachments = new Attachments(
                    AttachmentStore.open(folder.resolve("attachments")),
                    Boot.ofThisMachine(),
                    networks,
                    overlay,
                    netlink,
                    filter,
                    CrashPoints.none(),
                    new Attachments.Settings(0, ""));
            attachments.reconcile();
            networks.all().forEach(overlay::join);
        }

        private void putInOrder() {
            try {
                attachments.repair();
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.DEBUG, "in the rehearsal: {0}", e.toString());
            }
        }

        void awaitDevices() throws IOException {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
            List<Long> wanted = home.joinedNetworks();
            while (!taps.open().containsAll(wanted) && System.nanoTime() - until < 0) {
                try {
                    Thread.sleep(POLL_MS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
        }
    }

    private static void removeQuietly(Path folder) {
        try {
            remove(folder);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} stays: {1}", folder, e.getMessage());
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }
}
