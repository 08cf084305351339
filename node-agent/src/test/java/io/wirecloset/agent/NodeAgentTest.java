package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.cni.CniServer;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.agent.overlay.TapNames;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent in a namespace: API server, controller and another node are real; the test plays the operator. */
class NodeAgentTest {
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final String NAMESPACE = "wirecloset-system";
    private static final String NAME = "node-a";
    private static final int NUMBER = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final CniServer.Observer NOBODY = new CniServer.Observer() {
        @Override
        public void answered(String verb, int code, long nanos) {}

        @Override
        public void refused(String why) {}
    };

    @TempDir
    Path folder;

    private Mesh mesh;
    private Mesh.Host other;
    private NetworkNamespace machine;
    private ApiServer api;
    private KubernetesClient client;
    private NodeAgent agent;

    @BeforeEach
    void start() throws Exception {
        NodeRig.assumeRoot();
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        mesh = new Mesh(folder);
        other = mesh.nodes(1).getFirst();
        machine = mesh.newHost(NUMBER);
        api = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        client = api.client();
        Path crds = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");
        Apply.read(client, List.of(crds)).forEach(crd -> Apply.apply(client, crd));
    }

    @AfterEach
    void stop() {
        stopAgent();
        if (client != null) {
            client.close();
            api.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    private AgentSettings settings() {
        return new TestSettings(folder, NAME, SHIM);
    }

    private void startAgent() throws IOException {
        agent = machine.run(() -> NodeAgent.start(settings(), client, NOBODY));
    }

    private void stopAgent() {
        if (agent != null) {
            agent.close();
            agent = null;
        }
    }

    // --- what an operator does

    private void publish() {
        ClusterInfo info = new ClusterInfo(
                mesh.planet().toBytes(),
                List.of(new ControllerInfo(Mesh.CONTROLLER.toPublicText(), List.of("198.51.100.1/9993"))));
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(ClusterInfo.NAME)
                        .endMetadata()
                        .withData(info.toData())
                        .build())
                .create();
        ZeroTierNetwork network = new ZeroTierNetwork();
        network.setMetadata(new ObjectMetaBuilder().withName("pods").build());
        network.setSpec(new ZeroTierNetworkSpec());
        network.getSpec().primary = true;
        network.getSpec().ipv4 = new ZeroTierNetworkSpec.Ipv4();
        network.getSpec().ipv4.route = "10.80.0.0/16";
        network.getSpec().ipv6.sixPlane = true;
        client.resource(network).create();
        makeNode(NAME, null);
        makeNode("other", entry("10.80.130.0/24", "10.80.0.2"));
    }

    private static ZeroTierNodeSpec.NodeNetwork entry(String block, String address) {
        ZeroTierNodeSpec.NodeNetwork entry = new ZeroTierNodeSpec.NodeNetwork();
        entry.network = "pods";
        entry.networkId = NetworkIds.format(Mesh.NETWORK);
        entry.block = block;
        entry.addresses = List.of(address);
        return entry;
    }

    private void makeNode(String name, ZeroTierNodeSpec.NodeNetwork entry) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(new ZeroTierNodeSpec());
        node.getSpec().networks = entry == null ? List.of() : List.of(entry);
        client.resource(node).create();
    }

    /** Waits for the agent to say who it is, admits it, and gives it a block. */
    private void admit() {
        await().atMost(PATIENCE).until(() -> {
            var status =
                    client.resources(ZeroTierNode.class).withName(NAME).get().getStatus();
            return status != null && status.identity != null;
        });
        ZeroTierNode node = client.resources(ZeroTierNode.class).withName(NAME).get();
        mesh.admit(Identity.parse(node.getStatus().identity), "10.80.0.9");
        client.resources(ZeroTierNode.class).withName(NAME).edit(n -> {
            n.getSpec().networks = List.of(entry("10.80.137.0/24", "10.80.0.9"));
            return n;
        });
    }

    // --- what a runtime does

    private String call(String verb, String id, NetworkNamespace pod) throws IOException {
        return machine.run(() -> {
            ProcessBuilder builder =
                    new ProcessBuilder(folder.resolve("bin/wirecloset").toString());
            Map<String, String> env = builder.environment();
            env.clear();
            env.put("CNI_COMMAND", verb);
            env.put("CNI_CONTAINERID", id);
            env.put("CNI_IFNAME", "eth0");
            env.put("CNI_PATH", folder.resolve("bin").toString());
            env.put("CNI_NETNS", "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd());
            env.put("WIRECLOSET_SOCKET", folder.resolve("run/cni.sock").toString());
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write("{\"cniVersion\":\"1.1.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}"
                        .getBytes(StandardCharsets.UTF_8));
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(verb + " " + stdout).isZero();
            return stdout;
        });
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
                secretsStaySecret(log);

                // and removed
                stopAgent();
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
