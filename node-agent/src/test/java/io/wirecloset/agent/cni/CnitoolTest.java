package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real libcni calls, by its {@code cnitool} (CNI 73): its reading of our configuration, its cache, its order of calls.
 * Runs where {@code WIRECLOSET_CNITOOL} names the program.
 */
class CnitoolTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final String CNITOOL = System.getenv("WIRECLOSET_CNITOOL");

    @TempDir
    Path directory;

    private NodeRig node;
    private CniServer server;
    private NetworkNamespace pod;
    private volatile String missing = "";

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(CNITOOL != null, "WIRECLOSET_CNITOOL does not say where cnitool is");
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        node = new NodeRig(directory);
        pod = node.newPod();
        Files.createDirectories(directory.resolve("bin"));
        Files.copy(SHIM, directory.resolve("bin/wirecloset"));
        Files.createDirectories(directory.resolve("net.d"));
        Files.createDirectories(directory.resolve("var/cni"));
        server = CniServer.start(
                directory.resolve("run/cni.sock"), node.attachments, () -> missing, new CniServer.Observer() {
                    @Override
                    public void answered(String verb, int code, long nanos) {}

                    @Override
                    public void refused(String why) {}
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

    private record Outcome(int exitCode, String output) {}

    /** Its cache lies in /var/lib/cni whoever asks, hence a /var/lib of its own. */
    private Outcome cnitool(String verb, Map<String, String> environment) throws IOException {
        List<String> command = List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$1\" /var/lib && exec \"$2\" \"$3\" wirecloset \"$4\"",
                "sh",
                directory.resolve("var").toString(),
                CNITOOL,
                verb,
                "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd());
        return node.host.run(() -> {
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
            builder.environment().putAll(environment);
            builder.environment().put("CNI_PATH", directory.resolve("bin").toString());
            builder.environment().put("NETCONFPATH", directory.resolve("net.d").toString());
            builder.environment()
                    .put("WIRECLOSET_SOCKET", directory.resolve("run/cni.sock").toString());
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        });
    }

    private Outcome succeeds(String verb) throws IOException {
        Outcome outcome = cnitool(verb, Map.of());
        assertThat(outcome.exitCode()).as(verb + ": " + outcome.output()).isZero();
        return outcome;
    }

    /** The first answer that came within the 50 ms that the shim waits for one. */
    private Outcome status() {
        return await().until(() -> cnitool("status", Map.of()), outcome -> !outcome.output()
                .contains("does not answer"));
    }

    private void configured(String versions) throws IOException {
        Files.writeString(
                directory.resolve("net.d/05-wirecloset.conflist"),
                ("{" + versions + ",'name':'wirecloset','plugins':[{'type':'wirecloset',"
                                + "'capabilities':{'portMappings':true,'bandwidth':true,'ips':true,'dns':true}}]}")
                        .replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'cniVersion':'0.3.1';0.3.1",
                "'cniVersion':'0.4.0';0.4.0",
                "'cniVersion':'1.0.0';1.0.0",
                "'cniVersion':'1.1.0';1.1.0",
                "'cniVersion':'0.4.0','cniVersions':['0.4.0','1.0.0','1.1.0'];1.1.0"
            })
    @DisplayName("it adds, checks, deletes, collects, by the newest version of the list that it knows (CNI 73)")
    void itAddsChecksDeletesAndCollects(String versions, String newest) throws Exception {
        configured(versions);
        Map<String, Object> before = node.account();
        JsonNode result = JSON.readTree(succeeds("add").output());
        assertThat(result.path("cniVersion").asText()).isEqualTo(newest);
        assertThat(result.path("ips").path(0).path("address").asText()).isEqualTo("10.80.128.1/32");
        assertThat(NodeRig.pings(pod, "10.80.0.1")).isTrue();
        if (newest.compareTo("0.4.0") >= 0) {
            succeeds("check");
            NodeRig.run(pod, "ip", "addr", "del", "10.80.128.1/32", "dev", "eth0");
            assertThat(cnitool("check", Map.of()).exitCode()).isNotZero();
        }
        succeeds("del");
        succeeds("del");
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "what it gives of capabilities is had, STATUS is told, and a GC without a list takes nobody's pods (CNI 23, 24, 53)")
    void capabilitiesStatusAndGc() throws Exception {
        configured("'cniVersion':'1.1.0'");
        Map<String, Object> before = node.account();
        assertThat(status().exitCode()).isZero();
        missing = "no controller answered yet";
        Outcome notYet = status();
        assertThat(notYet.exitCode()).isNotZero();
        assertThat(notYet.output()).contains(missing);
        Outcome added = cnitool(
                "add",
                Map.of(
                        "CAP_ARGS",
                        "{\"ips\":[\"10.80.128.77/32\"],\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}",
                        "CNI_ARGS",
                        "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0"));
        assertThat(added.exitCode()).as(added.output()).isZero();
        assertThat(added.output()).contains("10.80.128.77/32");
        assertThat(node.attachments.list().getFirst().options().ports())
                .extracting(String::valueOf)
                .containsExactly("8080/tcp");
        // it deletes what it remembers, and asks us without the list that the specification wants: nobody else's pods
        // go
        node.attach("of-another-runtime", node.newPod());
        Outcome collected = cnitool("gc", Map.of());
        assertThat(collected.output()).contains("cni.dev/valid-attachments is not a list");
        node.awaitRemovals();
        assertThat(node.attachments.list())
                .extracting(a -> a.key().toString())
                .containsExactly("of-another-runtime@eth0");
        node.attachments.detach(NodeRig.key("of-another-runtime"));
        assertThat(node.account()).isEqualTo(before);
    }
}
