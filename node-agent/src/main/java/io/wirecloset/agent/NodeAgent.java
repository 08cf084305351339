package io.wirecloset.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.agent.attach.AttachmentStore;
import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.agent.attach.Boot;
import io.wirecloset.agent.attach.CrashPoints;
import io.wirecloset.agent.attach.HostFilter;
import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.attach.Overlay;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.agent.cni.CniServer;
import io.wirecloset.agent.cni.DeletionNotes;
import io.wirecloset.agent.health.CniInstall;
import io.wirecloset.agent.health.Heartbeat;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.kube.ClusterView;
import io.wirecloset.agent.kube.ClusterWatch;
import io.wirecloset.agent.kube.NodeReport;
import io.wirecloset.agent.overlay.NodeOverlay;
import io.wirecloset.agent.overlay.TapHost;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.node.Node;
import io.wirecloset.node.NodeBuilder;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A running agent: wires the parts and brings them up in order (see DESIGN.md). Any thread.
 *
 * <p>Nothing here waits for the API server: what it said last is on disk, what it says next is carried out when it comes.
 */
public final class NodeAgent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeAgent.class.getName());
    private static final long LOCK_WAIT_MS = 30_000;
    private static final long REPAIR_EVERY_S = 15;
    private static final long BEAT_EVERY_S = 1;
    private static final long REPORT_EVERY_S = 2;
    private static final long STOP_WAIT_S = 5;
    /** A turn of upkeep takes milliseconds; after this long it hangs. */
    private static final long UPKEEP_LIMIT_S = 120;

    // set once
    private final AgentSettings settings;
    private final String nodeName;
    private final Boot boot;
    private final Networks networks = new Networks();
    private final Attachments attachments;
    private final HostFilter filter;
    private final TapHost taps;
    private final NodeOverlay overlay;
    private final Node node;
    private final ClusterCache cache;
    private final DeletionNotes notes;
    private final Heartbeat heartbeat;
    private final CniInstall install;

    /** What is open, the latest first: closed in this order. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private volatile ClusterView cluster;
    /** Null until this serves. */
    private volatile ClusterWatch watch;

    private volatile long lastUpkeepS;
    private volatile boolean configurationWritten;
    private volatile boolean reconciled;

    /**
     * Starts cold, after one that may be stopping still, and serves.
     *
     * @throws IOException with what is wrong; nothing is left open then, and the kernel's objects stay
     */
    public static NodeAgent start(AgentSettings settings, KubernetesClient client, CniServer.Observer observer)
            throws IOException {
        NodeAgent agent = carrying(settings, Turn.fresh(SingleInstance.await(settings.run(), LOCK_WAIT_MS)), null);
        agent.serve(client, observer);
        return agent;
    }

    /**
     * Carries the frames of the pods that are there, and no more: {@link #serve} is to follow.
     *
     * @param turn this agent's from now on, also when it does not come up
     * @param renewal told when the node's identity had to be set aside, because its address is another's: close this, start
     *     another. Null: the node says so and goes on
     * @throws IOException with what is wrong; nothing is left open then, and the kernel's objects stay
     */
    static NodeAgent carrying(AgentSettings settings, Turn turn, Runnable renewal) throws IOException {
        return new NodeAgent(settings, turn, renewal);
    }

    private NodeAgent(AgentSettings settings, Turn turn, Runnable renewal) throws IOException {
        this.settings = settings;
        this.nodeName = nodeName(settings);
        try {
            keep(turn);
            boot = Boot.ofThisMachine();
            NetworkNamespace host = keep(NetworkNamespace.current());
            Netlink netlink = keep(Netlink.openIn(host));
            filter = keep(new HostFilter(Nftables.openIn(host)));
            AttachmentStore records = AttachmentStore.open(settings.run().resolve("attachments"));
            taps = keep(new TapHost(host, this::putInOrder, turn.estate().taps()));
            overlay = new NodeOverlay(taps, netlink);
            attachments = keep(new Attachments(
                    records,
                    boot,
                    networks,
                    overlay,
                    netlink,
                    filter,
                    CrashPoints.fromEnvironment(),
                    new Attachments.Settings(
                            settings.cni().addWait().toMillis(),
                            settings.uplink().orElse(""))));
            notes = new DeletionNotes(settings.cni().socket(), attachments);
            heartbeat = new Heartbeat(settings.cni().socket(), boot);
            install = new CniInstall(
                    settings.cni().confDir().orElse(null),
                    settings.cni().binDir().orElse(null),
                    settings.cni().shim().orElse(null),
                    settings.cni().socket(),
                    settings.cni().name(),
                    settings.cni().chained());

            HomeDirectory home = HomeDirectory.open(settings.home());
            cache = new ClusterCache(settings.home().resolve("cluster.json"));
            cluster = cache.load();
            networks.replace(cluster.networks());
            if (turn.estate().isEmpty()) {
                reconcile();
            }

            node = keep(startNode(home, host, turn, renewal));
            cluster.networks().forEach(overlay::join);
            overlay.start(node);
            ClusterRoots.begin(node, cluster.info());
            node.acquaint(cluster.nodes());
            if (!reconciled) { // all is as the agent before left it a moment ago, and frames wait
                reconcile();
                putInOrder();
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Serves the container runtime, follows the API server, keeps things in order.
     *
     * @throws IOException with what is wrong; this is closed then
     */
    void serve(KubernetesClient client, CniServer.Observer observer) throws IOException {
        try {
            ScheduledExecutorService upkeep = keepThread("upkeep");
            // A thread of its own: an API server that hangs keeps nothing else waiting.
            ScheduledExecutorService reporting = keepThread("report");
            ClusterWatch watching = keep(new ClusterWatch(
                    client,
                    settings.namespace(),
                    nodeName,
                    node.identity().address(),
                    cache,
                    cluster,
                    this::onCluster));
            NodeReport report = new NodeReport(client, watching, nodeName);
            install.installShim();
            keep(CniServer.start(settings.cni().socket(), attachments, this::missing, observer));
            watching.start(settings.watchLimit());
            watch = watching;
            lastUpkeepS = boot.uptimeS();
            upkeep.scheduleWithFixedDelay(guarded(this::repair), REPAIR_EVERY_S, REPAIR_EVERY_S, TimeUnit.SECONDS);
            upkeep.scheduleWithFixedDelay(guarded(this::beat), 0, BEAT_EVERY_S, TimeUnit.SECONDS);
            reporting.scheduleWithFixedDelay(() -> tell(report), 0, REPORT_EVERY_S, TimeUnit.SECONDS);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.push(opened);
        return opened;
    }

    static String nodeName(AgentSettings settings) {
        return settings.nodeName().orElseGet(NodeAgent::hostName);
    }

    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        try {
            return name != null && !name.isBlank()
                    ? name
                    : java.net.InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            throw new IllegalStateException("this machine has no name; set wirecloset.node-name", e);
        }
    }

    // --- the node

    private Node startNode(HomeDirectory home, NetworkNamespace host, Turn turn, Runnable renewal) throws IOException {
        NodeBuilder builder = Node.builder(home)
                .inheriting(turn.estate().sockets())
                .verified(turn.verified())
                .renewedBy(renewal)
                .namespace(host)
                .port(settings.port())
                .portSetBy("agent.port of the chart (wirecloset.port)")
                .lanes(settings.lanes())
                .networkHost(taps)
                .forbid(new ForbiddenPaths(networks, settings.forbiddenPaths().orElse(List.of())))
                .skipInterfaces(Wirecloset.LINK_PREFIXES)
                .bind(settings.bind().orElse(List.of()).stream()
                        .map(ip -> Endpoint.of(InetCidr.parse(ip).ip(), 0))
                        .toList());
        ClusterRoots.settle(builder, home, cluster.info());
        return builder.start();
    }

    // --- what the cluster says

    private void onCluster(ClusterView now) {
        ClusterView before = cluster;
        ClusterRoots.follow(node, before.info(), now.info());
        if (!now.nodes().equals(before.nodes())) {
            node.acquaint(now.nodes());
        }
        now.networks().forEach(overlay::join);
        networks.replace(now.networks());
        putInOrder();
        for (PodNetwork gone : before.networks()) {
            if (networks.byId(gone.id()).isEmpty()) {
                overlay.leave(gone.id());
            }
        }
        cluster = now; // when it was all carried out
    }

    // --- keeping things in order

    /** Records and kernel, after whatever the process before was doing when it ended. */
    private void reconcile() throws IOException {
        attachments.reconcile();
        notes.carryOut();
        reconciled = true;
    }

    /** Makes routes, addresses and filter fit; only then a network counts as usable. */
    private void putInOrder() {
        if (!reconciled) {
            return;
        }
        Set<Long> wired = new HashSet<>(taps.open());
        wired.retainAll(networks.all().stream().map(PodNetwork::id).toList());
        try {
            int changes = attachments.repair();
            if (changes > 0) {
                LOG.log(Level.DEBUG, "{0} things were put in order", changes);
            }
            overlay.wired(wired);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.ERROR, "the host's routes and filter cannot be put in order", e);
        }
    }

    private ScheduledExecutorService keepThread(String name) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
        keep(() -> stop(thread));
        return thread;
    }

    private static void stop(ScheduledExecutorService thread) throws InterruptedException {
        thread.shutdownNow();
        thread.awaitTermination(STOP_WAIT_S, TimeUnit.SECONDS);
    }

    private interface Chore {
        void run() throws IOException;
    }

    /** What is thrown would end the schedule. The same trouble again is not news: what lacks may lack for hours. */
    private Runnable guarded(Chore chore) {
        String[] trouble = {""};
        return () -> {
            try {
                chore.run();
                trouble[0] = "";
            } catch (IOException | RuntimeException e) {
                boolean known = trouble[0].equals(e.toString());
                LOG.log(known ? Level.DEBUG : Level.ERROR, "upkeep failed and is tried again", e);
                trouble[0] = e.toString();
            }
            lastUpkeepS = boot.uptimeS();
        };
    }

    private void repair() throws IOException {
        notes.carryOut();
        putInOrder();
        if (configurationWritten) {
            install.restore(); // somebody else's clean-up must not make the node NotReady
        }
    }

    /** Files for the runtime: from the first time pods can be served, and as long as they can. */
    private void beat() throws IOException {
        if (missing().isEmpty()) {
            heartbeat.beat();
            if (!configurationWritten) {
                install.writeConfiguration();
                configurationWritten = true;
                LOG.log(Level.INFO, "pods on {0} are served", nodeName);
            }
        }
    }

    private void tell(NodeReport report) {
        try {
            report.tell(NodeFacts.of(node, networks, overlay, missing()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "how this node does could not be told", e);
        }
    }

    // --- how it does

    /** What keeps an ADD for the primary network from being served with what is on this node; empty when nothing does. */
    public String missing() {
        Optional<PodNetwork> primary = networks.primary();
        if (primary.isEmpty()) {
            return "no primary network is known on node " + nodeName
                    + (watch.heard()
                            ? ": make a ZeroTierNetwork with spec.primary, and see that the operator runs"
                            : ": the API server has not been heard yet, and nothing it said before is on this node");
        }
        if (!primary.get().servesPods()) {
            return "network " + primary.get().name() + " gives this node no addresses for pods (yet)";
        }
        Overlay.Status status = overlay.servable(primary.get().id());
        return status.usable() ? "" : "network " + primary.get().name() + ": " + status.why();
    }

    /** Whether it works at all: its node's threads run, and upkeep does not hang. */
    public boolean alive() {
        return node.running() && boot.uptimeS() - lastUpkeepS < UPKEEP_LIMIT_S;
    }

    public Node node() {
        return node;
    }

    public Attachments attachments() {
        return attachments;
    }

    public List<PodNetwork> networks() {
        return networks.all();
    }

    public Overlay.Status status(long networkId) {
        return overlay.status(networkId);
    }

    /** Whether the API server is listened to. */
    public boolean watching() {
        ClusterWatch at = watch;
        return at != null && at.watching();
    }

    /** Packets that the host's filter dropped, by rule. */
    public Map<String, Long> filterDrops() throws IOException {
        return filter.drops();
    }

    /**
     * Ends in favour of another agent, in this process or the next. Calls under way end first, while frames still go
     * through; then what comes in waits in what is returned.
     */
    Estate handOver() {
        closeDownTo(node);
        Estate estate = duplicates();
        node.handOver();
        close();
        return estate;
    }

    private Estate duplicates() {
        Estate estate = Estate.NOTHING;
        try {
            estate = new Estate(node.duplicateSockets(), Map.of());
            return new Estate(estate.sockets(), taps.duplicateQueues());
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "the next agent starts cold: {0}", e.toString());
            estate.close();
            return Estate.NOTHING;
        }
    }

    /** Takes no more calls and ends those under way; what pods use stays. */
    @Override
    public void close() {
        closeDownTo(null);
    }

    /** @param last what is not closed any more */
    private void closeDownTo(AutoCloseable last) {
        while (!open.isEmpty() && open.peek() != last) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "closing failed: {0}", e.toString());
            }
        }
    }
}
