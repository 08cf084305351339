package io.wirecloset.agent;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.wirecloset.agent.cni.CniServer;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.wire.Drop;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What Prometheus is told. */
@Singleton
class Gauges implements CniServer.Observer {
    private static final Logger LOG = System.getLogger(Gauges.class.getName());
    /** Reading the filter asks the kernel for all of it. */
    private static final long FILTER_EVERY_S = 15;

    private final MeterRegistry registry;
    private final RunningAgent running;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gauges").factory());

    private boolean registered;

    Gauges(MeterRegistry registry, RunningAgent running) {
        this.registry = registry;
        this.running = running;
    }

    @Override
    public void answered(String verb, int code, long nanos) {
        Timer.builder("wirecloset.cni.calls")
                .description("Calls of the shim, by verb and the code they were answered with")
                .tags("verb", verb, "code", Integer.toString(code))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void refused(String why) {
        Counter.builder("wirecloset.cni.refused")
                .description("Connections to the shim's socket that were closed unanswered")
                .tag("why", why)
                .register(registry)
                .increment();
    }

    /** What is told is that of the agent that works; nothing while there is none. A second time does nothing. */
    void register() {
        if (registered) {
            return;
        }
        registered = true;
        for (Drop why : Drop.values()) {
            FunctionCounter.builder(
                            "wirecloset.drops",
                            running,
                            r -> value(r, a -> a.node().drops().get(why)))
                    .description("Packets and frames that went no further, by reason")
                    .tag("reason", why.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge("attachments", "Pod interfaces", a -> a.attachments().list().size());
        gauge("networks", "Networks this node is on", a -> a.networks().size());
        gauge("networks.usable", "Those of them that a pod can use now", a -> a.networks().stream()
                .filter(n -> a.status(n.id()).usable())
                .count());
        gauge("ready", "1 while pods can be attached", a -> a.missing().isEmpty() ? 1 : 0);
        gauge("online", "1 while a root answers", a -> a.node().online() ? 1 : 0);
        gauge("apiserver.watched", "1 while the API server is listened to", a -> a.watching() ? 1 : 0);
        gauge("peers.direct", "Peers reached directly", a -> a.node().peerViews().stream()
                .filter(PeerView::isDirect)
                .count());
        gauge("peers", "Peers known", a -> a.node().peerViews().size());
        MultiGauge filter = MultiGauge.builder("wirecloset.filter.drops")
                .description("Packets that the host's filter dropped, by rule, since the rule was made")
                .register(registry);
        reader.scheduleWithFixedDelay(
                () -> running.get().ifPresent(agent -> read(agent, filter)), 0, FILTER_EVERY_S, TimeUnit.SECONDS);
    }

    private void gauge(String name, String what, ToDoubleFunction<NodeAgent> value) {
        Gauge.builder("wirecloset." + name, running, r -> value(r, value))
                .description(what)
                .register(registry);
    }

    private static double value(RunningAgent running, ToDoubleFunction<NodeAgent> of) {
        return running.get().map(of::applyAsDouble).orElse(Double.NaN);
    }

    private static void read(NodeAgent agent, MultiGauge filter) {
        try {
            filter.register(
                    agent.filterDrops().entrySet().stream()
                            .map(e -> MultiGauge.Row.of(Tags.of("rule", e.getKey()), e.getValue()))
                            .toList(),
                    true);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the filter's counters cannot be read: {0}", e.getMessage());
        }
    }

    @PreDestroy
    void stop() {
        reader.shutdownNow();
    }
}
