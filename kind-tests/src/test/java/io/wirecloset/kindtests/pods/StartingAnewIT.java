package io.wirecloset.kindtests.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A cluster whose only root, and whose operator, are away, and whose nodes all start anew. */
class StartingAnewIT {
    private Cluster cluster;

    @BeforeEach
    void comesUp() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        cluster = Cluster.twoClouds(new Lab("anew"), Nat.PORT_RESTRICTED);
    }

    @AfterEach
    void nothingIsLeft() {
        if (cluster != null) {
            cluster.close();
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    @Test
    @DisplayName("nodes behind NATs of their own that forgot each other meet by what the cluster said of them (T20)")
    void nodesThatForgotEachOtherMeetWithoutARoot() throws Exception {
        ClusterNode a = cluster.nodes().getFirst();
        ClusterNode b = cluster.nodes().getLast();
        Pod podA = a.attach("a1");
        Pod podB = b.attach("b1");
        for (ClusterNode node : cluster.nodes()) {
            Lab.await(
                    node.name() + " says where others see it",
                    Duration.ofSeconds(60),
                    () -> cluster.api()
                                    .find("ZeroTierNode", node.name())
                                    .at("/status/surface")
                                    .size()
                            > 0);
            Lab.await(
                    node.name() + " has that of the other on disk",
                    Duration.ofSeconds(30),
                    () -> knowsWhereTheOtherIsSeen(node));
        }

        cluster.operator().kill();
        cluster.root().kill();
        for (ClusterNode node : cluster.nodes()) {
            node.agent().kill();
            forgetPeers(node);
        }
        for (ClusterNode node : cluster.nodes()) {
            node.startAgent(Map.of());
        }
        for (ClusterNode node : cluster.nodes()) {
            node.awaitServing();
            assertThat(Files.readString(node.agent().log()))
                    .as("what is logged before Quarkus has started looks like what is logged after")
                    .contains("INFO  [io.wirecloset.node] ", "INFO  [io.wirecloset.agent.NodeAgent] (upkeep) pods on ")
                    .doesNotContain("INFO: ");
        }

        // both sides send, as NATs ask for
        Daemon back = podB.sandbox().start("ping", Map.of(), "ping", "-n", "-i1", podA.ipv4());
        long startNs = System.nanoTime();
        try {
            Lab.await("pods of the two nodes talk", Duration.ofSeconds(90), () -> Ping.count(
                            podA.sandbox(), podB.ipv4(), 2)
                    .complete());
        } finally {
            back.interrupt();
        }
        Measured.report(String.format(
                "two nodes behind NATs that forgot each other, no root, no operator: pods talk after %.1f s",
                (System.nanoTime() - startNs) / 1e9));
        assertThat(Ping.count(podB.sandbox(), podA.ipv6(), 3).received()).isPositive();
    }

    private boolean knowsWhereTheOtherIsSeen(ClusterNode node) {
        String seen = cluster.nodes().stream()
                .filter(other -> other != node)
                .map(other -> cluster.api()
                        .find("ZeroTierNode", other.name())
                        .at("/status/surface/0")
                        .asText())
                .findFirst()
                .orElseThrow();
        try {
            return Files.readString(node.home().resolve("cluster.json")).contains(seen);
        } catch (IOException e) {
            return false;
        }
    }

    private static void forgetPeers(ClusterNode node) throws IOException {
        Path peers = node.home().resolve("peers.d");
        if (!Files.exists(peers)) {
            return; // killed before it wrote any down
        }
        try (Stream<Path> files = Files.list(peers)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
