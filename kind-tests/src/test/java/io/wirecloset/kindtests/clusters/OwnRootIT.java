package io.wirecloset.kindtests.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import io.wirecloset.kindtests.stock.NeedsStockClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Acceptance 5, with roots of one's own: devices that keep the public planet, which nobody here reaches, orbit the cluster's
 * moon and meet its pods. As docs/own-roots.md tells it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnRootIT {
    private Cluster cluster;
    private String network;
    private Pod pod;

    @BeforeAll
    void aClusterThatIsItsOwnRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        Lab lab = new Lab("or");
        cluster = new Cluster(lab, Dist.current());
        cluster.startApiInMemory();
        cluster.startOperator(Map.of("WIRECLOSET_ROOT", "true"));
        ClusterNode node = cluster.addNode(lab.behindNat("node", Nat.PORT_RESTRICTED));
        node.startAgent(Map.of());
        cluster.awaitController();
        network = cluster.applyNetwork(Dist.current().sample("network.yaml"));
        node.awaitServing();
        pod = node.attach("pod");
    }

    @AfterAll
    void remove() {
        if (cluster != null) {
            cluster.close();
            assertThat(cluster.lab().leftovers()).isEmpty();
        }
    }

    @Test
    void aNodeOfOursMeetsAPod() throws Exception {
        Host host = cluster.lab().behindNat("laptop", Nat.PORT_RESTRICTED);
        meets(ZeroTierProcess.ours(host, Dist.current(), "node", null, Map.of()));
    }

    @Test
    @NeedsStockClient
    void theStockClientMeetsAPod() throws Exception {
        meets(ZeroTierProcess.stock(cluster.lab().behindNat("stock", Nat.PORT_RESTRICTED), null));
    }

    private void meets(ZeroTierProcess laptop) throws IOException {
        Path moons = Files.createDirectories(laptop.home().resolve("moons.d"));
        Files.write(
                moons.resolve("000000" + network.substring(0, 10) + ".moon"),
                Base64.getDecoder().decode(cluster.published("moon")));
        laptop.start();
        laptop.awaitOnline();
        laptop.join(network);
        cluster.admit(laptop.host().name(), laptop.address());
        String address = laptop.awaitAddress(network);
        assertThat(Ping.count(laptop.host(), pod.ipv4(), 10).received()).isGreaterThanOrEqualTo(8);
        assertThat(Ping.count(pod.sandbox(), address, 10).received()).isGreaterThanOrEqualTo(8);
    }
}
