package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.agent.overlay.TapNames;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Neither the nodes' wire nor the network nor any pod has an IPv4 address. */
class Ipv6AloneTest extends AgentInANamespace {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT = 8080;
    private static final int HOST_PORT = 18080;
    private static final String PORTS =
            "{\"cniVersion\":\"1.0.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\",\"runtimeConfig\":{\"portMappings\":"
                    + "[{\"hostPort\":" + HOST_PORT + ",\"containerPort\":" + PORT + ",\"protocol\":\"tcp\"}]}}";
    private static final String OLD = "{\"cniVersion\":\"0.2.0\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}";

    Ipv6AloneTest() {
        super(true);
    }

    @Test
    @DisplayName("from a first start to pods on two nodes, probes, ports, the world outside and back to nothing")
    void aWholeLifeWithoutIpv4() throws Exception {
        startAgent();
        publish();
        otherSaysWhoItIs();
        admit();
        await().atMost(PATIENCE).until(() -> agent.missing().isEmpty());
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("net.d/05-wirecloset.conflist")));
        try (NetworkNamespace pod = NetworkNamespace.create();
                NetworkNamespace beside = NetworkNamespace.create();
                NetworkNamespace far = NetworkNamespace.create();
                ServerSocket server = pod.run(() -> new ServerSocket(PORT))) {
            JsonNode result = JSON.readTree(call("ADD", "c1", pod, PORTS));
            String address = onlyAddress(result);
            assertThat(result.path("routes"))
                    .extracting(r -> r.path("dst").asText())
                    .hasSize(2)
                    .contains("::/0")
                    .allMatch(dst -> dst.contains(":"));
            JsonNode old = JSON.readTree(call("ADD", "c2", beside, OLD));
            assertThat(old.has("ip4")).isFalse();
            assertThat(old.at("/ip6/gateway").asText()).isEqualTo("fe80:0:0:0:0:0:0:1");
            String neighbour = old.at("/ip6/ip").asText().replace("/128", "");

            String there = other.attach("far", far).ipv6().getHostAddress();
            await().atMost(PATIENCE).until(() -> NodeRig.pings(pod, there));
            assertThat(NodeRig.pings(far, address)).as("back").isTrue();
            assertThat(NodeRig.pings(pod, neighbour)).as("on the same node").isTrue();
            assertThat(NodeRig.run(machine, "ip", "-6", "neigh", "show", "dev", TapNames.of(Mesh.NETWORK)))
                    .as("a node elsewhere is a neighbour of this one, its pods are none")
                    .containsPattern("(?m)^fc\\S+:1 .*PERMANENT")
                    .doesNotContainPattern("(?m)^fc\\S+:2 ");

            assertThat(connects(machine, address, PORT))
                    .as("a probe from the node")
                    .isTrue();
            assertThat(connects(far, address, PORT))
                    .as("TCP from the other node's pod")
                    .isTrue();
            assertThat(NodeRig.pings(pod, "2001:db8:51::9")).as("its node").isTrue();
            assertThat(NodeRig.pings(pod, "2001:db8:51::2"))
                    .as("the other node")
                    .isTrue();
            assertThat(NodeRig.pings(pod, "2001:db8:51::1"))
                    .as("the world outside")
                    .isTrue();
            assertThat(NodeRig.run(pod, "ip", "-4", "addr", "show", "dev", "eth0"))
                    .isEmpty();
            assertThat(connects(other.namespace, "2001:db8:51::9", HOST_PORT))
                    .as("a port of the node")
                    .isTrue();
            assertThat(call("CHECK", "c1", pod, PORTS.replaceFirst("}$", ",\"prevResult\":" + result + "}")))
                    .isEmpty();

            assertThat(call("DEL", "c1", pod)).isEmpty();
            assertThat(call("DEL", "c2", beside)).isEmpty();
            assertThat(NodeRig.pings(far, address)).as("gone").isFalse();
        }
        stopAgent();
        machine.run(() -> {
            Uninstall.run(settings());
            return null;
        });
        assertThat(NodeRig.run(machine, "ip", "-o", "link"))
                .doesNotContain(TapNames.of(Mesh.NETWORK))
                .doesNotContain("wc");
        assertThat(NodeRig.run(machine, "ip", "-6", "route")).doesNotContain("fc");
        assertThat(NodeRig.run(machine, "nft", "list", "ruleset")).isBlank();
    }

    private void otherSaysWhoItIs() {
        ZeroTierNode node =
                client.resources(ZeroTierNode.class).withName("other").get();
        node.setStatus(new ZeroTierNodeStatus());
        node.getStatus().address =
                Addresses.format(TestIdentities.get(other.number).address());
        client.resource(node).subresource("status").update();
    }

    private static String onlyAddress(JsonNode result) {
        assertThat(result.path("ips")).hasSize(1);
        return result.at("/ips/0/address").asText().replace("/128", "");
    }

    private static boolean connects(NetworkNamespace from, String address, int port) throws IOException {
        return from.run(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 5_000);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }
}
