package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T6: a process of its own works on the node and is killed at a numbered step; this process is the agent after it. */
class CrashTest {
    private static final int ADD_STEPS = 9;
    private static final int DEL_STEPS = 9;
    /** Of two deletions, those that are always passed: the rest may be done for both together. */
    private static final int GC_STEPS = 12;

    private static final int KILLED = 128 + 9;

    @TempDir
    Path directory;

    private NodeRig node;
    private NetworkNamespace pod;
    private NetworkNamespace bystander;
    private Attachment before;

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        pod = node.newPod();
        bystander = node.newPod();
        before = node.attach("bystander", bystander);
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    /** One process that does one thing: ADD or DEL of "victim", or GC of all but the bystander. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            NodeRig rig = new NodeRig(
                    Path.of(args[0]),
                    NetworkNamespace.open(Path.of(args[1])),
                    NetworkNamespace.open(Path.of(args[2])),
                    CrashPoints.fromEnvironment());
            switch (args[4]) {
                case "add" -> rig.attach("victim", NetworkNamespace.open(Path.of(args[3])));
                case "del" -> rig.attachments.detach(NodeRig.key("victim"));
                case "gc" -> rig.attachments.collect("wirecloset", List.of(NodeRig.key("bystander")));
                default -> throw new IllegalArgumentException(args[4]);
            }
            rig.stop();
        }
    }

    private static String path(NetworkNamespace namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd();
    }

    private int child(String operation, String crashAt) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Child.class.getName()));
        command.addAll(List.of(directory.toString(), path(node.host), path(node.outside), path(pod), operation));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true).redirectOutput(new File(directory.toFile(), "child.log"));
        if (crashAt != null) {
            builder.environment().put(CrashPoints.VARIABLE, crashAt);
        }
        return builder.start().waitFor();
    }

    static Stream<String> steps() {
        return Stream.concat(
                IntStream.rangeClosed(1, ADD_STEPS).mapToObj(i -> "add:" + i),
                IntStream.rangeClosed(1, DEL_STEPS).mapToObj(i -> "del:" + i));
    }

    static IntStream gcSteps() {
        return IntStream.rangeClosed(1, GC_STEPS);
    }

    @ParameterizedTest
    @MethodSource("gcSteps")
    @DisplayName(
            "killed at any step of a GC, the next agent and the next GC finish it, and nobody else is touched (T6)")
    void killedAtAnyStepOfAGc(int step) throws Exception {
        Map<String, Object> clean = node.account();
        node.attach("victim", pod);
        node.attach("second", node.newPod());
        node.stop();
        assertThat(child("gc", "gc:" + step)).as("SIGKILL").isEqualTo(KILLED);

        node.start();
        assertThat(node.attachments.list()).contains(before);
        assertThat(node.attachments.collect("wirecloset", List.of(before.key())))
                .isEmpty();
        assertThat(node.account()).isEqualTo(clean);
        Attachment next = node.attach("next", node.newPod());
        assertThat(next.addresses()).doesNotContainAnyElementsOf(before.addresses());
        assertThat(NodeRig.pings(bystander, next.ipv4().getHostAddress())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("steps")
    @DisplayName("killed at any step, the next agent leaves nothing behind and gives no address twice (T6; F1, F2)")
    void killedAtAnyStepNothingLeaks(String step) throws Exception {
        Map<String, Object> clean = node.account();
        boolean deleting = step.startsWith("del");
        if (deleting) {
            node.attach("victim", pod);
        }
        node.stop();
        assertThat(child(step.substring(0, 3), step)).as("SIGKILL").isEqualTo(KILLED);

        node.start();
        List<Attachment> found = node.attachments.list();
        assertThat(found).contains(before);
        assertThat(found.stream().flatMap(a -> a.addresses().stream()))
                .as("no address twice")
                .doesNotHaveDuplicates();
        boolean finished = step.equals("add:" + ADD_STEPS) || step.equals("add:" + (ADD_STEPS - 1));
        assertThat(found).hasSize(finished ? 2 : 1);
        if (!finished) {
            assertThat(node.account()).as("as if it had not been").isEqualTo(clean);
        }

        // what the runtime does next works: DEL, and other pods come and go
        node.attachments.detach(NodeRig.key("victim"));
        assertThat(node.account()).isEqualTo(clean);
        Attachment next = node.attach("next", node.newPod());
        assertThat(next.addresses()).doesNotContainAnyElementsOf(before.addresses());
        assertThat(NodeRig.pings(bystander, next.ipv4().getHostAddress())).isTrue();
    }
}
