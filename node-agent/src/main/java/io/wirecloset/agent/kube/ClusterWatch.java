package io.wirecloset.agent.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Watches the resources that concern this node and says what they come to, each time that changes. Keeps trying while the
 * API server is away, and keeps what it said last on disk.
 */
public final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ClusterWatch.class.getName());
    /** Changes come in bunches: one look for all that come within this time. */
    private static final long GATHER_MS = 50;
    /** Until a look is taken once more that came to nothing. */
    private static final long AGAIN_MS = 1_000;

    private final NodeShare share;
    private final OtherNodes others;
    private final ClusterCache cache;
    private final Consumer<ClusterView> onChange;
    private final List<SharedIndexInformer<?>> informers;
    private final SharedIndexInformer<ZeroTierNetwork> networks;
    private final SharedIndexInformer<ZeroTierNode> nodes;
    private final SharedIndexInformer<ConfigMap> infos;
    private final ScheduledExecutorService thinker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster").factory());
    private final AtomicBoolean planned = new AtomicBoolean();

    // the thinker only
    /** What was carried out. */
    private ClusterView last;

    private boolean troubled;

    /**
     * @param namespace the operator's
     * @param self this node's address on the wire
     * @param known what is believed until the API server says otherwise
     * @param onChange called by one thread, which it may block; when it throws it is called again soon
     */
    public ClusterWatch(
            KubernetesClient client,
            String namespace,
            String nodeName,
            long self,
            ClusterCache cache,
            ClusterView known,
            Consumer<ClusterView> onChange) {
        this.share = new NodeShare(nodeName, self);
        this.others = new OtherNodes(nodeName);
        this.cache = cache;
        this.last = known;
        this.onChange = onChange;
        this.networks = client.resources(ZeroTierNetwork.class).runnableInformer(0);
        this.nodes = client.resources(ZeroTierNode.class).runnableInformer(0);
        this.infos = client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterInfo.NAME)
                .runnableInformer(0);
        this.informers = List.of(networks, nodes, infos);
    }

    /**
     * Returns at once; the API server may come later.
     *
     * @param limit within which each watch is begun anew where it stopped: a server that keeps a connection and says nothing
     *     looks like one with no news
     */
    public void start(Duration limit) {
        informers.forEach(informer -> WatchLife.limit(informer, limit));
        watch(networks);
        watch(nodes);
        watch(infos);
    }

    private <T extends HasMetadata> void watch(SharedIndexInformer<T> informer) {
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T resource) {
                lookSoon();
            }

            @Override
            public void onUpdate(T before, T now) {
                lookSoon();
            }

            @Override
            public void onDelete(T resource, boolean finalStateUnknown) {
                lookSoon();
            }

            @Override
            public void onNothing() {
                lookSoon(); // a first list without entries is news too
            }
        });
        informer.exceptionHandler((started, why) -> {
            LOG.log(Level.DEBUG, "watching {0} is tried again: {1}", informer.getApiTypeClass(), why);
            return true;
        });
        informer.start();
    }

    private void lookSoon() {
        lookIn(GATHER_MS);
    }

    private void lookIn(long ms) {
        if (planned.compareAndSet(false, true)) {
            try {
                thinker.schedule(this::look, ms, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "a change comes too late: this is being closed");
            }
        }
    }

    private void look() {
        planned.set(false);
        if (!heard()) {
            lookIn(AGAIN_MS); // what is there now is not all; an informer may say that it is after its last event
            return;
        }
        try {
            List<PodNetwork> ours =
                    share.networks(networks.getStore().list(), nodes.getStore().list(), last.networks());
            ClusterView now =
                    new ClusterView(ours, info(), others.of(nodes.getStore().list()));
            if (!now.saysTheSameAs(last)) {
                keep(now);
                onChange.accept(now);
                last = now;
            }
            troubled = false;
        } catch (RuntimeException e) {
            LOG.log(
                    troubled ? Level.DEBUG : Level.ERROR,
                    "a change of the cluster could not be carried out and is tried again",
                    e);
            troubled = true;
            lookIn(AGAIN_MS);
        }
    }

    private void keep(ClusterView now) {
        try {
            cache.save(now);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "what the cluster says cannot be kept: {0}", e.getMessage());
        }
    }

    /** Roots and controllers are not forgotten because somebody deleted or broke the ConfigMap: the operator mends it. */
    private ClusterInfo info() {
        List<ConfigMap> maps = infos.getStore().list();
        try {
            return maps.isEmpty() ? last.info() : ClusterInfo.of(maps.getFirst());
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "{0}", e.getMessage());
            return last.info();
        }
    }

    /** Whether the API server was heard completely, now or before. */
    public boolean heard() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    /** Whether the API server was heard completely and is being listened to. */
    public boolean watching() {
        return heard() && informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    /** This node's resource as it was last seen. */
    public Optional<ZeroTierNode> node(String name) {
        return nodes.getStore().list().stream()
                .filter(n -> name.equals(n.getMetadata().getName()))
                .findFirst();
    }

    @Override
    public void close() {
        thinker.shutdownNow();
        informers.forEach(SharedIndexInformer::stop);
    }
}
