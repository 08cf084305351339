package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acceptance 5: pods come and go, and nothing of them stays. */
class CyclesTest {
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final int CYCLES = 200;
    private static final int PARALLEL = 4;
    private static final int WARM_UP = 20;

    @TempDir
    Path directory;

    private NodeRig node;
    private CniServer server;
    private Path socket;
    private final ConcurrentLinkedQueue<Timing> agentTimes = new ConcurrentLinkedQueue<>();

    private record Timing(String verb, long micros) {}

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        socket = directory.resolve("run/cni.sock");
        server = CniServer.start(socket, node.attachments, () -> "", new CniServer.Observer() {
            @Override
            public void answered(String verb, int code, long nanos) {
                agentTimes.add(new Timing(verb, nanos / 1_000));
            }

            @Override
            public void refused(String why) {
                throw new AssertionError(why);
            }
        });
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (node != null) {
            node.close();
        }
    }

    @Test
    @DisplayName(
            "200 ADD and DEL, 4 in parallel: no link, address, route, element, record, descriptor or thread stays (T5)")
    void nothingStays() throws Exception {
        cycles(WARM_UP, "warm");
        agentTimes.clear();
        Map<String, Object> before = node.account();
        long descriptors = descriptors();
        long threads = threads();

        List<Timing> wall = cycles(CYCLES, "pod");

        // a removal may end behind its answer, and a thread some seconds after its last call
        await().pollInSameThread().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(node.account()).isEqualTo(before);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
            assertThat(threads()).isLessThanOrEqualTo(threads);
        });
        for (String verb : List.of("ADD", "DEL")) {
            long[] whole = micros(wall, verb);
            long[] agent = micros(agentTimes, verb);
            System.out.printf(
                    "%s over %d, %d in parallel: p50 %.1f ms, p99 %.1f ms; of that in the agent p50 %.1f ms, p99 %.1f ms%n",
                    verb, whole.length, PARALLEL, at(whole, 50), at(whole, 99), at(agent, 50), at(agent, 99));
        }
    }

    private static long[] micros(Iterable<Timing> all, String verb) {
        List<Long> of = new ArrayList<>();
        all.forEach(t -> {
            if (t.verb.equals(verb)) {
                of.add(t.micros);
            }
        });
        long[] sorted = of.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double at(long[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000.0;
    }

    private List<Timing> cycles(int count, String prefix) throws Exception {
        List<Timing> times = new ArrayList<>();
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(PARALLEL)) {
            Callable<List<Timing>> worker = () -> {
                List<Timing> mine = new ArrayList<>();
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    cycle(prefix + i, mine);
                }
                return mine;
            };
            for (Future<List<Timing>> each : pool.invokeAll(List.of(worker, worker, worker, worker))) {
                times.addAll(each.get());
            }
        }
        return times;
    }

    private void cycle(String id, List<Timing> times) throws IOException {
        try (NetworkNamespace pod = NetworkNamespace.create()) {
            times.add(call("ADD", id, pod));
            times.add(call("DEL", id, pod));
        }
    }

    private Timing call(String verb, String id, NetworkNamespace pod) throws IOException {
        return node.host.run(() -> {
            ProcessBuilder builder = new ProcessBuilder(SHIM.toString());
            Map<String, String> env = builder.environment();
            env.clear();
            env.put("CNI_COMMAND", verb);
            env.put("CNI_CONTAINERID", id);
            env.put("CNI_IFNAME", "eth0");
            env.put("CNI_PATH", "/opt/cni/bin");
            env.put("WIRECLOSET_SOCKET", socket.toString());
            env.put("CNI_NETNS", "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd());
            long start = System.nanoTime();
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write("{\"cniVersion\":\"1.1.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}"
                        .getBytes(StandardCharsets.UTF_8));
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            long micros = (System.nanoTime() - start) / 1_000;
            assertThat(code).as(verb + " " + id + " " + stdout).isZero();
            return new Timing(verb, micros);
        });
    }

    /** Without the libraries, which the JDK opens when it first needs a class of theirs. */
    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(fd -> !isLibrary(fd)).count();
        }
    }

    private static boolean isLibrary(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().endsWith(".jar");
        } catch (IOException e) {
            return true; // closed meanwhile, as the one that lists them is
        }
    }

    /** Without those in which the JDK waits for processes that the test started. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !t.getName().startsWith("process reaper"))
                .count();
    }
}
