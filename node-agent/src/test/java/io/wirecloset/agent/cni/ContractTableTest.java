package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.linux.UnixServerSocket;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every verb in every version under every condition: the right code, nothing but JSON, nothing left (CNI 74, T1). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTableTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final List<String> VERBS = List.of("ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION");
    private static final List<String> VERSIONS = List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0");

    private enum Condition {
        NORMAL,
        MISSING_VARIABLES,
        BAD_NAME,
        CLOSED_NAMESPACE,
        TWICE,
        KILLED_MIDWAY,
        AGENT_DOWN,
        AGENT_SILENT
    }

    private Path directory;
    private NodeRig node;
    private CniServer server;
    private UnixServerSocket silent;
    private int calls;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        node = new NodeRig(directory);
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        server = CniServer.start(socket("run"), node.attachments, () -> "", new CniServer.Observer() {
            @Override
            public void answered(String verb, int code, long nanos) {}

            @Override
            public void refused(String why) {}
        });
        Files.createDirectories(directory.resolve("silent"));
        silent = UnixServerSocket.listen(socket("silent"), 0600, 128);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
            silent.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private Path socket(String folder) {
        return directory.resolve(folder).resolve("cni.sock");
    }

    static Stream<Arguments> table() {
        List<Arguments> cases = new ArrayList<>();
        for (Condition condition : Condition.values()) {
            for (String version : VERSIONS) {
                VERBS.forEach(verb -> cases.add(Arguments.of(verb, version, condition)));
            }
        }
        return cases.stream();
    }

    /** What the specification wants. */
    private static int expected(String verb, String version, Condition condition) {
        boolean namesAttachment = List.of("ADD", "DEL", "CHECK").contains(verb);
        boolean needsNamespace = List.of("ADD", "CHECK").contains(verb);
        boolean exists =
                switch (verb) {
                    case "CHECK" -> VERSIONS.indexOf(version) >= VERSIONS.indexOf("0.4.0");
                    case "GC", "STATUS" -> version.equals("1.1.0");
                    default -> true;
                };
        if (verb.equals("VERSION")) {
            return 0;
        }
        boolean badVariables = condition == Condition.MISSING_VARIABLES || condition == Condition.BAD_NAME;
        if (badVariables && namesAttachment) {
            return CniException.BAD_ENVIRONMENT;
        }
        if (!exists) {
            return CniException.INCOMPATIBLE_VERSION;
        }
        if (condition == Condition.CLOSED_NAMESPACE && needsNamespace) {
            return CniException.BAD_NAMESPACE;
        }
        if (condition == Condition.AGENT_DOWN || condition == Condition.AGENT_SILENT) {
            return switch (verb) {
                case "DEL" -> 0;
                case "STATUS" -> CniException.NOT_AVAILABLE;
                default -> CniException.TRY_AGAIN_LATER;
            };
        }
        return 0;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("table")
    @DisplayName("the right code, nothing but JSON, nothing left (CNI 74, T1)")
    void theTable(String verb, String version, Condition condition) throws Exception {
        String id = "t" + calls++;
        try (NetworkNamespace pod = NetworkNamespace.create()) {
            JsonNode result = verb.equals("CHECK") || verb.equals("DEL") ? attached(id, pod) : null;
            Call call = new Call(verb, version, condition, id, pod, result);
            if (condition == Condition.KILLED_MIDWAY) {
                call.start().destroyForcibly().waitFor();
            }
            String first = judged(call, expected(verb, version, condition));
            if (condition == Condition.TWICE) {
                assertThat(judged(call, expected(verb, version, condition))).isEqualTo(first);
            }
            node.attachments.detach(NodeRig.key(id));
        }
        node.awaitRemovals();
        assertThat(node.attachments.list()).isEmpty();
    }

    private JsonNode attached(String id, NetworkNamespace pod) throws Exception {
        Call add = new Call("ADD", "1.0.0", Condition.NORMAL, id, pod, null);
        return JSON.readTree(judged(add, 0));
    }

    private String judged(Call call, int code) throws Exception {
        Process process = call.start();
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(stdout + stderr).isEqualTo(code == 0 ? 0 : 1);
        assertThat(stderr).isEmpty();
        assertThat(stdout.toLowerCase(Locale.ROOT)).doesNotContain("not found");
        JsonNode said = JSON.readTree(stdout.isEmpty() ? "{}" : stdout);
        assertThat(said.path("code").asInt()).as(stdout).isEqualTo(code);
        boolean speaks = code != 0 || call.verb.equals("ADD") || call.verb.equals("VERSION");
        assertThat(stdout.isEmpty()).as(stdout).isEqualTo(!speaks);
        // variables are looked at before the configuration is read
        if (speaks && code != CniException.BAD_ENVIRONMENT) {
            assertThat(said.path("cniVersion").asText()).isEqualTo(call.version);
        }
        if (code != 0) {
            assertThat(said.path("msg").asText()).isNotEmpty();
        }
        return stdout;
    }

    /** One call of the shim as a runtime makes it under the condition. */
    private final class Call {
        final String verb;
        final String version;
        final Condition condition;
        final String id;
        final NetworkNamespace pod;
        final JsonNode result;

        Call(String verb, String version, Condition condition, String id, NetworkNamespace pod, JsonNode result) {
            this.verb = verb;
            this.version = version;
            this.condition = condition;
            this.id = id;
            this.pod = pod;
            this.result = result;
        }

        private Map<String, String> environment() {
            String namespace = condition == Condition.CLOSED_NAMESPACE
                    ? "/run/netns/closed"
                    : "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd();
            Map<String, String> environment = new HashMap<>(Map.of(
                    "CNI_COMMAND",
                    verb,
                    "CNI_CONTAINERID",
                    condition == Condition.BAD_NAME ? "a/b" : id,
                    "CNI_NETNS",
                    namespace,
                    "CNI_IFNAME",
                    "eth0",
                    "CNI_PATH",
                    "/opt/cni/bin",
                    "WIRECLOSET_SOCKET",
                    socket(folder()).toString()));
            if (condition == Condition.MISSING_VARIABLES) {
                environment.keySet().removeAll(List.of("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"));
            }
            boolean alone = condition == Condition.AGENT_DOWN || condition == Condition.AGENT_SILENT;
            environment.put("WIRECLOSET_WAIT_MS", alone ? "60" : "20000");
            return environment;
        }

        private String folder() {
            return switch (condition) {
                case AGENT_DOWN -> "down";
                case AGENT_SILENT -> "silent";
                default -> "run";
            };
        }

        Process start() throws IOException {
            if (condition == Condition.AGENT_DOWN) {
                Files.createDirectories(socket("down").getParent());
            }
            String config = "{\"cniVersion\":\"" + version + "\",\"name\":\"wirecloset\",\"type\":\"wirecloset\","
                    + (result == null ? "" : "\"prevResult\":" + result + ",")
                    + "\"cni.dev/valid-attachments\":[]}";
            return node.host.run(() -> {
                ProcessBuilder builder = new ProcessBuilder(SHIM.toString());
                builder.environment().clear();
                builder.environment().putAll(environment());
                Process process = builder.start();
                try (var in = process.getOutputStream()) {
                    in.write(config.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // it may refuse before it has read everything
                }
                return process;
            });
        }
    }
}
