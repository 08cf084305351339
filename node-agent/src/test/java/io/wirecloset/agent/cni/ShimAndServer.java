package io.wirecloset.agent.cni;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The real shim, a server of a node's attachments, and what the one says when the other answers. */
abstract class ShimAndServer {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));

    @TempDir
    Path directory;

    NodeRig node;
    CniServer server;
    Path socket;
    volatile String missing = "";
    final List<String> refusals = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        socket = directory.resolve("run/cni.sock");
        server = CniServer.start(socket, node.attachments, () -> missing, observer());
    }

    CniServer.Observer observer() {
        return new CniServer.Observer() {
            @Override
            public void answered(String verb, int code, long nanos) {}

            @Override
            public void refused(String why) {
                refusals.add(why);
            }
        };
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

    record Outcome(int exitCode, String stdout) {
        JsonNode json() throws IOException {
            return JSON.readTree(stdout);
        }

        int code() throws IOException {
            return json().path("code").asInt();
        }
    }

    Outcome call(String command, String id, NetworkNamespace pod, String config) throws IOException {
        return node.host.run(() -> {
            ProcessBuilder builder = new ProcessBuilder(SHIM.toString());
            Map<String, String> env = builder.environment();
            env.clear();
            env.put("CNI_COMMAND", command);
            env.put("CNI_CONTAINERID", id);
            env.put("CNI_IFNAME", "eth0");
            env.put("CNI_PATH", "/opt/cni/bin");
            env.put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=7b2c");
            env.put("WIRECLOSET_SOCKET", socket.toString());
            if (pod != null) {
                env.put("CNI_NETNS", "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd());
            }
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(config.getBytes(StandardCharsets.UTF_8));
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), stdout);
        });
    }

    /** The first answer that came within the 50 ms that the shim waits for one, which a busy machine may need longer for. */
    Outcome status() {
        return await().until(() -> call("STATUS", "", null, config("1.1.0")), outcome -> !outcome.stdout()
                .contains("does not answer"));
    }

    static String config(String version) {
        return "{\"cniVersion\":\"" + version + "\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}";
    }

    static String config(String version, String more) {
        return config(version).replaceFirst("}$", "," + more + "}");
    }
}
