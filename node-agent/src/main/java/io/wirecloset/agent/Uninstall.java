package io.wirecloset.agent;

import io.wirecloset.agent.attach.AttachmentStore;
import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.agent.attach.Boot;
import io.wirecloset.agent.attach.CrashPoints;
import io.wirecloset.agent.attach.HostFilter;
import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.health.CniInstall;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.overlay.NodeOverlay;
import io.wirecloset.agent.overlay.TapHost;
import io.wirecloset.agent.overlay.TapNames;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes from the node what agents ever made on it, but for the home directory with the identity. */
final class Uninstall {
    private static final Logger LOG = System.getLogger(Uninstall.class.getName());
    private static final long LOCK_WAIT_MS = 30_000;

    private Uninstall() {}

    static void run(AgentSettings settings) throws IOException {
        try (SingleInstance alone = SingleInstance.await(settings.run(), LOCK_WAIT_MS);
                NetworkNamespace host = NetworkNamespace.current();
                Netlink netlink = Netlink.openIn(host);
                HostFilter filter = new HostFilter(Nftables.openIn(host))) {
            new CniInstall(
                            settings.cni().confDir().orElse(null),
                            settings.cni().binDir().orElse(null),
                            settings.cni().shim().orElse(null),
                            settings.cni().socket(),
                            settings.cni().name(),
                            settings.cni().chained())
                    .remove();
            Networks networks = new Networks();
            networks.replace(new ClusterCache(settings.home().resolve("cluster.json"))
                    .load()
                    .networks());
            NodeOverlay overlay = new NodeOverlay(new TapHost(host, () -> {}), netlink);
            try (Attachments attachments = new Attachments(
                    AttachmentStore.open(settings.run().resolve("attachments")),
                    Boot.ofThisMachine(),
                    networks,
                    overlay,
                    netlink,
                    filter,
                    CrashPoints.none(),
                    new Attachments.Settings(0, ""))) {
                attachments.uninstall();
            }
            removeTaps(netlink);
            empty(settings.run());
        }
    }

    private static void removeTaps(Netlink netlink) throws IOException {
        for (Link link : netlink.links()) {
            if (link.tun() != null && TapNames.networkOf(link.name()).isPresent()) {
                netlink.deleteLink(link.index());
            }
        }
    }

    /** The folder itself may be a mount of our container's, which cannot go before that does. */
    private static void empty(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.filter(each -> !each.equals(folder))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path each : deepestFirst) {
            Files.deleteIfExists(each);
        }
        try {
            Files.deleteIfExists(folder);
        } catch (FileSystemException e) {
            LOG.log(Level.DEBUG, "{0} stays, empty: {1}", folder, e.getMessage());
        }
    }
}
