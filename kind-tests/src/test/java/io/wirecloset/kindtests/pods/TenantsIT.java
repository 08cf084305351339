package io.wirecloset.kindtests.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.KubeApi;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Frames;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.PacketSocket;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.UdpGroup;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two networks on the same two nodes: each as if the other were not there. */
class TenantsIT {
    private static final String SECOND = "second";
    private static final List<String> NETWORKS = List.of(Cluster.NETWORK, SECOND);
    /** Of each network on each node; {@code make test-all} has five. */
    private static final int PODS_EACH = Integer.getInteger("wirecloset.kills", 1) >= 10 ? 5 : 2;

    private static final String GROUP = "239.1.2.3";
    private static final int PORT = 7777;
    private static final int AT_ONCE = 4;
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What every frame of a tenant carries, with the name of its network behind it. */
    private static final String MARK = "WIRECLOSET-TENANT-";

    private record Tenant(String network, Pod pod, PacketSocket seen) {}

    private Cluster cluster;
    private final List<Tenant> tenants = new ArrayList<>();

    @BeforeEach
    void comesUp() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        cluster = Cluster.twoClouds(new Lab("tenants"), Nat.PORT_RESTRICTED);
        cluster.api().apply("""
                apiVersion: wirecloset.io/v1alpha1
                kind: ZeroTierNetwork
                metadata: {name: %s}
                spec:
                  ipv4: {route: 10.90.0.0/16, members: 10.90.0.0/24, nodeBlocks: 10.90.128.0/17}
                  ipv6: {sixPlane: true}
                  access: {pods: [default]}
                """.formatted(SECOND));
        Lab.await("the second network is ready", SOON, () -> KubeApi.condition(network(SECOND), "Ready")
                .equals("True"));
        for (ClusterNode node : cluster.nodes()) {
            Path configurations = configurationsFor(node);
            CniRuntime second = new CniRuntime(node.host(), node.shims(), configurations, Map.of());
            for (int i = 0; i < PODS_EACH; i++) {
                attach(Cluster.NETWORK, node, node.runtime(), i);
                attach(SECOND, node, second, i);
            }
        }
    }

    private com.fasterxml.jackson.databind.JsonNode network(String name) {
        return cluster.api().find("ZeroTierNetwork", name);
    }

    /** The configuration that the agent wrote, with the other network's name in it. */
    private static Path configurationsFor(ClusterNode node) throws IOException {
        Path folder = Files.createDirectories(node.host().folder().resolve("second.d"));
        ObjectNode configuration = node.runtime().configuration().deepCopy();
        ((ObjectNode) configuration.path("plugins").path(0)).put("network", SECOND);
        Files.writeString(folder.resolve("10-second.conflist"), JSON.writeValueAsString(configuration));
        return folder;
    }

    private void attach(String network, ClusterNode node, CniRuntime runtime, int number) {
        String name = network + "-" + node.name() + "-" + number;
        Host sandbox = cluster.lab().emptyHost(name);
        String id = String.format("%064x", 0x7e4a_0000L + tenants.size());
        Pod[] pod = new Pod[1];
        Lab.await("ADD of " + name, SOON, () -> {
            pod[0] = new Pod(node, sandbox, id, runtime.add(id, sandbox.namespacePath(), "default", name));
            return pod[0].added().ok();
        });
        tenants.add(new Tenant(network, pod[0], PacketSocket.open(sandbox)));
    }

    @AfterEach
    void nothingIsLeft() {
        tenants.forEach(t -> t.seen().close());
        if (cluster != null) {
            cluster.close();
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "all pairs of a network talk, and no frame of one network is seen in the other, multicast included (T27)")
    void networksDoNotSeeEachOther() throws Exception {
        everyPairOfANetworkTalks();
        drain();
        for (Tenant from : tenants) {
            sendToEverybody(from);
        }
        Lab.await("every pod of a network heard all others of it", Duration.ofSeconds(30), this::allHeardTheirs);
        assertThat(strange).as("frames of the other network").isEmpty();
        multicastStaysInItsNetwork();
    }

    private void everyPairOfANetworkTalks() throws Exception {
        List<Callable<String>> pings = new ArrayList<>();
        for (Tenant from : tenants) {
            for (Tenant to : tenants) {
                if (from != to && from.network().equals(to.network())) {
                    pings.add(() -> {
                        Ping.await(from.pod().sandbox(), to.pod().ipv4(), SOON);
                        Ping.await(from.pod().sandbox(), to.pod().ipv6(), SOON);
                        return "";
                    });
                }
            }
        }
        try (ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<String> each : some.invokeAll(pings)) {
                each.get();
            }
        }
    }

    // ---- by frames

    private final Set<String> heard = new TreeSet<>();
    private final Set<String> strange = new TreeSet<>();

    private static byte[] mark(Tenant from) {
        return (MARK + from.network() + "/" + from.pod().name() + "/").getBytes(StandardCharsets.US_ASCII);
    }

    /** By both families to every pod of both networks, and to whoever listens. */
    private void sendToEverybody(Tenant from) {
        Forgeries.Link link = Forgeries.Link.of(from.pod().sandbox());
        List<byte[]> frames = new ArrayList<>();
        for (Tenant to : tenants) {
            if (to != from) {
                frames.add(Frames.udp(
                        link.gatewayMac(),
                        link.mac(),
                        from.pod().ipv4(),
                        to.pod().ipv4(),
                        mark(from)));
                frames.add(Frames.udp(
                        link.gatewayMac(),
                        link.mac(),
                        from.pod().ipv6(),
                        to.pod().ipv6(),
                        mark(from)));
            }
        }
        for (String everybody : List.of("255.255.255.255", "10.80.255.255", "10.90.255.255")) {
            frames.add(Frames.udp(Frames.BROADCAST, link.mac(), from.pod().ipv4(), everybody, mark(from)));
        }
        frames.add(Frames.udp("01:00:5e:01:02:03", link.mac(), from.pod().ipv4(), GROUP, mark(from)));
        frames.add(Frames.udp(Frames.ALL_NODES, link.mac(), from.pod().ipv6(), "ff02::1", mark(from)));
        frames.forEach(frame -> from.seen().send(link.index(), frame));
    }

    private void drain() {
        for (Tenant to : tenants) {
            for (PacketSocket.Frame frame : to.seen().drain()) {
                for (Tenant from : tenants) {
                    if (from != to && Forgeries.contains(frame.bytes(), mark(from))) {
                        boolean same = from.network().equals(to.network());
                        (same ? heard : strange)
                                .add(from.pod().name() + " in " + to.pod().name());
                    }
                }
            }
        }
    }

    private boolean allHeardTheirs() {
        drain();
        int each = 2 * PODS_EACH;
        return heard.size() == NETWORKS.size() * each * (each - 1);
    }

    // ---- by members outside

    /** Two laptops, each on both networks: what one says on the one, the other hears there and nowhere else. */
    private void multicastStaysInItsNetwork() {
        ZeroTierProcess one = laptop("one");
        ZeroTierProcess other = laptop("other");
        for (String network : NETWORKS) {
            String id = network(network).at("/status/networkId").asText();
            Ping.await(one.host(), other.awaitAddress(id), SOON);
        }
        try (PacketSocket seen = PacketSocket.open(other.host());
                UdpGroup ofFirst = UdpGroup.join(other.host(), device(other, Cluster.NETWORK), GROUP, PORT);
                UdpGroup ofSecond = UdpGroup.join(other.host(), device(other, SECOND), GROUP, PORT)) {
            for (String network : NETWORKS) {
                seen.drain();
                int right = other.host().device(device(other, network));
                String text = MARK + network;
                List<Integer> devices = new ArrayList<>();
                try (UdpGroup saying = UdpGroup.join(one.host(), device(one, network), GROUP, PORT)) {
                    Lab.await("what is said on " + network + " is heard", SOON, () -> {
                        saying.say(text);
                        seen.drain().stream()
                                .filter(f -> Forgeries.contains(f.bytes(), text.getBytes(StandardCharsets.UTF_8)))
                                .forEach(f -> devices.add(f.device()));
                        return devices.contains(right);
                    });
                }
                assertThat(devices).as("devices on which it was heard").containsOnly(right);
            }
        }
    }

    private String device(ZeroTierProcess laptop, String network) {
        return laptop.device(network(network).at("/status/networkId").asText());
    }

    private ZeroTierProcess laptop(String name) {
        ZeroTierProcess laptop = ZeroTierProcess.ours(
                        cluster.lab().publicHost(name),
                        Dist.current(),
                        "node",
                        cluster.root().planet(),
                        Map.of())
                .start();
        for (String network : NETWORKS) {
            cluster.api().apply("""
                    apiVersion: wirecloset.io/v1alpha1
                    kind: ZeroTierMember
                    metadata: {name: %s-%s, namespace: %s}
                    spec: {network: %s, address: "%s", authorized: true}
                    """.formatted(name, network, Cluster.NAMESPACE, network, laptop.address()));
            laptop.join(network(network).at("/status/networkId").asText());
        }
        return laptop;
    }
}
