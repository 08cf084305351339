package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.agent.attach.CrashPoints;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.ObjectName;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T5: what a process keeps of pods that came and went. The server has a process of its own, so that its memory is not
 * that of the tests; how many pods says {@code wirecloset.cycles}.
 */
class LeakTest {
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final int CYCLES = Integer.getInteger("wirecloset.cycles", 200);
    private static final int WARM_UP = 150;
    private static final int PARALLEL = 8;
    private static final int PINGED = 10;
    private static final long HEAP_KB = 2 * 1024;
    private static final long RESIDENT_KB = 16 * 1024;
    /** Longer than deleted sandboxes are remembered. */
    private static final int LATER_S = 400;

    @TempDir
    Path directory;

    /** The server's process: tells at each line from its parent how much it holds. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            // without Quarkus to configure it the log would be kept until somebody wants it
            Logger.getLogger("").setLevel(Level.OFF);
            PrintStream answers = System.out;
            System.setOut(System.err);
            NodeRig rig = new NodeRig(
                    Path.of(args[0]),
                    NetworkNamespace.open(Path.of(args[1])),
                    NetworkNamespace.open(Path.of(args[2])),
                    CrashPoints.none());
            CniServer server = CniServer.start(Path.of(args[3]), rig.attachments, () -> "", new CniServer.Observer() {
                @Override
                public void answered(String verb, int code, long nanos) {}

                @Override
                public void refused(String why) {
                    throw new AssertionError(why);
                }
            });
            answers.println("ready");
            BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (questions.readLine() != null) {
                rig.awaitRemovals();
                rig.boot.uptimeS += LATER_S;
                rig.attachments.reconcile();
                rig.overlay.announced.clear();
                answers.println(measure());
            }
            server.close();
            rig.stop();
        }

        private static String measure() throws Exception {
            System.gc();
            System.gc();
            // what the agent's flags do every minute: what the C library keeps of what was freed is nobody's leak
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
                return heap / 1024 + " " + residentKb() + " " + descriptors.count();
            }
        }

        private static long residentKb() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private record Held(long heapKb, long residentKb, long descriptors) {
        static Held parse(String line) {
            String[] numbers = line.split(" ");
            return new Held(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
        }
    }

    @Test
    @DisplayName("pods that came and went cost the process no memory and no descriptor (T5)")
    void podsThatCameAndWentCostNothing() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        try (NodeRig node = new NodeRig(directory)) {
            node.stop();
            Path socket = directory.resolve("run/cni.sock");
            Process process = child(node, socket);
            try (var answers = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                    var questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
                assertThat(answers.readLine()).isEqualTo("ready");
                cycles(node, socket, WARM_UP, "warm");
                questions.println();
                answers.readLine(); // to measure is something new as well
                questions.println();
                Held before = Held.parse(answers.readLine());
                cycles(node, socket, CYCLES, "pod");
                questions.println();
                Held after = Held.parse(answers.readLine());
                System.out.printf("after %d pods: %s, before %s%n", CYCLES, after, before);
                assertThat(after.heapKb - before.heapKb).as("KiB of live heap").isLessThanOrEqualTo(HEAP_KB);
                assertThat(after.residentKb - before.residentKb)
                        .as("KiB resident")
                        .isLessThanOrEqualTo(RESIDENT_KB);
                assertThat(after.descriptors - before.descriptors)
                        .as("descriptors, but for a library opened late")
                        .isLessThanOrEqualTo(2);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private Process child(NodeRig node, Path socket) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "--enable-native-access=ALL-UNNAMED"));
        for (String file : List.of("all", "agent")) {
            command.add("@" + Path.of("../make/flags", file).toAbsolutePath());
        }
        command.addAll(List.of(
                "-Xmx64m",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Child.class.getName(),
                directory.toString(),
                path(node.host),
                path(node.outside),
                socket.toString()));
        return new ProcessBuilder(command)
                .redirectError(directory.resolve("child.log").toFile())
                .start();
    }

    private static String path(NetworkNamespace namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd();
    }

    private static void cycles(NodeRig node, Path socket, int count, String prefix) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(PARALLEL)) {
            Callable<Void> worker = () -> {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    cycle(node, socket, prefix + i, i % PINGED == 0);
                }
                return null;
            };
            for (Future<Void> each : pool.invokeAll(java.util.Collections.nCopies(PARALLEL, worker))) {
                each.get();
            }
        }
    }

    private static void cycle(NodeRig node, Path socket, String id, boolean pinged) throws IOException {
        try (NetworkNamespace pod = NetworkNamespace.create()) {
            call(node, socket, "ADD", id, pod);
            if (pinged) {
                assertThat(NodeRig.pings(pod, "10.80.0.1")).isTrue();
            }
            call(node, socket, "DEL", id, pod);
        }
    }

    private static void call(NodeRig node, Path socket, String verb, String id, NetworkNamespace pod)
            throws IOException {
        node.host.run(() -> {
            ProcessBuilder builder = new ProcessBuilder(SHIM.toString()).redirectErrorStream(true);
            Map<String, String> env = builder.environment();
            env.clear();
            env.put("CNI_COMMAND", verb);
            env.put("CNI_CONTAINERID", id);
            env.put("CNI_IFNAME", "eth0");
            env.put("CNI_PATH", "/opt/cni/bin");
            env.put("CNI_NETNS", path(pod));
            env.put("WIRECLOSET_SOCKET", socket.toString());
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write("{\"cniVersion\":\"1.1.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}"
                        .getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(verb + " " + id + ": " + said).isZero();
            return null;
        });
    }
}
