package io.wirecloset.kindtests.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.EchoStream;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.ProcessLimits;
import io.wirecloset.kindtests.lab.Processes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An agent that gets no more descriptors or threads: pods go on, new ones come later, and it neither spins nor dies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsIT {
    private static final int TRY_AGAIN_LATER = 11;
    /** Less than it has of either, so it gets nothing more. */
    private static final int NONE_LEFT = 16;

    private static final int PLENTY = 1_000;
    private static final int MEASURED_S = 5;
    /** Of a processor. Idle it takes one or two hundredths, and what it does for the stream beside. */
    private static final double SPINNING = 0.5;

    private Cluster cluster;
    private ClusterNode node;
    private Pod near;
    private Pod far;
    private ProcessLimits threads;
    private int next;

    @BeforeAll
    void comesUp() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        cluster = Cluster.twoClouds(new Lab("limits"), Nat.PORT_RESTRICTED);
        node = cluster.nodes().getFirst();
        near = node.attach("near");
        far = cluster.nodes().getLast().attach("far");
        Ping.count(near.sandbox(), far.ipv4(), 2);
    }

    @AfterAll
    void nothingIsLeft() {
        if (cluster != null) {
            cluster.close();
            if (threads != null) {
                threads.close();
            }
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    /** One whole call, whatever comes of it. */
    private CniRuntime.Outcome tryAdd() {
        Host sandbox = cluster.lab().emptyHost("more" + next);
        String id = String.format("%064x", 0x11_0000L + next++);
        CniRuntime.Outcome outcome = node.runtime().add(id, sandbox.namespacePath(), "default", sandbox.name());
        if (outcome.ok()) {
            assertThat(node.runtime().del(id, "", "default", sandbox.name()).ok())
                    .isTrue();
        }
        cluster.lab().remove(sandbox);
        return outcome;
    }

    private void aLimitIsHit(String of, Runnable tighten, Runnable loosen) throws Exception {
        try (EchoStream stream = EchoStream.open(near.sandbox(), far.sandbox(), far.ipv4())) {
            Lab.await("the stream runs", Duration.ofSeconds(30), () -> stream.answers() > 50);
            double usual = processors();
            Lab.await("threads of earlier calls have ended", Duration.ofSeconds(60), () -> Processes.threads(
                            node.agent().pid(), "cni-")
                    .allMatch("cni-accept"::equals));
            tighten.run();
            CniRuntime.Outcome refused = tryAdd();
            assertThat(refused.ok()).as("an ADD without " + of).isFalse();
            assertThat(refused.body().path("code").asInt()).as(refused.error()).isEqualTo(TRY_AGAIN_LATER);
            double blocked = processors();
            Measured.report(String.format(
                    "agent without %s: ADD is code %d after %.1f s; it takes %.2f of a processor, %.2f before",
                    of, TRY_AGAIN_LATER, refused.micros() / 1e6, blocked, usual));
            assertThat(blocked - usual).as("processors, more than before").isLessThan(SPINNING);
            long before = stream.answers();
            Lab.await("pods go on", Duration.ofSeconds(30), () -> stream.answers() > before + 100);

            loosen.run();
            node.agent().requireAlive();
            Lab.await("pods are attached again", Duration.ofSeconds(60), () -> tryAdd().ok());
            stream.requireIntact();
        }
    }

    private double processors() throws InterruptedException {
        long beforeMs = Processes.processorMs(node.agent().pid());
        Thread.sleep(Duration.ofSeconds(MEASURED_S));
        return (Processes.processorMs(node.agent().pid()) - beforeMs) / (1e3 * MEASURED_S);
    }

    @Test
    @DisplayName("without descriptors: ADD is told to come again, pods keep their connections (T41)")
    void withoutDescriptors() throws Exception {
        long agent = node.agent().pid();
        aLimitIsHit(
                "descriptors",
                () -> ProcessLimits.descriptors(agent, NONE_LEFT),
                () -> ProcessLimits.descriptors(agent, PLENTY));
    }

    @Test
    @DisplayName("without threads: the same, and it starts again within the limit (T41)")
    void withoutThreads() throws Exception {
        long agent = node.agent().pid();
        threads = ProcessLimits.threads(cluster.lab(), "agent").orElse(null);
        assumeTrue(threads != null, "threads cannot be limited here");
        threads.take(agent);
        aLimitIsHit("threads", () -> threads.limit(NONE_LEFT), () -> threads.limit(PLENTY));
        node.agent().kill();
        long startNs = System.nanoTime();
        node.startAgent(Map.of());
        Ping.await(near.sandbox(), far.ipv4(), Duration.ofSeconds(60));
        Measured.report(String.format(
                "agent killed where it got no more threads: pods talk %.1f s after it is started again",
                (System.nanoTime() - startNs) / 1e9));
        node.awaitServing();
        assertThat(Ping.count(near.sandbox(), far.ipv4(), 2).received()).isPositive();
    }
}
