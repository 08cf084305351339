package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.identity;
import static io.wirecloset.operator.Samples.kubeNode;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.operator.host.MemoryControllerHost;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.vl1.wire.NetworkIds;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Resources in, controller state and status out, over HTTP. */
class ReconcilersTest {
    private static final long LAPTOP = 0x1122334455L;

    private final AtomicLong wallMs = new AtomicLong(System.currentTimeMillis());
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
    }

    private void startOperator() {
        host = new MemoryControllerHost(CONTROLLER);
        operator = new OperatorUnderTest(client, host, Duration.ofHours(1), wallMs::get);
    }

    @AfterEach
    void stop() {
        operator.close();
        client.close();
        server.close();
    }

    @Test
    void aNetworkIsServedAndSaysItsId() {
        client.resource(network("pods")).create();
        await().untilAsserted(() -> assertThat(ready("pods").status).isEqualTo("True"));
        ZeroTierNetwork seen = getNetwork("pods");
        assertThat(seen.getStatus().controller).isEqualTo("8056c2e21c");
        assertThat(seen.getStatus().observedGeneration)
                .isEqualTo(seen.getMetadata().getGeneration());
        assertThat(seen.getMetadata().getFinalizers()).containsExactly(Wirecloset.FINALIZER);
        assertThat(seen.getSpec().mtu).isEqualTo(2800);
        assertThat(host.network(id("pods"))).isPresent();
    }

    @Test
    void aWrongNetworkSaysWhyAndIsServedOnceItIsRight() {
        ZeroTierNetwork wrong = network("pods");
        wrong.getSpec().ipv4.members = "10.99.0.0/24";
        client.resource(wrong).create();
        await().untilAsserted(() -> assertThat(ready("pods")).satisfies(c -> {
            assertThat(c.status).isEqualTo("False");
            assertThat(c.reason).isEqualTo("PoolOutsideRoute");
        }));

        client.resources(ZeroTierNetwork.class)
                .withName("pods")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"ipv4\":{\"members\":\"10.80.0.0/24\"}}}");
        await().untilAsserted(() -> assertThat(ready("pods").status).isEqualTo("True"));
        assertThat(host.network(id("pods"))).isPresent();
    }

    @Test
    void whatAConditionSaysIsToldInEventsAndTheSameIsCounted() {
        ZeroTierNetwork wrong = network("pods");
        wrong.getSpec().rules = "accept;\nallow;";
        client.resource(wrong).create();
        await().untilAsserted(() -> assertThat(event("BadRules")).satisfies(e -> {
            assertThat(e.getType()).isEqualTo("Warning");
            assertThat(e.getMessage()).contains("line 2, column 1");
            assertThat(e.getInvolvedObject().getName()).isEqualTo("pods");
        }));
        assertThat(getNetwork("pods").getStatus().conditions)
                .anyMatch(c -> c.type.equals("RulesCompiled") && c.status.equals("False"));

        setRules("accept;");
        await().untilAsserted(() -> assertThat(event("Served").getType()).isEqualTo("Normal"));
        setRules("accept;\\nallow;");
        await().untilAsserted(() -> assertThat(event("BadRules").getCount()).isEqualTo(2));
        // What was in force stays so.
        assertThat(host.network(id("pods")).orElseThrow().rules().rules()).hasSize(1);
    }

    private void setRules(String rules) {
        client.resources(ZeroTierNetwork.class)
                .withName("pods")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"rules\":\"" + rules + "\"}}");
    }

    private Event event(String reason) {
        List<Event> found = client.v1().events().inNamespace("default").list().getItems().stream()
                .filter(e -> e.getReason().equals(reason))
                .filter(e -> !reason.equals("BadRules") || e.getMessage().startsWith("spec.rules"))
                .toList();
        assertThat(found).isNotEmpty();
        return found.getFirst();
    }

    @Test
    void aFullPoolIsTold() {
        ZeroTierNetwork narrow = network("pods");
        narrow.getSpec().ipv4.members = "10.80.0.4/30";
        client.resource(narrow).create();
        await().untilAsserted(() ->
                assertThat(condition("pods", "AddressesAvailable")).isEqualTo("Available"));
        ZeroTierMember laptop = member("laptop", "pods", "1122334455");
        laptop.getSpec().ipAssignments = List.of("10.80.0.5", "10.80.0.6", "10.80.3.6");
        client.resource(laptop).create();
        await().untilAsserted(() ->
                assertThat(condition("pods", "AddressesAvailable")).isEqualTo("PoolFull"));
        // Who writes one more member looks there first.
        client.resource(member("late", "pods", "1122334456")).create();
        await().untilAsserted(() -> {
            assertThat(getMember("late").getStatus()).isNotNull();
            assertThat(getMember("late").getStatus().conditions)
                    .anyMatch(c -> c.type.equals("AddressAssigned") && c.reason.equals("PoolFull"));
        });
    }

    private String condition(String network, String type) {
        assertThat(getNetwork(network).getStatus()).isNotNull();
        return getNetwork(network).getStatus().conditions.stream()
                .filter(c -> c.type.equals(type))
                .map(c -> c.reason)
                .findFirst()
                .orElse("");
    }

    @Test
    void aDeletedNetworkIsForgottenByTheControllerAndItsLoserTakesOver() {
        ZeroTierNetwork first = network("first");
        first.getSpec().networkId = "8056c2e21c000001";
        client.resource(first).create();
        await().untilAsserted(() -> assertThat(ready("first").status).isEqualTo("True"));
        ZeroTierNetwork second = network("second", "10.81");
        second.getSpec().networkId = "8056c2e21c000001";
        client.resource(second).create();
        await().untilAsserted(() -> assertThat(ready("second").reason).isEqualTo("NetworkIdConflict"));

        client.resources(ZeroTierNetwork.class).withName("first").delete();
        await().untilAsserted(() -> assertThat(getNetwork("first")).isNull());
        await().untilAsserted(() -> assertThat(ready("second").status).isEqualTo("True"));
        assertThat(host.network(0x8056c2e21c000001L).orElseThrow().name()).isEqualTo("second");

        client.resources(ZeroTierNetwork.class).withName("second").delete();
        await().untilAsserted(
                        () -> assertThat(host.network(0x8056c2e21c000001L)).isEmpty());
    }

    @Test
    void aMemberIsAdmittedSeenCountedAndForgotten() {
        client.resource(network("pods")).create();
        client.resource(member("laptop", "pods", "1122334455")).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop").reason).isEqualTo("Authorized"));
        assertThat(host.member(id("pods"), LAPTOP)).isPresent();

        host.see(id("pods"), LAPTOP, new Sighting(wallMs.get(), true, "192.0.2.7/9993", "1.14.1"));
        await().untilAsserted(() -> {
            assertThat(getMember("laptop").getStatus().online).isTrue();
            assertThat(getNetwork("pods").getStatus().onlineMembers).isEqualTo(1);
            assertThat(getNetwork("pods").getStatus().authorizedMembers).isEqualTo(1);
        });

        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("laptop")
                .delete();
        await().untilAsserted(() -> assertThat(host.member(id("pods"), LAPTOP)).isEmpty());
        await().untilAsserted(() ->
                assertThat(getNetwork("pods").getStatus().authorizedMembers).isZero());
    }

    @Test
    void aMemberThatLosesAConflictTakesNothingWithIt() {
        client.resource(network("pods")).create();
        client.resource(member("a", "pods", "1122334455")).create();
        await().untilAsserted(() -> assertThat(readyOf("a").status).isEqualTo("True"));
        client.resource(member("b", "pods", "1122334455")).create();
        await().untilAsserted(() -> assertThat(readyOf("b").reason).isEqualTo("Conflict"));

        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("b")
                .delete();
        await().untilAsserted(() -> assertThat(getMember("b")).isNull());
        assertThat(host.member(id("pods"), LAPTOP)).isPresent();
    }

    @Test
    void theLoserOfAConflictIsAdmittedWhenTheWinnerGoes() {
        client.resource(network("pods")).create();
        client.resource(member("a", "pods", "1122334455")).create();
        client.resource(member("b", "pods", "1122334455")).create();
        await().untilAsserted(() -> assertThat(readyOf("b").reason).isEqualTo("Conflict"));
        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("a")
                .delete();
        await().untilAsserted(() -> assertThat(readyOf("b").status).isEqualTo("True"));
        assertThat(host.member(id("pods"), LAPTOP)).isPresent();
    }

    @Test
    void strangersAreListedAndMakeNoObjects() {
        client.resource(network("pods")).create();
        await().untilAsserted(() -> assertThat(ready("pods").status).isEqualTo("True"));
        host.knock(id("pods"), 0xabcdef0123L);
        await().untilAsserted(
                        () -> assertThat(getNetwork("pods").getStatus().pending).containsExactly("abcdef0123"));
        assertThat(members()).isEmpty();
    }

    @Test
    void aNodeOfTheClusterGetsBlockAndMembership() {
        client.resource(network("pods")).create();
        client.resource(kubeNode("n1")).create();
        client.resource(kubeNode("n2")).create();
        await().untilAsserted(() -> {
            assertThat(block("n1")).matches("10\\.80\\.(1[2-9]\\d|2\\d\\d)\\.0/24");
            assertThat(block("n2")).isNotNull().isNotEqualTo(block("n1"));
        });

        agentSays("n1", identity("1122334455"));
        await().untilAsserted(() -> assertThat(members()).singleElement().satisfies(m -> {
            assertThat(m.getMetadata().getName()).isEqualTo("pods-1122334455");
            assertThat(m.getSpec().identity).isEqualTo(identity("1122334455"));
            assertThat(m.getSpec().name).isEqualTo("n1");
        }));
        await().untilAsserted(() -> assertThat(host.member(id("pods"), LAPTOP)).isPresent());

        // What the controller assigned becomes the others' way to the node's block.
        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("pods-1122334455")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"ipAssignments\":[\"10.80.0.5\"]}}");
        await().untilAsserted(() -> assertThat(getNode("n1").getSpec().networks.getFirst().addresses)
                .containsExactly("10.80.0.5"));
    }

    @Test
    void aNodeWithANewIdentityLosesTheOldMembership() {
        client.resource(network("pods")).create();
        client.resource(kubeNode("n1")).create();
        await().untilAsserted(() -> assertThat(getNode("n1")).isNotNull());
        agentSays("n1", identity("1122334455"));
        await().untilAsserted(() -> assertThat(members()).hasSize(1));
        agentSays("n1", identity("aabbccddee"));
        await().untilAsserted(() -> assertThat(members())
                .singleElement()
                .satisfies(m -> assertThat(m.getMetadata().getName()).isEqualTo("pods-aabbccddee")));
    }

    @Test
    void aDeletedNodesBlockWaitsOutItsQuarantine() {
        ZeroTierNetwork narrow = network("pods");
        narrow.getSpec().ipv4.nodeBlocks = "10.80.128.0/24";
        client.resource(narrow).create();
        client.resource(kubeNode("n1")).create();
        await().untilAsserted(() -> assertThat(block("n1")).isEqualTo("10.80.128.0/24"));
        agentSays("n1", identity("1122334455"));
        await().untilAsserted(() -> assertThat(members()).hasSize(1));

        client.nodes().withName("n1").delete();
        await().untilAsserted(() -> assertThat(members()).isEmpty());
        assertThat(getNode("n1").isMarkedForDeletion()).isTrue();

        client.resource(kubeNode("n2")).create();
        await().untilAsserted(() -> {
            assertThat(getNode("n2")).isNotNull();
            assertThat(getNode("n2").getSpec().networks).hasSize(1);
        });
        assertThat(block("n2")).isNull();
        await().untilAsserted(() -> assertThat(getNetwork("pods").getStatus().conditions)
                .anyMatch(c -> c.type.equals("BlocksAvailable")
                        && c.reason.equals("Exhausted")
                        && c.message.contains("for node n2: ")));

        // The node comes back under its name: the same node, the same block, no wait.
        client.resource(kubeNode("n1")).create();
        await().untilAsserted(() -> {
            assertThat(getNode("n1")).isNotNull();
            assertThat(getNode("n1").isMarkedForDeletion()).isFalse();
        });
    }

    @Test
    void whatWasServedGoesOnWhenItIsChangedToSomethingWrongAlsoAfterARestart() {
        client.resource(network("pods")).create();
        client.resource(kubeNode("n1")).create();
        client.resource(member("laptop", "pods", "1122334455")).create();
        await().untilAsserted(() -> {
            assertThat(block("n1")).isNotNull();
            assertThat(readyOf("laptop").status).isEqualTo("True");
        });
        String block = block("n1");
        long id = id("pods");
        edit("{\"mtu\":1400,\"ipv4\":{\"nodeBlocks\":\"10.99.0.0/17\"}}");
        await().untilAsserted(() -> assertThat(ready("pods").reason).isEqualTo("PoolOutsideRoute"));
        assertThat(getNetwork("pods").getStatus().specInForce).contains("10.80.128.0/17");

        for (String next : List.of("n2", "n3")) {
            operator.close();
            startOperator();
            assertThat(host.network(id).orElseThrow().mtu()).isEqualTo(2800);
            assertThat(host.member(id, LAPTOP)).isPresent();
            client.resource(kubeNode(next)).create();
            await().untilAsserted(() -> assertThat(block(next)).startsWith("10.80."));
            assertThat(block("n1")).isEqualTo(block);
            assertThat(ready("pods").reason).isEqualTo("PoolOutsideRoute");
        }

        edit("{\"ipv4\":{\"nodeBlocks\":\"10.80.128.0/17\"}}");
        await().untilAsserted(() -> assertThat(ready("pods").status).isEqualTo("True"));
        assertThat(host.network(id).orElseThrow().mtu()).isEqualTo(1400);
    }

    private void edit(String spec) {
        client.resources(ZeroTierNetwork.class)
                .withName("pods")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
    }

    @Test
    void aRestartRecoversEverythingFromTheResourcesAlone() {
        client.resource(network("pods")).create();
        ZeroTierMember laptop = member("laptop", "pods", "1122334455");
        laptop.getSpec().ipAssignments = List.of("10.80.0.5");
        client.resource(laptop).create();
        client.resource(kubeNode("n1")).create();
        await().untilAsserted(() -> {
            assertThat(block("n1")).isNotNull();
            assertThat(readyOf("laptop").status).isEqualTo("True");
        });
        String blockBefore = block("n1");
        long idBefore = id("pods");
        operator.close();
        client.resources(ZeroTierNetwork.class)
                .withName("pods")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":null}");

        startOperator();

        assertThat(host.network(idBefore)).isPresent();
        assertThat(host.member(idBefore, LAPTOP).orElseThrow().ipAssignments()).containsExactly("10.80.0.5");
        await().untilAsserted(() -> assertThat(id("pods")).isEqualTo(idBefore));
        assertThat(block("n1")).isEqualTo(blockBefore);
    }

    private void agentSays(String node, String identity) {
        client.resources(ZeroTierNode.class)
                .withName(node)
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"identity\":\"" + identity + "\",\"address\":\"" + identity.substring(0, 10)
                                + "\"}}");
    }

    private String block(String node) {
        ZeroTierNode n = getNode(node);
        return n == null || n.getSpec() == null || n.getSpec().networks.isEmpty()
                ? null
                : n.getSpec().networks.getFirst().block;
    }

    private long id(String network) {
        assertThat(getNetwork(network).getStatus()).isNotNull();
        return NetworkIds.parse(getNetwork(network).getStatus().networkId);
    }

    private Condition ready(String network) {
        assertThat(getNetwork(network).getStatus()).isNotNull();
        return getNetwork(network).getStatus().conditions.getFirst();
    }

    private Condition readyOf(String member) {
        assertThat(getMember(member).getStatus()).isNotNull();
        return getMember(member).getStatus().conditions.getFirst();
    }

    private ZeroTierNetwork getNetwork(String name) {
        return client.resources(ZeroTierNetwork.class).withName(name).get();
    }

    private ZeroTierNode getNode(String name) {
        return client.resources(ZeroTierNode.class).withName(name).get();
    }

    private ZeroTierMember getMember(String name) {
        return client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName(name)
                .get();
    }

    private List<ZeroTierMember> members() {
        return client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .list()
                .getItems();
    }
}
