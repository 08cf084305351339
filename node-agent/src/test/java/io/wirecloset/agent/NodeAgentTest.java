package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.kube.NodeReport;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.agent.overlay.TapNames;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The life of an agent, told by one test. */
class NodeAgentTest extends AgentInANamespace {
    NodeAgentTest() {
        super(false);
    }

    @Test
    @DisplayName("a port that a stock client has is told with its cure where one asks how the node is; the rest stays")
    void aPortThatIsTaken() throws Exception {
        ZeroTierNode resource = new ZeroTierNode();
        resource.setMetadata(new ObjectMetaBuilder().withName(NAME).build());
        resource.setSpec(new ZeroTierNodeSpec());
        client.resource(resource).create();
        client.resources(ZeroTierNode.class)
                .withName(NAME)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"address\":\"1122334455\"}}");

        try (DatagramSocket stock = machine.run(() -> new DatagramSocket(9993))) {
            assertThat(stock.isBound()).isTrue();
            assertThatThrownBy(this::startAgent)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("UDP port 9993 cannot be used")
                    .hasMessageEndingWith(
                            "If another node or a stock client has it, stop that one or choose another port"
                                    + " with agent.port of the chart (wirecloset.port)")
                    .satisfies(e -> NodeReport.cannotRun(client, NAME, e.getMessage(), Instant.now()));
        }
        ZeroTierNodeStatus status =
                client.resources(ZeroTierNode.class).withName(NAME).get().getStatus();
        assertThat(status.address).isEqualTo("1122334455");
        assertThat(status.conditions).singleElement().satisfies(c -> {
            assertThat(c.type + c.status + c.reason).isEqualTo("ReadyFalseCannotRun");
            assertThat(c.message)
                    .startsWith("the agent cannot run: UDP port 9993")
                    .contains("agent.port");
        });

        startAgent(); // the port is free
    }

    @Test
    @DisplayName(
            "from a first start to pods on two nodes, through an outage of the API server and restarts, to nothing")
    void aWholeLife() throws Exception {
        Log log = Log.everything();
        try {
            startAgent();
            assertThat(agent.missing()).contains("no primary network is known");
            assertThat(folder.resolve("net.d"))
                    .as("no configuration before pods can be served")
                    .doesNotExist();
            publish();
            admit();
            await().atMost(PATIENCE).until(() -> agent.missing().isEmpty());
            await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("net.d/05-wirecloset.conflist")));
            assertThat(new ObjectMapper()
                            .readTree(folder.resolve("net.d/05-wirecloset.conflist")
                                    .toFile())
                            .at("/plugins/0")
                            .toString())
                    .isEqualTo(
                            "{\"type\":\"wirecloset\",\"capabilities\":{\"portMappings\":true,\"bandwidth\":true,\"ips\":true,\"dns\":true},"
                                    + "\"socket\":\"" + folder.resolve("run/cni.sock") + "\"}");
            assertThat(Files.readString(folder.resolve("run/heartbeat"))).matches("[0-9a-f-]{36} [0-9]+\n");
            Files.delete(folder.resolve("net.d/05-wirecloset.conflist")); // as somebody else's clean-up would
            await().atMost(PATIENCE).until(() -> client.resources(ZeroTierNode.class)
                    .withName(NAME)
                    .get()
                    .getStatus()
                    .conditions
                    .getFirst()
                    .status
                    .equals("True"));

            NetworkNamespace pod = NetworkNamespace.create();
            NetworkNamespace far = NetworkNamespace.create();
            try (pod;
                    far) {
                call("ADD", "c1", pod);
                String there = other.attach("far", far).ipv4().getHostAddress();
                await().atMost(PATIENCE).until(() -> NodeRig.pings(pod, there));
                assertThat(NodeRig.pings(far, "10.80.137.1")).isTrue();
                assertThat(agent.alive()).isTrue();
                await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("net.d/05-wirecloset.conflist")));

                // the API server goes, the agent is started anew: from disk, as before (F3, F15)
                stopAgent();
                api.close();
                startAgent();
                await().atMost(PATIENCE).until(() -> agent.missing().isEmpty());
                assertThat(agent.watching()).isFalse();
                assertThat(NodeRig.pings(pod, there)).isTrue();
                try (NetworkNamespace late = NetworkNamespace.create()) {
                    call("ADD", "c2", late);
                    assertThat(NodeRig.pings(late, there)).isTrue();
                    call("DEL", "c2", late);
                }
                stopAgent();
                secretsStaySecret(log);

                // and removed
                machine.run(() -> {
                    Uninstall.run(settings());
                    return null;
                });
            }
            assertThat(NodeRig.run(machine, "ip", "-o", "link"))
                    .doesNotContain(TapNames.of(Mesh.NETWORK))
                    .doesNotContain("wc");
            assertThat(NodeRig.run(machine, "ip", "route")).doesNotContain("10.80.");
            assertThat(NodeRig.run(machine, "nft", "list", "ruleset")).isBlank();
            assertThat(folder.resolve("run")).doesNotExist();
            assertThat(folder.resolve("net.d/05-wirecloset.conflist")).doesNotExist();
        } finally {
            log.close();
        }
    }

    // --- T30

    private void secretsStaySecret(Log log) throws IOException {
        Path home = folder.resolve("home");
        String identity = Files.readString(home.resolve("identity.secret")).strip();
        byte[] key = HexFormat.of().parseHex(identity.substring(identity.lastIndexOf(':') + 1));
        List<String> secrets = List.of(
                HexFormat.of().formatHex(key, 0, 32),
                HexFormat.of().formatHex(key, 32, 64),
                HexFormat.of().withUpperCase().formatHex(key, 0, 32),
                Base64.getEncoder().encodeToString(key).substring(0, 40),
                java.util.Arrays.toString(java.util.Arrays.copyOf(key, 8)).replaceAll("]$", ""),
                Files.readString(home.resolve("authtoken.secret")));
        assertThat(log.lines).as("something was logged").hasSizeGreaterThan(10);
        for (String line : log.lines) {
            assertThat(secrets.stream().filter(line::contains).findAny())
                    .as("T30")
                    .isEmpty();
        }
        try (Stream<Path> files = Stream.concat(Files.walk(home), Files.walk(folder.resolve("run")))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                boolean open = !mode.endsWith("------");
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (open) {
                    assertThat(secrets.stream().filter(content::contains).findAny())
                            .as(file + " " + mode)
                            .isEmpty();
                }
            }
        }
        for (String secret : List.of("identity.secret", "authtoken.secret", "metricstoken.secret", "cluster.json")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(secret))))
                    .as(secret)
                    .isEqualTo("rw-------");
        }
        for (Path directory : List.of(home, folder.resolve("run"), folder.resolve("run/attachments"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .as(directory.toString())
                    .isEqualTo("rwx------");
        }
    }

    /** All that is logged, down to the finest level. */
    private static final class Log extends Handler {
        final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private final Logger ours = Logger.getLogger("io.wirecloset");
        private final Level before = ours.getLevel();
        private final SimpleFormatter formatter = new SimpleFormatter();

        static Log everything() {
            Log log = new Log();
            log.setLevel(Level.ALL);
            log.ours.setLevel(Level.ALL);
            log.ours.addHandler(log);
            return log;
        }

        @Override
        public void publish(LogRecord entry) {
            lines.add(formatter.format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            ours.removeHandler(this);
            ours.setLevel(before);
        }
    }
}
