package io.wirecloset.kindtests.clusters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.KubeApi;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Tcp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Acceptance 6: cluster east serves a network and is its own root; the nodes of cluster west, with an API server, an
 * operator and a root of its own, join it and find east's nodes by its moon. As docs/two-clusters.md tells it, every node
 * behind a NAT of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoClustersIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String EAST_BLOCKS = "10.80.128.0/18";
    private static final int PORT = 8080;

    private Lab lab;
    private Cluster east;
    private Cluster west;
    private ClusterNode eastNode;
    private ClusterNode west1;
    private ClusterNode west2;
    private String network;
    private String controller;
    private Pod e1;
    private Pod w1;
    private Pod w2;

    @BeforeAll
    void bothComeUp() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        Dist dist = Dist.current();
        lab = new Lab("two");
        east = new Cluster(lab, dist, "east-");
        east.startApiInMemory();
        east.startOperator(Map.of("WIRECLOSET_ROOT", "true"));
        eastNode = east.addNode(lab.behindNat("east-1", Nat.PORT_RESTRICTED));
        eastNode.startAgent(Map.of());
        controller = east.awaitController();
        network = east.applyNetwork(Files.writeString(
                lab.folder().resolve("network.yaml"),
                Files.readString(dist.sample("network.yaml")).replace("10.80.128.0/17", EAST_BLOCKS)));

        west = new Cluster(lab, dist, "west-");
        west.startApiInMemory();
        west.startOperator(Map.of("WIRECLOSET_ROOT", "true", "WIRECLOSET_MOONS", east.published("moon")));
        west1 = west.addNode(lab.behindNat("west-1", Nat.PORT_RESTRICTED));
        west2 = west.addNode(lab.behindNat("west-2", Nat.PORT_RESTRICTED));
        west1.startAgent(Map.of());
        west2.startAgent(Map.of());
        west.awaitController();
        west.api().apply(Files.readString(dist.sample("second-cluster.yaml")).replace("8056c2e21c000001", network));
        eastNode.awaitServing();
    }

    @AfterAll
    void nothingIsLeft() {
        if (lab == null) {
            return;
        }
        for (Cluster c : new Cluster[] {east, west}) {
            if (c != null && c.api() != null) {
                c.api().close();
            }
        }
        lab.close();
        assertThat(lab.leftovers()).isEmpty();
    }

    @Test
    @Order(1)
    void nodesThatAreNotAdmittedSaySoAndWhoHasToDoWhat() {
        Lab.await("the network says that both nodes are denied", SOON, () -> {
            west.operator().requireAlive();
            return west.said("Ready").startsWith("False AccessDenied: controller " + controller)
                    && west.said("Ready").contains("west-1 (" + west1.address() + ")")
                    && west.said("Ready").contains("west-2 (" + west2.address() + ")");
        });
        assertThat(west.said("Ready")).contains("ZeroTierMember");
        assertThat(west.network().at("/status/controller").asText()).isEqualTo(controller);
        Lab.await(
                "an event says it too",
                SOON,
                () -> west.api().client().v1().events().inNamespace("default").list().getItems().stream()
                        .anyMatch(e -> e.getReason().equals("AccessDenied")
                                && e.getMessage().contains(west2.address())));
        Lab.await("the node says why it serves no pods", SOON, () -> west.api()
                .find("ZeroTierNode", "west-2")
                .at("/status/conditions/0/message")
                .asText()
                .contains("does not admit this node, " + west2.address()));
        assertThat(west1.runtime().ready()).isFalse();
        Lab.await(
                "east lists who asked",
                SOON,
                () -> east.network().at("/status/pending").toString().contains(west2.address()));
    }

    @Test
    @Order(2)
    void whoIsAdmittedServesPodsAndWhoIsNotIsNamed() {
        east.admit("west-1", west1.address());
        west1.awaitServing();
        Lab.await("one node is left to be admitted", SOON, () -> {
            String said = west.said("Ready");
            return said.contains(west2.address()) && !said.contains(west1.address());
        });
        assertThat(west2.runtime().ready()).isFalse();
        east.admit("west-2", west2.address());
        west2.awaitServing();
        Lab.await(
                "all is well",
                SOON,
                () -> west.said("Ready").startsWith("True Joined")
                        && west.said("PodsReachable").startsWith("True RangesAgree")
                        && west.said("BlocksAvailable").startsWith("True"));
        e1 = eastNode.attach("e1");
        w1 = west1.attach("w1");
        w2 = west2.attach("w2");
        assertThat(e1.ipv4()).matches("10\\.80\\.1(2[89]|[3-8]\\d|9[01])\\..*");
        assertThat(List.of(w1.ipv4(), w2.ipv4())).allMatch(ip -> ip.matches("10\\.80\\.(19[2-9]|2\\d\\d)\\..*"));
    }

    @Test
    @Order(3)
    void podsOfBothClustersReachEachOtherBothWays() {
        for (Pod from : List.of(e1, w1, w2)) {
            for (Pod to : List.of(e1, w1, w2)) {
                if (from != to) {
                    for (String ip : List.of(to.ipv4(), to.ipv6())) {
                        Ping.await(from.sandbox(), ip, SOON);
                        assertThat(Ping.count(from.sandbox(), ip, 5)).matches(Ping.Result::complete);
                        assertThat(says(from, to, ip)).isEqualTo(from.sandbox().name());
                    }
                }
            }
        }
    }

    /** TCP; the server sees the pod's own address, not the node's. @return what came */
    private static String says(Pod from, Pod to, String ip) {
        String any = ip.contains(":") ? "::" : "0.0.0.0";
        try (ServerSocket server = Tcp.listen(to.sandbox(), any, PORT);
                Socket out = Tcp.connect(from.sandbox(), ip, PORT);
                Socket in = server.accept()) {
            assertThat(in.getInetAddress().getHostAddress())
                    .isEqualTo(out.getLocalAddress().getHostAddress());
            out.getOutputStream().write(from.sandbox().name().getBytes(UTF_8));
            out.shutdownOutput();
            return new String(in.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Order(4)
    void eachClusterKeepsItsOwn() {
        assertThat(east.remaining())
                .contains("ZeroTierMember/west-1", "ZeroTierMember/west-2", "ZeroTierNode/east-1")
                .doesNotContain("ZeroTierNode/west-1");
        assertThat(west.remaining())
                .containsExactlyInAnyOrder("ZeroTierNetwork/pods", "ZeroTierNode/west-1", "ZeroTierNode/west-2");
        west.admit("stray", west1.address());
        Lab.await("a member is told where it belongs", SOON, () -> KubeApi.said(
                        west.api().find("ZeroTierMember", Cluster.NAMESPACE, "stray"), "Ready")
                .startsWith("False ControllerElsewhere"));
    }

    @Test
    @Order(5)
    void aNodeThatIsTurnedDownSaysSoToItsPods() {
        east.api().apply("""
                apiVersion: wirecloset.io/v1alpha1
                kind: ZeroTierMember
                metadata: {name: west-2, namespace: %s}
                spec: {network: pods, address: "%s", authorized: false, name: west-2}
                """.formatted(Cluster.NAMESPACE, west2.address()));
        Lab.await(
                "west names the node",
                SOON,
                () -> west.said("Ready").startsWith("False AccessDenied")
                        && west.said("Ready").contains(west2.address()));
        Pod late = west2.tryAttach("late");
        assertThat(late.added().error())
                .contains("controller " + controller + " does not admit this node, " + west2.address());
        assertThat(Ping.count(w1.sandbox(), e1.ipv4(), 3)).matches(Ping.Result::complete);
    }
}
