package io.wirecloset.kindtests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.kindtests.cluster.RealServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T29: roles and admission policies of the chart, asked of a real API server with the tokens of our accounts. */
@EnabledIf(value = RealServer.IS_THERE, disabledReason = RealServer.WHY_NOT)
class PoliciesTest {
    private static final String OURS = "wirecloset-system";
    private static final String TEAM = "policies-team";
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<HasMetadata> made = new ArrayList<>();
    private static KubernetesClient admin;
    private static KubernetesClient agent;
    private static KubernetesClient unbound;

    @BeforeAll
    static void install() {
        admin = RealServer.client();
        RealServer.install(admin, Kinds.CHART);
        RealServer.installRoles(admin, Kinds.CHART);
        RealServer.makeNamespace(admin, TEAM);
        make(node("policies-n1"));
        make(node("policies-n2"));
        Pod itself = make(pod("agent-n1", OURS, "policies-n1", "wirecloset-agent"));
        make(pod("here", TEAM, "policies-n1", "default"));
        make(pod("there", TEAM, "policies-n2", "default"));
        make(Kinds.object("ZeroTierNode", "policies-n1", JSON.createObjectNode()));
        make(Kinds.object("ZeroTierNode", "policies-n2", JSON.createObjectNode()));
        agent = RealServer.clientOf(admin, "wirecloset-agent", itself);
        unbound = RealServer.clientOf(admin, "wirecloset-agent", null);
        letAgentsPatchPods();
        make(network("policies-first", """
                {"primary": true, "networkId": "8056c2e21c000001",
                 "ipv4": {"route": "10.80.0.0/16", "members": "10.80.0.0/24", "nodeBlocks": "10.80.128.0/17"},
                 "access": {"members": [
                    {"namespace": "policies-team", "tags": [{"name": "department", "values": ["sales"]}, {"name": "any"}],
                     "capabilities": ["ssh"], "addresses": ["10.80.7.0/24"]},
                    {"namespace": "*", "bridge": true}]}}"""));
        awaitPolicies();
    }

    /** New policies count a moment after they are there. */
    private static void awaitPolicies() {
        await().untilAsserted(() -> assertRefused(
                "is the primary one", () -> tryNetwork("{\"primary\": true, \"ipv6\": {\"sixPlane\": true}}")));
        await().untilAsserted(() ->
                assertRefused("spec.capabilities", () -> tryMember("default", "{\"capabilities\": [\"ssh\"]}")));
        await().untilAsserted(() -> assertRefused("its own node", () -> status(agent, "policies-n2")));
        await().untilAsserted(() -> assertRefused("no more of a pod", () -> annotate(agent, "here", "other")));
    }

    @AfterAll
    static void remove() {
        Collections.reverse(made);
        made.forEach(m -> admin.resource(m).withGracePeriod(0).delete());
        agent.close();
        unbound.close();
        admin.close();
    }

    // ---- agents

    @Test
    void anAgentWritesTheStatusOfItsOwnNodeAndOfNoOther() {
        assertThatCode(() -> status(agent, "policies-n1")).doesNotThrowAnyException();
        assertRefused("an agent writes the status of its own node only", () -> status(agent, "policies-n2"));
        assertRefused("an agent writes the status of its own node only", () -> status(unbound, "policies-n1"));
    }

