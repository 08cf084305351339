package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.CipherSuites;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.PacketSocket;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Transfer;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
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

/** A laptop with the unmodified stock client and a pod, both behind NAT. Acceptance 2. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsStockClient
class StockPodIT {
    private static final Duration TRANSFER = Duration.ofSeconds(30);
    private static final int PINGS = 20;

    private Cluster cluster;
    private ClusterNode node;
    private ZeroTierProcess laptop;
    private Pod pod;

    @BeforeAll
    void theLaptopJoinsThePodsNetwork() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        Lab lab = new Lab("sp");
        cluster = Cluster.twoClouds(lab, Nat.PORT_RESTRICTED);
        node = cluster.nodes().getFirst();
        pod = node.attach("pod");
        laptop = ZeroTierProcess.stock(
                        lab.behindNat("laptop", Nat.PORT_RESTRICTED),
                        cluster.root().planet())
                .start();
        String network = cluster.network().at("/status/networkId").asText();
        cluster.admit("laptop", laptop.address());
        laptop.join(network);
    }

    @AfterAll
    void remove() {
        if (cluster != null) {
            cluster.close();
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    @Test
    @Order(1)
    void theyTalkInSuiteThree() {
        bothWays("suite 3", 3);
    }

    @Test
    @Order(2)
    void theyTalkInSuiteOneWhenOurNodeAnnouncesProtocolEleven() {
        node.agent().stop();
        node.startAgent(Map.of("WIRECLOSET_TEST_PROTOCOL", "11"));
        node.awaitServing();
        bothWays("suite 1", 1);
    }

    /** @param suiteToTheNode what the laptop seals with; to the laptop, which announces protocol 12, it is always 3 */
    private void bothWays(String suite, int suiteToTheNode) {
        String network = cluster.network().at("/status/networkId").asText();
        String address = laptop.awaitAddress(network);
        assertThat(Ping.count(laptop.host(), pod.ipv4(), PINGS).received()).isGreaterThanOrEqualTo(PINGS - 1);
        try (PacketSocket wire = PacketSocket.open(laptop.host())) {
            Ping.burst(laptop.host(), pod.ipv4(), PINGS);
            List<PacketSocket.Frame> frames = wire.drain();
            assertThat(CipherSuites.of(frames, laptop.address(), node.address()))
                    .containsExactly(suiteToTheNode);
            assertThat(CipherSuites.of(frames, node.address(), laptop.address()))
                    .containsExactly(3);
        }
        assertThat(Ping.count(pod.sandbox(), address, PINGS).received()).isGreaterThanOrEqualTo(PINGS - 1);
        Transfer.Moved up = Transfer.during(laptop.host(), pod.sandbox(), pod.ipv4(), TRANSFER);
        Transfer.Moved down = Transfer.during(pod.sandbox(), laptop.host(), address, TRANSFER);
        Measured.report(String.format(
                "stock client and pod, %s, TCP for %d s: %.0f MB/s to the pod, %.0f MB/s to the laptop",
                suite, TRANSFER.toSeconds(), up.megabytesPerSecond(), down.megabytesPerSecond()));
        assertThat(up.bytes()).isPositive();
        assertThat(down.bytes()).isPositive();
    }
}
