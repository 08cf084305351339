package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.overlay.Mesh;
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
import io.wirecloset.vl1.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent in a namespace: API server, controller and another node are real; the test plays operator and runtime. */
abstract class AgentInANamespace {
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final String NAMESPACE = "wirecloset-system";
    static final String NAME = "node-a";
    private static final int NUMBER = 9;
    static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    Mesh mesh;
    Mesh.Host other;
    NetworkNamespace machine;
    ApiServer api;
    KubernetesClient client;
    NodeAgent agent;

    /** Whether there is no IPv4, neither on the wire nor in the network. */
    private final boolean ipv6Alone;

    AgentInANamespace(boolean ipv6Alone) {
        this.ipv6Alone = ipv6Alone;
    }

    @BeforeEach
    void start() throws Exception {
        NodeRig.assumeRoot();
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        mesh = new Mesh(folder, ipv6Alone);
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

    AgentSettings settings() {
        return new TestSettings(folder, NAME, SHIM);
    }

    void startAgent() throws IOException {
        agent = machine.run(() -> NodeAgent.start(settings(), client, new Audience()));
    }

    void stopAgent() {
        if (agent != null) {
            agent.close();
            agent = null;
        }
    }

    // --- what an operator does

    void publish() {
        publishRoots(mesh.planet());
        ZeroTierNetwork network = new ZeroTierNetwork();
        network.setMetadata(new ObjectMetaBuilder().withName("pods").build());
        network.setSpec(new ZeroTierNetworkSpec());
        network.getSpec().primary = true;
        if (!ipv6Alone) {
            network.getSpec().ipv4 = new ZeroTierNetworkSpec.Ipv4();
            network.getSpec().ipv4.route = "10.80.0.0/16";
        }
        network.getSpec().ipv6.sixPlane = true;
        client.resource(network).create();
        makeNode(NAME, null);
        makeNode("other", entry("10.80.130.0/24", "10.80.0.2"));
    }

    void publishRoots(World planet) {
        ClusterInfo info = new ClusterInfo(
                planet.toBytes(),
                List.of(new ControllerInfo(
                        Mesh.CONTROLLER.toPublicText(), List.of(mesh.underlay(1).toString()))));
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(ClusterInfo.NAME)
                        .endMetadata()
                        .withData(info.toData())
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    private ZeroTierNodeSpec.NodeNetwork entry(String block, String address) {
        ZeroTierNodeSpec.NodeNetwork entry = new ZeroTierNodeSpec.NodeNetwork();
        entry.network = "pods";
        entry.networkId = NetworkIds.format(Mesh.NETWORK);
        entry.block = ipv6Alone ? null : block;
        entry.addresses = ipv6Alone ? List.of() : List.of(address);
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
    void admit() {
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

    String call(String verb, String id, NetworkNamespace pod) throws IOException {
        return call(verb, id, pod, "{\"cniVersion\":\"1.1.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}");
    }

    String call(String verb, String id, NetworkNamespace pod, String config) throws IOException {
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
                in.write(config.getBytes(StandardCharsets.UTF_8));
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(verb + " " + stdout).isZero();
            return stdout;
        });
    }
}
