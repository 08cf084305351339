package io.wirecloset.kindtests.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Inventory;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.DatagramStream;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.EchoStream;
import io.wirecloset.kindtests.lab.Frames;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Http;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.PacketSocket;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Processes;
import io.wirecloset.kindtests.lab.Tcp;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One cluster over two clouds, and what its pods, its runtime and its accidents may do to it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PodsIT {
    private static final int FORGERIES_EACH = 1_000;
    /** {@code make test-all} has a thousand. */
    private static final int CYCLES = Integer.getInteger("wirecloset.cycles", 200);

    /** {@code make test-all} has ten. */
    private static final int KILLS = Integer.getInteger("wirecloset.kills", 1);

    /** Each with a stream of TCP and one of UDP while the agent is killed. */
    private static final int STREAMING_PODS = KILLS >= 10 ? 20 : 2;

    private static final int SETTLE_S = 30;
    private static final int SETTLE_MS = 2_000;
    /** The virtual machine begins and ends compilers of its own as it likes. */
    private static final int JVM_THREADS = 3;

    private static final int PARALLEL = 4;
    private static final int WARM_UP_CYCLES = 12;
    private static final int CRASH_POINTS_EACH = 5;

    private static final int HOST_PORT = 8099;
    private static final int LISTED_PORT = 8100;

    private Cluster cluster;
    private String network;
    private ClusterNode nodeA;
    private Pod a1;
    private Pod a2;
    private Pod b1;

    @BeforeAll
    void twoCloudsComeUp() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        cluster = Cluster.twoClouds(new Lab("pods"), Nat.PORT_RESTRICTED);
        network = cluster.network().at("/status/networkId").asText();
        nodeA = cluster.nodes().getFirst();
        a1 = nodeA.attach("a1");
        a2 = nodeA.attach("a2");
        b1 = cluster.nodes().getLast().attach("b1");
    }

    @AfterAll
    void nothingIsLeft() {
        if (cluster != null) {
            cluster.close();
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    @Test
    @Order(1)
    void podsTalkWithinANodeAndBetweenClouds() {
        for (Pod to : List.of(a2, b1)) {
            assertThat(Ping.count(a1.sandbox(), to.ipv4(), 5)).matches(Ping.Result::complete);
            assertThat(Ping.count(a1.sandbox(), to.ipv6(), 5)).matches(Ping.Result::complete);
        }
    }

    /** Acceptance 6, T26. */
    @Test
    @Order(2)
    void nothingForgedLeavesAPod() throws Exception {
        Forgeries.Link link = Forgeries.Link.of(a1.sandbox());
        Set<String> arrived = new TreeSet<>();
        int honest = 0;
        try (PacketSocket pod = PacketSocket.open(a1.sandbox());
                Watchers watchers = new Watchers(
                        a2.sandbox(), b1.sandbox(), nodeA.host(), b1.node().host())) {
            int ownVeth = peerOf(link.index(), a1);
            for (Map.Entry<String, byte[]> forged : Forgeries.from(link, a1, a2).entrySet()) {
                for (int i = 0; i < FORGERIES_EACH; i++) {
                    pod.send(link.index(), forged.getValue());
                }
                for (PacketSocket seen : watchers.all) {
                    for (PacketSocket.Frame f : seen.drain()) {
                        boolean asItCameIn = seen.host() == nodeA.host() && f.device() == ownVeth;
                        if (!asItCameIn && Forgeries.showsIn(f.bytes())) {
                            arrived.add("forged " + forged.getKey() + " seen on "
                                    + seen.host().name());
                        }
                    }
                }
            }
            byte[] good = Forgeries.honest(link, a1, b1);
            for (int i = 0; i < FORGERIES_EACH; i++) {
                pod.send(link.index(), good);
                if (i % 100 == 0) {
                    Thread.sleep(10); // no more than the receiver's ring holds
                }
            }
            Thread.sleep(1_000);
            for (PacketSocket seen : watchers.all) {
                for (PacketSocket.Frame f : seen.drain()) {
                    boolean asItCameIn = seen.host() == nodeA.host() && f.device() == ownVeth;
                    if (!asItCameIn && Forgeries.showsIn(f.bytes())) {
                        arrived.add(
                                "something forged seen later on " + seen.host().name());
                    }
                    if (seen.host() == b1.sandbox() && Forgeries.contains(f.bytes(), Forgeries.TRUE_MARK)) {
                        honest++;
                    }
                }
            }
        }
        assertThat(arrived).isEmpty();
        assertThat(honest)
                .as("honest datagrams, which show that the watchers see")
                .isGreaterThan(FORGERIES_EACH / 2);
    }

    private int peerOf(int index, Pod pod) {
        String links = pod.node().host().run("ip", "-o", "link", "show");
        String marker = "link-netns " + pod.sandbox().namespace();
        return links.lines()
                .filter(l -> l.contains("@if" + index + ":") && (l.contains(marker) || !l.contains("link-netns ")))
                .map(l -> Integer.parseInt(l.substring(0, l.indexOf(':'))))
                .findFirst()
                .orElseThrow();
    }

    /** Packet sockets on several hosts at once. */
    private static final class Watchers implements AutoCloseable {
        final List<PacketSocket> all = new ArrayList<>();

        Watchers(Host... hosts) {
            for (Host host : hosts) {
                all.add(PacketSocket.open(host));
            }
        }

        @Override
        public void close() {
            all.forEach(PacketSocket::close);
        }
    }

    /** Acceptance 6: the node's TAP is not an open door. */
    @Test
    @Order(3)
    void aMemberReachesPodsButNotWhatLiesBehindTheNode() throws Exception {
        ZeroTierProcess laptop = laptop();
        String address = laptop.awaitAddress(network);
        assertThat(Ping.count(laptop.host(), a1.ipv4(), 5)).matches(Ping.Result::complete);

        JsonNode here = laptop.api("GET", "/network/" + network, null);
        JsonNode there = nodeA.localApi().get("/network/" + network);
        String outside = cluster.root().host().address();
        byte[] frame =
                Frames.udp(there.path("mac").asText(), here.path("mac").asText(), address, outside, Forgeries.MARK);
        int device = laptop.host().device(here.path("portDeviceName").asText());
        int tap = nodeA.host().device(there.path("portDeviceName").asText());
        List<String> forwarded = new ArrayList<>();
        int came = 0;
        try (PacketSocket out = PacketSocket.open(laptop.host());
                Watchers watchers = new Watchers(nodeA.host(), cluster.root().host())) {
            for (int i = 0; i < FORGERIES_EACH; i++) {
                out.send(device, frame);
                if (i % 100 == 0) {
                    Thread.sleep(10);
                }
            }
            Thread.sleep(1_000);
            for (PacketSocket seen : watchers.all) {
                for (PacketSocket.Frame f : seen.drain()) {
                    boolean onTap = seen.host() == nodeA.host() && f.device() == tap;
                    boolean shows = Forgeries.contains(f.bytes(), Forgeries.MARK);
                    came += onTap && shows ? 1 : 0;
                    if (!onTap && shows) {
                        forwarded.add("on " + seen.host().name() + ", device " + f.device());
                    }
                }
            }
        }
        assertThat(forwarded).isEmpty();
        assertThat(came)
                .as("packets that reached the node's TAP, which show that there was something to stop")
                .isPositive();
        portsAreClosedUnlessListed(laptop.host(), there);
    }

    private ZeroTierProcess laptop() {
        ZeroTierProcess laptop = ZeroTierProcess.ours(
                        cluster.lab().publicHost("laptop"),
                        Dist.current(),
                        "node",
                        cluster.root().planet(),
                        Map.of())
                .start();
        cluster.admit("laptop", laptop.address());
        laptop.join(network);
        return laptop;
    }

    private void portsAreClosedUnlessListed(Host member, JsonNode node) {
        String address = node.path("assignedAddresses")
                .valueStream()
                .map(a -> a.asText().replaceFirst("/.*", ""))
                .filter(a -> !a.contains(":"))
                .findFirst()
                .orElseThrow();
        try (ServerSocket open = Tcp.listen(nodeA.host(), "0.0.0.0", HOST_PORT);
                ServerSocket listed = Tcp.listen(nodeA.host(), "0.0.0.0", LISTED_PORT)) {
            assertThat(open.isBound() && listed.isBound()).isTrue();
            assertThat(Tcp.connects(nodeA.host(), nodeA.host().address(), HOST_PORT))
                    .isTrue();
            assertThat(Tcp.connects(member, address, HOST_PORT)).isFalse();
            assertThat(Tcp.connects(member, address, LISTED_PORT)).isFalse();
            cluster.api().apply("""
                    apiVersion: wirecloset.io/v1alpha1
                    kind: ZeroTierNetwork
                    metadata: {name: %s}
                    spec: {hostAccess: [{protocol: TCP, port: %d}]}
                    """.formatted(Cluster.NETWORK, LISTED_PORT));
            Lab.await(
                    "the listed port is open",
                    Duration.ofSeconds(20),
                    () -> Tcp.connects(member, address, LISTED_PORT));
            assertThat(Tcp.connects(member, address, HOST_PORT)).isFalse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Acceptance 4, T13. */
    @Test
    @Order(4)
    void podsKeepTheirConnectionsWhenTheAgentIsKilled() throws Exception {
        List<Pod> pods = new ArrayList<>(List.of(a1));
        while (pods.size() < STREAMING_PODS) {
            pods.add(nodeA.attach("streaming" + pods.size()));
        }
        for (Pod pod : pods) {
            Ping.await(pod.sandbox(), b1.ipv4(), Duration.ofSeconds(60));
        }
        long[] gapsMs = new long[KILLS];
        long[] udpLostMs = new long[KILLS];
        for (int i = 0; i < KILLS; i++) {
            killUnderStreams(pods, i, gapsMs, udpLostMs);
        }
        Measured.report(String.format(
                "agent with %d streaming pods killed with SIGKILL and started again: longest gap in a TCP stream between"
                        + " clouds, ms: %s, median %d; UDP lost, ms: %s",
                pods.size(), Arrays.toString(gapsMs), Measured.percentile(gapsMs, 0.5), Arrays.toString(udpLostMs)));
        assertThat(Ping.burst(a2.sandbox(), a1.ipv4(), 3)).matches(Ping.Result::complete);
        pods.subList(1, pods.size()).forEach(nodeA::detach);
    }

    /** Each pod has a stream of both kinds, a hundred a second; of the gaps the worst counts. */
    private void killUnderStreams(List<Pod> pods, int kill, long[] gapsMs, long[] udpLostMs) {
        List<EchoStream> streams = new ArrayList<>();
        List<DatagramStream> datagrams = new ArrayList<>();
        try {
            for (Pod pod : pods) {
                streams.add(EchoStream.open(pod.sandbox(), b1.sandbox(), b1.ipv4()));
                datagrams.add(DatagramStream.open(pod.sandbox(), b1.sandbox(), b1.ipv4()));
            }
            Lab.await("the streams run", Duration.ofSeconds(60), () -> haveAnswered(streams, datagrams, 100));
            nodeA.agent().kill();
            nodeA.startAgent(Map.of());
            long tcp = streams.stream().mapToLong(EchoStream::answers).max().orElseThrow();
            long udp =
                    datagrams.stream().mapToLong(DatagramStream::answers).max().orElseThrow();
            Lab.await(
                    "the streams go on",
                    Duration.ofSeconds(90),
                    () -> haveAnswered(streams, datagrams, Math.max(tcp, udp) + 200));
            streams.forEach(EchoStream::requireIntact);
            nodeA.awaitServing();
            gapsMs[kill] =
                    streams.stream().mapToLong(EchoStream::longestGapMs).max().orElseThrow();
            udpLostMs[kill] = datagrams.stream()
                    .mapToLong(d -> d.lost() * DatagramStream.EVERY_MS)
                    .max()
                    .orElseThrow();
        } finally {
            streams.forEach(EchoStream::close);
            datagrams.forEach(DatagramStream::close);
        }
    }

    private static boolean haveAnswered(List<EchoStream> streams, List<DatagramStream> datagrams, long times) {
        return streams.stream().allMatch(s -> s.answers() > times)
                && datagrams.stream().allMatch(d -> d.answers() > times);
    }

    /** T14: an update by the chart, as the node sees it. */
    @Test
    @Order(5)
    void podsHardlyNoticeWhenTheAgentIsReplaced() throws Exception {
        try (EchoStream stream = EchoStream.open(a1.sandbox(), b1.sandbox(), b1.ipv4())) {
            Lab.await("the stream runs", Duration.ofSeconds(10), () -> stream.answers() > 100);
            Daemon before = nodeA.startNextAgent();
            Daemon next = nodeA.agent();
            Lab.await("the next agent leads", Duration.ofSeconds(60), () -> {
                next.requireAlive();
                return next.tail(1_000).contains("took over");
            });
            Lab.await("the next agent answers probes", Duration.ofSeconds(20), () -> isReady(nodeA));
            long answers = stream.answers();
            Lab.await("the stream goes on", Duration.ofSeconds(40), () -> stream.answers() > answers + 200);
            Pod late = nodeA.attach("late");
            assertThat(Ping.burst(late.sandbox(), b1.ipv4(), 3).received()).isPositive();
            nodeA.detach(late);
            assertThat(before.isAlive())
                    .as("the one before rests until it is told to end")
                    .isTrue();
            before.stop();
            stream.requireIntact();
            Measured.report("agent replaced by the next one: longest gap in a TCP stream between clouds "
                    + stream.longestGapMs() + " ms");
        }
        assertThat(Ping.burst(a2.sandbox(), a1.ipv4(), 3)).matches(Ping.Result::complete);
    }

    /** As the kubelet asks, whose probes do not know which of two agents answers. */
    private static boolean isReady(ClusterNode node) {
        try {
            return Http.call(node.host(), "GET", "http://127.0.0.1:9995/q/health/ready", Map.of(), null)
                    .ok();
        } catch (IOException e) {
            return false;
        }
    }

    /** Acceptance 5. */
    @Test
    @Order(6)
    void manyPodsComeAndGoFourAtATimeAndLeaveNothing() throws Exception {
        churn(WARM_UP_CYCLES);
        Inventory before = settledInventory();
        Thread.sleep(SETTLE_MS);
        Processes.Use usedBefore = Processes.use(nodeA.agent().pid());
        List<CniRuntime.Outcome[]> cycles = churn(CYCLES);
        Inventory after = settledInventory();

        long[] adds = cycles.stream().mapToLong(c -> c[0].micros()).toArray();
        long[] dels = cycles.stream().mapToLong(c -> c[1].micros()).toArray();
        long shim = shimMicros();
        Measured.report(String.format(
                "%d ADD and DEL, %d at a time: ADD p50 %.1f ms, p99 %.1f ms; DEL p50 %.1f ms, p99 %.1f ms; of each the shim %.1f ms",
                CYCLES,
                PARALLEL,
                Measured.percentile(adds, 0.5) / 1e3,
                Measured.percentile(adds, 0.99) / 1e3,
                Measured.percentile(dels, 0.5) / 1e3,
                Measured.percentile(dels, 0.99) / 1e3,
                shim / 1e3));
        assertThat(after.changesSince(before)).isEmpty();
        Processes.Use usedAfter = onceBackTo(usedBefore);
        assertThat(usedAfter.descriptors())
                .as("open descriptors of the agent")
                .isLessThanOrEqualTo(usedBefore.descriptors());
        assertThat(usedAfter.threads())
                .as("threads of the agent")
                .isLessThanOrEqualTo(usedBefore.threads() + JVM_THREADS);
        assertThat(Ping.burst(a1.sandbox(), b1.ipv4(), 3)).matches(Ping.Result::complete);
    }

    /** Threads and descriptors of what has ended go a while after it. @return what the agent holds then, or at the end of that while */
    private Processes.Use onceBackTo(Processes.Use before) throws InterruptedException {
        Processes.Use now = Processes.use(nodeA.agent().pid());
        for (int i = 0;
                i < SETTLE_S
                        && (now.descriptors() > before.descriptors() || now.threads() > before.threads() + JVM_THREADS);
                i++) {
            Thread.sleep(1_000);
            now = Processes.use(nodeA.agent().pid());
        }
        return now;
    }

    /** A removal ends behind its answer: as it is once nothing changes any more. */
    private Inventory settledInventory() throws InterruptedException {
        Inventory last = inventory();
        for (int i = 0; i < SETTLE_S; i++) {
            Thread.sleep(1_000);
            Inventory now = inventory();
            if (now.changesSince(last).isEmpty()) {
                return now;
            }
            last = now;
        }
        return last;
    }

    private Inventory inventory() {
        nodeA.awaitRemovals();
        return Inventory.of(nodeA.host(), nodeA.configurations(), nodeA.shims()).with("record", nodeA.records());
    }

    /** @return the outcomes of ADD and DEL of each cycle */
    private List<CniRuntime.Outcome[]> churn(int cycles) throws Exception {
        List<CniRuntime.Outcome[]> all = new ArrayList<>();
        Map<String, String> addresses = new ConcurrentHashMap<>();
        try (ExecutorService four = Executors.newFixedThreadPool(PARALLEL)) {
            List<Future<CniRuntime.Outcome[]>> results = new ArrayList<>();
            for (int i = 0; i < cycles; i++) {
                String name = "churn" + i;
                Callable<CniRuntime.Outcome[]> cycle = () -> {
                    Pod pod = nodeA.attach(name);
                    assertThat(addresses.putIfAbsent(pod.ipv4(), name))
                            .as("who else has " + pod.ipv4())
                            .isNull();
                    addresses.remove(pod.ipv4());
                    return new CniRuntime.Outcome[] {pod.added(), nodeA.detach(pod)};
                };
                results.add(four.submit(cycle));
            }
            for (Future<CniRuntime.Outcome[]> r : results) {
                all.add(r.get());
            }
        }
        return all;
    }

    /** The shim alone, started as for every call: VERSION asks nobody. */
    private long shimMicros() {
        long[] all = new long[20];
        for (int i = 0; i < all.length; i++) {
            all[i] = nodeA.runtime().version().micros();
        }
        return Measured.percentile(all, 0.5);
    }

    /** Acceptance 4, T6: steps 1 to 5 of ADD and of DEL, each the last one of a process. */
    @Test
    @Order(7)
    void anAgentThatDiesInAnyStepLeavesNothingAndGivesNoAddressTwice() throws Exception {
        Inventory before = settledInventory();
        for (String verb : List.of("add", "del")) {
            for (int step = 1; step <= CRASH_POINTS_EACH; step++) {
                dieAt(verb + ":" + step);
                assertThat(settledInventory().changesSince(before))
                        .as("after dying at " + verb + ":" + step)
                        .isEmpty();
            }
        }
        assertThat(Ping.count(a1.sandbox(), b1.ipv4(), 3)).matches(Ping.Result::complete);
    }

    private void dieAt(String point) throws Exception {
        nodeA.agent().stop();
        nodeA.startAgent(Map.of("WIRECLOSET_CRASH_AT", point));
        nodeA.awaitServing();
        String name = "die-" + point.replace(':', '-');
        try (ExecutorService runtime = Executors.newSingleThreadExecutor()) {
            Future<Pod> pod = runtime.submit(() -> nodeA.tryAttach(name));
            Future<?> whole = runtime.submit(() -> nodeA.detach(pod.get()));
            Daemon dying = nodeA.agent();
            Lab.await("the agent dies at " + point, Duration.ofSeconds(40), () -> !dying.isAlive());
            nodeA.startAgent(Map.of());
            nodeA.awaitServing();
            Pod next = nodeA.attach(name + "-next");
            assertThat(List.of(a1.ipv4(), a2.ipv4())).doesNotContain(next.ipv4());
            whole.get();
            assertThat(Ping.count(a1.sandbox(), next.ipv4(), 2).received()).isPositive();
            nodeA.detach(next);
        }
    }
}
