package io.wirecloset.operator.network;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.NOW_MS;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.crds.ZeroTierNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkReportTest {
    @Test
    void whereRulesAreNotAskedIsSaidOfNetworksWithPods() {
        ZeroTierNetwork pods = network("pods");
        pods.getSpec().rules = "accept;";
        assertThat(rulesOf(pods)).endsWith("a pod counts as its node, and between pods of one node none is asked");
        pods.getSpec().ipv4.nodeBlocks = null;
        pods.getSpec().ipv6.sixPlane = true;
        assertThat(rulesOf(pods)).endsWith("none is asked");
        pods.getSpec().ipv6.sixPlane = false;
        assertThat(rulesOf(pods)).startsWith("1 entries").doesNotContain("pod");
    }

    private static String rulesOf(ZeroTierNetwork network) {
        return new NetworkReport(CONTROLLER)
                        .status(
                                network,
                                new NetworkPlan(CONTROLLER).decide(network, List.of(), TakenRanges.NONE),
                                List.of(),
                                List.of(),
                                List.of(),
                                NOW_MS)
                        .conditions
                        .stream()
                        .filter(c -> c.type.equals(NetworkReport.RULES_COMPILED))
                        .findFirst()
                        .orElseThrow()
                        .message;
    }
}