    @Test
    void ofAPodAnAgentWritesOneAnnotationAndOnItsNodeOnly() {
        assertThatCode(() -> annotate(agent, "here", "wirecloset.io/attachments"))
                .doesNotThrowAnyException();
        assertRefused("pods of its own node only", () -> annotate(agent, "there", "wirecloset.io/attachments"));
        assertRefused("pods of its own node only", () -> annotate(unbound, "here", "wirecloset.io/attachments"));
        assertRefused("no more of a pod", () -> annotate(agent, "here", "kubernetes.io/other"));
        assertRefused("no more of a pod", () -> patch(agent, "here", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}"));
        assertRefused(
                "no more of a pod",
                () -> patch(agent, "here", "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"other\"}]}}"));
        assertThatCode(() -> annotate(admin, "there", "kubernetes.io/other")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "wirecloset-agent, list, wirecloset.io, zerotiernetworks, '', '', true",
        "wirecloset-agent, watch, wirecloset.io, zerotiernodes, '', '', true",
        "wirecloset-agent, patch, wirecloset.io, zerotiernodes, status, '', true",
        "wirecloset-agent, get, '', configmaps, '', wirecloset-cluster, true",
        "wirecloset-agent, patch, wirecloset.io, zerotiernodes, '', '', false",
        "wirecloset-agent, create, wirecloset.io, zerotiernodes, '', '', false",
        "wirecloset-agent, delete, wirecloset.io, zerotiernodes, '', '', false",
        "wirecloset-agent, list, wirecloset.io, zerotiermembers, '', '', false",
        "wirecloset-agent, patch, wirecloset.io, zerotiernetworks, status, '', false",
        "wirecloset-agent, get, '', secrets, '', wirecloset-controller-identity, false",
        "wirecloset-agent, list, '', secrets, '', '', false",
        "wirecloset-agent, get, '', configmaps, '', wirecloset-controller, false",
        "wirecloset-agent, patch, '', nodes, '', '', false",
        "wirecloset-operator, get, '', secrets, '', wirecloset-controller-identity, true",
        "wirecloset-operator, update, coordination.k8s.io, leases, '', wirecloset-operator, true",
        "wirecloset-operator, update, coordination.k8s.io, leases, '', other, false",
        "wirecloset-operator, get, '', secrets, '', other, false",
        "wirecloset-operator, list, '', secrets, '', '', false",
        "wirecloset-operator, delete, '', secrets, '', wirecloset-controller-identity, false",
        "wirecloset-operator, delete, wirecloset.io, zerotiernetworks, '', '', false",
        "wirecloset-operator, patch, wirecloset.io, zerotiernodes, status, '', false",
        "wirecloset-operator, patch, '', nodes, '', '', false",
        "wirecloset-operator, get, '', pods, '', '', false",
        "wirecloset-operator, create, rbac.authorization.k8s.io, clusterroles, '', '', false",
    })
    void anAccountMayWhatItNeedsAndNoMore(
            String account,
            String verb,
            String group,
            String resource,
            String subresource,
            String name,
            boolean expected) {
        var review = admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser("system:serviceaccount:" + OURS + ":" + account)
                        .withNewResourceAttributes()
                        .withNamespace(OURS)
                        .withVerb(verb)
                        .withGroup(group)
                        .withResource(resource)
                        .withSubresource(subresource)
                        .withName(name)
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        assertThat(review.getStatus().getAllowed()).isEqualTo(expected);
    }

    // ---- networks

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{primary: true, ipv6: {sixPlane: true}} | network \"policies-first\" is the primary one",
                "{ipv4: {route: 10.80.0.0/16}} | overlaps 10.80.0.0/16 of network \"policies-first\"",
                "{ipv4: {route: 10.80.4.0/24}} | overlaps 10.80.0.0/16",
                "{ipv4: {route: 10.0.0.0/8}} | overlaps 10.80.0.0/16",
                "{networkId: 8056c2e21c000001} | is that of network \"policies-first\"",
                "{ipv4: {route: 10.81.0.0/16}, networkId: 8056c2e21c000002} | ",
                "{ipv6: {sixPlane: true}} | ",
            })
    void twoNetworksThatCannotBothBeAreRefusedAtOnce(String spec, String refusal) {
        verdict(refusal, () -> tryNetwork(json(spec)));
    }

    @Test
    void theIdOfANetworkThatIsServedIsNotGivenAnotherByWritingItDown() {
        GenericKubernetesResource served =
                make(network("policies-served", "{\"ipv4\": {\"route\": \"10.89.0.0/16\"}}"));
        var patches = admin.genericKubernetesResources(Kinds.GROUP_VERSION, "ZeroTierNetwork")
                .withName(served.getMetadata().getName());
        patches.subresource("status").patch(MERGE, "{\"status\":{\"networkId\":\"8056c2e21c00aaaa\"}}");
        await().untilAsserted(() -> assertRefused(
                "spec.networkId 8056c2e21c00bbbb: members know this network as 8056c2e21c00aaaa",
                () -> patches.patch(MERGE, "{\"spec\":{\"networkId\":\"8056c2e21c00bbbb\"}}")));
        assertThatCode(() -> patches.patch(MERGE, "{\"spec\":{\"networkId\":\"8056c2e21c00aaaa\"}}"))
                .doesNotThrowAnyException();
    }

    // ---- members

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wirecloset-system | {bridge: true, tags: [{name: x, value: y}], ipAssignments: [10.80.9.9]} | ",
                "wirecloset-system | {ipAssignments: [10.80.128.9]} | lies in spec.ipv4.nodeBlocks",
                "policies-team | {} | ",
                "policies-team | {ipAssignments: [10.80.0.9, 10.80.7.9]} | ",
                "policies-team | {ipAssignments: [10.80.8.9]} | spec.ipAssignments: members of namespace \"policies-team\"",
                "policies-team | {ipAssignments: ['fd00::9']} | spec.ipAssignments: members of namespace \"policies-team\"",
                "policies-team | {tags: [{name: department, value: sales}, {name: any, value: '7'}]} | ",
                "policies-team | {tags: [{name: department, value: it}]} | spec.tags: members of namespace \"policies-team\"",
                "policies-team | {tags: [{name: other, value: it}]} | spec.tags: members of namespace \"policies-team\"",
                "policies-team | {capabilities: [ssh]} | ",
                "policies-team | {capabilities: [ssh, root]} | spec.capabilities: members of namespace \"policies-team\"",
                "policies-team | {bridge: true} | spec.bridge: members of namespace \"policies-team\" may not bridge",
                "default | {bridge: true} | ",
                "default | {capabilities: [ssh]} | spec.capabilities: members of namespace \"default\" may not take this on network",
            })
    void aMemberMayWhatItsNamespaceWasGranted(String namespace, String spec, String refusal) {
        verdict(refusal, () -> tryMember(namespace, json(spec)));
    }

    @Test
    void aNamespaceThatANetworkDoesNotNameIsTurnedAway() {
        HasMetadata closed = make(network("policies-closed", "{\"ipv6\": {\"sixPlane\": true}}"));
        try {
            await().untilAsserted(() -> assertRefused(
                    "network \"policies-closed\" does not admit members from namespace \"policies-team\": add it to"
                            + " spec.access.members there",
                    () -> tryMember(TEAM, "{\"network\": \"policies-closed\"}")));
            assertThatCode(() -> tryMember(OURS, "{\"network\": \"policies-closed\"}"))
                    .doesNotThrowAnyException();
        } finally {
            admin.resource(closed).delete();
        }
    }

    @Test
    void aMemberOfAJoinedNetworkIsSentToTheNetworksController() {
        HasMetadata joined = make(network("policies-joined", """
                {"controller": "Joined", "networkId": "1122334455000001", "ipv6": {"sixPlane": true}}"""));
        try {
            await().untilAsserted(() -> assertRefused(
                    "network \"policies-joined\" is joined: its members are admitted where its controller runs",
                    () -> tryMember(OURS, "{\"network\": \"policies-joined\"}")));
        } finally {
            admin.resource(joined).delete();
        }
    }

    private static void verdict(String refusal, Runnable request) {
        if (refusal == null || refusal.isBlank()) {
            assertThatCode(request::run).doesNotThrowAnyException();
        } else {
            assertRefused(refusal, request);
        }
    }

    private static void assertRefused(String why, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(why);
    }

    private static void status(KubernetesClient as, String node) {
        as.genericKubernetesResources(Kinds.GROUP_VERSION, "ZeroTierNode")
                .withName(node)
                .subresource("status")
                .patch(MERGE, "{\"status\":{\"version\":\"" + System.nanoTime() + "\"}}");
    }

    private static void annotate(KubernetesClient as, String pod, String key) {
        patch(as, pod, "{\"metadata\":{\"annotations\":{\"" + key + "\":\"" + System.nanoTime() + "\"}}}");
    }

    private static void patch(KubernetesClient as, String pod, String merge) {
        as.pods().inNamespace(TEAM).withName(pod).patch(MERGE, merge);
    }

    private static void tryNetwork(String spec) {
        admin.resource(network("policies-tried", spec)).dryRun().create();
    }

    private static void tryMember(String namespace, String spec) {
        var whole = JSON.createObjectNode().put("network", "policies-first").put("address", "1a2b3c4d5e");
        whole.setAll((com.fasterxml.jackson.databind.node.ObjectNode) tree(spec));
        var member = Kinds.object("ZeroTierMember", "policies-tried", whole);
        member.withObject("/metadata").put("namespace", namespace);
        admin.resource(JSON.convertValue(member, GenericKubernetesResource.class))
                .dryRun()
                .create();
    }

    private static GenericKubernetesResource network(String name, String spec) {
        return JSON.convertValue(Kinds.object("ZeroTierNetwork", name, tree(spec)), GenericKubernetesResource.class);
    }

    private static com.fasterxml.jackson.databind.JsonNode tree(String json) {
        return Kinds.documents(new java.io.ByteArrayInputStream(json.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .getFirst();
    }

    private static String json(String yaml) {
        return tree(yaml).toString();
    }

    private static Node node(String name) {
        return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
    }

    private static Pod pod(String name, String namespace, String node, String account) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .withServiceAccountName(account)
                .addNewContainer()
                .withName("c")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build();
    }

    private static void letAgentsPatchPods() {
        make(new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("policies-pods")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("pods")
                .withVerbs("get", "patch")
                .endRule()
                .build());
        make(new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("policies-pods")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "policies-pods")
                .addNewSubject("", "ServiceAccount", "wirecloset-agent", OURS)
                .build());
    }

    private static void make(com.fasterxml.jackson.databind.node.ObjectNode resource) {
        make(JSON.convertValue(resource, GenericKubernetesResource.class));
    }

    /** Anew, should an earlier run have been killed. */
    private static <T extends HasMetadata> T make(T resource) {
        admin.resource(resource).withGracePeriod(0).delete();
        T there = admin.resource(resource).create();
        made.add(there);
        return there;
    }
}
