package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.identity;
import static io.wirecloset.operator.Samples.joined;
import static io.wirecloset.operator.Samples.kubeNode;
import static io.wirecloset.operator.Samples.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec.NodeNetwork;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.operator.host.MemoryControllerHost;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A joined network from resource to nodes and back: blocks are handed out here, admission and addresses are not. */
class JoinedNetworkReconcilingTest {
    private static final String ID = "1122334455000001";
    private static final String NODE = "1a2b3c4d5e";

    private ApiServer server;
    private KubernetesClient client;
    private MemoryControllerHost host;
    private OperatorUnderTest operator;

    @BeforeEach
    void start() throws Exception {
        server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        client = server.client();
        OperatorUnderTest.applyCrds(client);
        startOperator();
        client.resource(joined("pods", ID)).create();
        client.resource(kubeNode("n1")).create();
        await().untilAsserted(() -> assertThat(entry().networkId).isEqualTo(ID));
    }

    private void startOperator() {
        host = new MemoryControllerHost(CONTROLLER);
        operator = new OperatorUnderTest(client, host, Duration.ofHours(1), System::currentTimeMillis);
    }

    @AfterEach
    void stop() {
        operator.close();
        client.close();
        server.close();
    }

    @Test
    void aNodeGetsABlockAndNoMembership() {
        assertThat(entry().block).startsWith("10.80.").endsWith("/24");
        assertThat(entry().addresses).isEmpty();
        agentSays("ACCESS_DENIED", "");
        await().untilAsserted(() -> assertThat(ready())
                .startsWith("AccessDenied controller 1122334455 does not admit" + " n1 (" + NODE + ")"));
        assertThat(client.resources(ZeroTierMember.class)
                        .inAnyNamespace()
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(host.network(0x1122334455000001L)).isEmpty();
        await().untilAsserted(() -> assertThat(
                        client.v1().events().inNamespace("default").list().getItems())
                .anyMatch(e ->
                        e.getReason().equals("AccessDenied") && e.getMessage().contains(NODE)));
    }

    @Test
    void whatTheOtherControllerGaveTheNodeBecomesTheOthersWayToItsBlock() {
        agentSays("OK", "\"10.80.0.7\", \"10.80.192.9\", \"192.0.2.7\", \"fd00::7\", \"::::\"");
        await().untilAsserted(() -> assertThat(entry().addresses).containsExactly("10.80.0.7"));
        agentSays("ACCESS_DENIED", "");
        await().untilAsserted(() -> assertThat(ready()).startsWith("AccessDenied"));
        assertThat(entry().addresses).containsExactly("10.80.0.7");
        agentSays("OK", "\"10.80.0.8\"");
        await().untilAsserted(() -> assertThat(entry().addresses).containsExactly("10.80.0.8"));
    }

    @Test
    void aRestartAndAMistakeChangeNothing() {
        agentSays("OK", "\"10.80.0.7\"");
        await().untilAsserted(() -> assertThat(entry().addresses).containsExactly("10.80.0.7"));
        String block = entry().block;
        client.resources(ZeroTierNetwork.class)
                .withName("pods")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"rules\":\"accept;\"}}");
        await().untilAsserted(() -> assertThat(ready()).startsWith("ControllerOnly"));
        operator.close();
        startOperator();
        client.resource(kubeNode("n2")).create();
        await().untilAsserted(() -> assertThat(client.resources(ZeroTierNode.class)
                        .withName("n2")
                        .get()
                        .getSpec()
                        .networks)
                .singleElement()
                .satisfies(n -> assertThat(n.networkId).isEqualTo(ID)));
        assertThat(entry().block).isEqualTo(block);
        assertThat(entry().addresses).containsExactly("10.80.0.7");
    }

    @Test
    void aMemberIsToldWhereItBelongs() {
        client.resource(member("laptop", "pods", "1122334466")).create();
        await().untilAsserted(() -> assertThat(client.resources(ZeroTierMember.class)
                        .inNamespace(NAMESPACE)
                        .withName("laptop")
                        .get()
                        .getStatus()
                        .conditions)
                .singleElement()
                .satisfies(c -> assertThat(c.reason).isEqualTo("ControllerElsewhere")));
    }

    @Test
    void aDeletedNetworkIsLeft() {
        client.resources(ZeroTierNetwork.class).withName("pods").delete();
        await().untilAsserted(() -> assertThat(client.resources(ZeroTierNode.class)
                        .withName("n1")
                        .get()
                        .getSpec()
                        .networks)
                .isEmpty());
    }

    private void agentSays(String state, String addresses) {
        client.resources(ZeroTierNode.class)
                .withName("n1")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"identity": "%s", "address": "%s", "networks":
                          [{"network": "pods", "state": "%s", "addresses": [%s], "onLink": ["10.80.0.0/16"]}]}}""".formatted(identity(NODE), NODE, state, addresses));
    }

    private NodeNetwork entry() {
        List<ZeroTierNode> nodes = client.resources(ZeroTierNode.class).list().getItems().stream()
                .filter(n -> n.getMetadata().getName().equals("n1"))
                .toList();
        assertThat(nodes).hasSize(1);
        assertThat(nodes.getFirst().getSpec().networks).hasSize(1);
        return nodes.getFirst().getSpec().networks.getFirst();
    }

    private String ready() {
        ZeroTierNetwork network =
                client.resources(ZeroTierNetwork.class).withName("pods").get();
        assertThat(network.getStatus()).isNotNull();
        return network.getStatus().conditions.getFirst().reason + " "
                + network.getStatus().conditions.getFirst().message;
    }
}
