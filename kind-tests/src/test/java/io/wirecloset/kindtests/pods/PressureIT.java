package io.wirecloset.kindtests.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Inventory;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.EchoStream;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.MemoryLimit;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What machines do to an agent: reboots, power cuts, runtimes that die, sandboxes that are made anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PressureIT {
    /** What a kubelet runs at most. */
    private static final int PODS = 110;
    /** What the chart gives an agent. */
    private static final long MEMORY_BYTES = 256L << 20;

    private static final int LOST = 20;
    private static final int SETTLE_S = 30;

    private Cluster cluster;
    private ClusterNode node;
    private Pod far;
    private MemoryLimit memory;
    private Inventory before;

    @BeforeAll
    void comesUp() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        cluster = Cluster.twoClouds(new Lab("pressure"), Nat.PORT_RESTRICTED);
        node = cluster.nodes().getFirst();
        far = cluster.nodes().getLast().attach("far");
        node.detach(node.attach("first"));
        before = inventory();
    }

    @AfterAll
    void nothingIsLeft() {
        if (cluster != null) {
            cluster.close();
            if (memory != null) {
                memory.close();
            }
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    private Inventory inventory() {
        return Inventory.of(node.host(), node.configurations(), node.shims()).with("record", node.records());
    }

    /** Removals end behind their answers. */
    private void nothingNew() throws InterruptedException {
        for (int i = 0; i < SETTLE_S && !inventory().changesSince(before).isEmpty(); i++) {
            Thread.sleep(1_000);
        }
        assertThat(inventory().changesSince(before)).isEmpty();
    }

    private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        try (ExecutorService all = Executors.newFixedThreadPool(tasks.size())) {
            List<T> results = new ArrayList<>();
            for (Future<T> each : all.invokeAll(tasks)) {
                results.add(each.get());
            }
            return results;
        }
    }

    private List<Pod> attachAtOnce(int count, String prefix) throws Exception {
        List<Callable<Pod>> tasks = IntStream.range(0, count)
                .mapToObj(i -> (Callable<Pod>) () -> node.tryAttach(prefix + i))
                .toList();
        return atOnce(tasks);
    }

    private void detachAtOnce(List<Pod> pods) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Pod pod : pods) {
            tasks.add(() -> {
                node.detach(pod);
                return null;
            });
        }
        atOnce(tasks);
    }

    @Test
    @Order(1)
    @DisplayName("110 pods at once right after a start, within the chart's memory (T7)")
    void allPodsOfANodeComeAtOnceAfterAStart() throws Exception {
        node.agent().stop();
        memory = MemoryLimit.of(cluster.lab(), "agent", MEMORY_BYTES).orElse(null);
        assumeTrue(memory != null, "memory cannot be limited here");
        node.startAgentWithin(memory);
        long startNs = System.nanoTime();
        List<Pod> pods = attachAtOnce(PODS, "burst");
        long tookMs = (System.nanoTime() - startNs) / 1_000_000;
        node.agent().requireAlive();
        assertThat(pods.stream().filter(p -> !p.added().ok()).map(p -> p.added().error()))
                .isEmpty();
        Set<String> addresses = pods.stream().map(Pod::ipv4).collect(Collectors.toSet());
        assertThat(addresses).hasSize(PODS);
        long[] adds = pods.stream().mapToLong(p -> p.added().micros()).toArray();
        Measured.report(String.format(
                "%d pods at once with the agent's start: all after %.1f s, ADD p50 %.1f s, p99 %.1f s; the agent's memory %d MiB, with files at most %d MiB",
                PODS,
                tookMs / 1e3,
                Measured.percentile(adds, 0.5) / 1e6,
                Measured.percentile(adds, 0.99) / 1e6,
                memory.anonymousBytes() >> 20,
                memory.peakBytes() >> 20));
        for (Pod pod : List.of(pods.getFirst(), pods.getLast())) {
            Lab.await("a pod of the burst reaches another cloud", Duration.ofSeconds(20), () -> Ping.count(
                            pod.sandbox(), far.ipv4(), 2)
                    .complete());
        }
        replaceTheAgentUnderAStream(pods.getFirst());
        detachAtOnce(pods);
        nothingNew();
    }

    private void replaceTheAgentUnderAStream(Pod pod) {
        try (EchoStream stream = EchoStream.open(pod.sandbox(), far.sandbox(), far.ipv4())) {
            Lab.await("the stream runs", Duration.ofSeconds(10), () -> stream.answers() > 100);
            Daemon full = node.startNextAgent();
            Lab.await("the next agent leads", Duration.ofSeconds(60), () -> node.agent()
                    .tail(1_000)
                    .contains("took over"));
            long answers = stream.answers();
            Lab.await("the stream goes on", Duration.ofSeconds(40), () -> stream.answers() > answers + 200);
            full.stop();
            stream.requireIntact();
            Measured.report("agent with " + PODS + " pods replaced: longest gap in a TCP stream between clouds "
                    + stream.longestGapMs() + " ms");
        }
    }

    @Test
    @Order(2)
    @DisplayName("a power cut leaves records without namespaces; the next start removes what belonged to them")
    void recordsWithoutNamespacesAreCleanedUp() throws Exception {
        List<Pod> pods = attachAtOnce(LOST, "lost");
        assertThat(pods).allMatch(p -> p.added().ok());
        node.agent().kill();
        pods.forEach(p -> cluster.lab().remove(p.sandbox()));
        node.startAgent(Map.of());
        node.awaitServing();
        nothingNew();
        // the runtime finds them in its store, and does what it must
        assertThat(pods).allMatch(p -> node.delete(p, false).ok());
        nothingNew();
    }

    @Test
    @Order(3)
    @DisplayName("a runtime killed in the middle of its calls leaves nothing that its next DEL does not remove")
    void aRuntimeThatDiesInTheMiddle() throws Exception {
        List<Host> sandboxes = new ArrayList<>();
        List<Process> calls = new ArrayList<>();
        for (int i = 0; i < LOST; i++) {
            Host sandbox = cluster.lab().emptyHost("cut" + i);
            sandboxes.add(sandbox);
            calls.add(node.runtime().begin("ADD", id(sandbox), sandbox.namespacePath(), "default", sandbox.name()));
            Thread.sleep(i); // some have hardly begun, some are done
        }
        calls.forEach(Process::destroyForcibly);
        for (Process call : calls) {
            call.waitFor();
        }
        for (Host sandbox : sandboxes) {
            assertThat(node.runtime()
                            .del(id(sandbox), "", "default", sandbox.name())
                            .ok())
                    .isTrue();
            cluster.lab().remove(sandbox);
        }
        nothingNew();
    }

    /** 64 hex digits, as runtimes have them. */
    private static String id(Host sandbox) {
        return String.format(
                "%064x", 0x0c07_0000L + Integer.parseInt(sandbox.name().replaceAll("\\D", "")));
    }

    @Test
    @Order(4)
    @DisplayName(
            "a pod's new sandbox works whenever the old one is deleted, in both orders and with an empty namespace (T4)")
    void anOldSandboxIsDeletedAfterTheNewOneWasAdded() throws Exception {
        for (boolean withNamespace : new boolean[] {true, false}) {
            for (boolean namespaceGone : new boolean[] {true, false}) {
                Pod old = node.attach("web");
                Host again = cluster.lab().emptyHost("web-again");
                Pod fresh = node.attachAgain(again, old.containerId().replaceFirst("^00", "ff"), "web");
                assertThat(fresh.added().ok()).as(fresh.added().error()).isTrue();
                assertThat(fresh.ipv4()).isNotEqualTo(old.ipv4());
                if (namespaceGone) {
                    cluster.lab().remove(old.sandbox());
                }
                assertThat(node.delete(old, withNamespace).ok()).isTrue();
                assertThat(node.delete(old, withNamespace).ok()).as("DEL twice").isTrue();
                assertThat(Ping.count(again, far.ipv4(), 2)).matches(Ping.Result::complete);
                assertThat(node.delete(fresh, true).ok()).isTrue();
                if (!namespaceGone) {
                    cluster.lab().remove(old.sandbox());
                }
                cluster.lab().remove(again);
            }
        }
        nothingNew();
    }
}
