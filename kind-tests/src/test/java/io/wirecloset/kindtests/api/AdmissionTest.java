package io.wirecloset.kindtests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.wirecloset.kindtests.cluster.RealServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server says of our kinds what the schemas and rules mean. Nothing is left there but the definitions. */
@EnabledIf(value = RealServer.IS_THERE, disabledReason = RealServer.WHY_NOT)
class AdmissionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, JsonNode> SCHEMAS = Kinds.schemas();
    private static KubernetesClient client;

    @BeforeAll
    static void install() {
        client = RealServer.client();
        RealServer.install(client, Kinds.CHART);
    }

    @AfterAll
    static void close() {
        client.close();
    }

    @ParameterizedTest
    @MethodSource("io.wirecloset.kindtests.api.SchemaTest#cases")
    void aRuleAcceptsWhatKeepsItAndSaysWhyItRefusesWhatBreaksIt(JsonNode oneCase) {
        String kind = oneCase.path("kind").asText();
        if (!oneCase.has("from")) {
            assertThatCode(() -> create(kind, oneCase.path("good"))).doesNotThrowAnyException();
            assertRefused(oneCase, () -> create(kind, oneCase.path("bad")));
            return;
        }
        GenericKubernetesResource before = resource(Kinds.object(kind, "before", oneCase.path("from")));
        client.resource(before).create();
        try {
            assertThatCode(() -> change(before, oneCase.path("good"))).doesNotThrowAnyException();
            assertRefused(oneCase, () -> change(before, oneCase.path("bad")));
        } finally {
            client.resource(before).delete();
        }
    }

    private static void assertRefused(JsonNode oneCase, Runnable request) {
        assertThatThrownBy(request::run).isInstanceOfSatisfying(KubernetesClientException.class, e -> {
            assertThat(e.getCode()).isEqualTo(422);
            assertThat(e.getMessage()).contains(oneCase.path("message").asText());
        });
    }

    private static GenericKubernetesResource create(String kind, JsonNode spec) {
        return client.resource(resource(Kinds.object(kind, "tried", spec)))
                .dryRun()
                .create();
    }

    private static void change(GenericKubernetesResource before, JsonNode spec) {
        ObjectNode now = JSON.valueToTree(client.resource(before).get());
        now.set("spec", spec);
        client.resource(resource(now)).dryRun().update();
    }

    @ParameterizedTest
    @MethodSource("io.wirecloset.kindtests.api.SchemaTest#complete")
    void everyBoundOfTheSchemaIsEnforced(JsonNode complete) {
        String kind = complete.path("kind").asText();
        assertThatCode(() -> create(kind, complete.path("spec"))).doesNotThrowAnyException();
        JsonNode schema = SCHEMAS.get(kind).at("/properties/spec");
        assertThat(Bounds.breaches(schema, complete.path("spec")))
                .allSatisfy(breach -> assertThatThrownBy(() -> create(kind, breach.value()))
                        .as(breach.toString())
                        .isInstanceOf(KubernetesClientException.class)
                        .hasMessageContaining("spec" + breach.path()));
    }

    @ParameterizedTest
    @MethodSource("io.wirecloset.kindtests.api.SchemaTest#samples")
    void everySampleOfTheManualIsAccepted(Path file) throws IOException {
        for (JsonNode sample : Kinds.documents(Files.newInputStream(file))) {
            ObjectNode resource = sample.deepCopy();
            // The namespace of a sample is the reader's.
            if (resource.at("/metadata/namespace").isTextual()) {
                ((ObjectNode) resource.path("metadata")).put("namespace", "wirecloset-system");
            }
            assertThatCode(() -> client.resource(resource(resource)).dryRun().create())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        JsonNode network = JSON.valueToTree(create("ZeroTierNetwork", tree("""
                {"ipv4": {"route": "10.80.0.0/16"}, "hostAccess": [{"port": 53}]}""")));
        assertThat(network.path("spec")).isEqualTo(tree("""
                {"controller": "Own", "private": true, "ipv4": {"route": "10.80.0.0/16", "nodeBlockPrefixLength": 24},
                 "ipv6": {"sixPlane": false, "rfc4193": false}, "mtu": 2800, "multicastLimit": 32, "broadcast": true,
                 "primary": false, "hostAccess": [{"port": 53, "protocol": "TCP"}], "access": {"members": [], "pods": []}}"""));
        JsonNode member = JSON.valueToTree(create("ZeroTierMember", tree("""
                {"network": "pods", "address": "1a2b3c4d5e"}""")));
        assertThat(member.path("spec")).isEqualTo(tree("""
                {"network": "pods", "address": "1a2b3c4d5e", "authorized": true, "noAutoAssignIps": false,
                 "bridge": false}"""));
    }

    @Test
    void columnsShortNamesAndFieldSelectorsAreServed() {
        JsonNode ours = tree(client.raw("/apis/" + Kinds.GROUP_VERSION));
        assertThat(ours.findValues("shortNames").stream().map(JsonNode::toString))
                .containsExactlyInAnyOrder("[\"ztn\"]", "[\"ztm\"]", "[\"ztnode\"]");
        assertThat(ours.findValues("categories")).hasSize(3).allSatisfy(c -> assertThat(c.toString())
                .isEqualTo("[\"wirecloset\"]"));
        assertThat(client.genericKubernetesResources(Kinds.GROUP_VERSION, "ZeroTierMember")
                        .inAnyNamespace()
                        .withField("spec.network", "none")
                        .list()
                        .getItems())
                .isEmpty();
    }

    /** The server's own manual, which kubectl explain prints: no field of ours without a word. */
    @Test
    void everyFieldIsExplainedByTheServer() {
        JsonNode manual = tree(client.raw("/openapi/v3/apis/" + Kinds.GROUP_VERSION));
        List.of("ZeroTierNetwork", "ZeroTierMember", "ZeroTierNode").forEach(kind -> {
            JsonNode schema = manual.at("/components/schemas/io.wirecloset.v1alpha1." + kind);
            assertThat(schema.path("description").asText()).isNotEmpty();
            assertThat(undescribed(kind, schema)).isEmpty();
        });
    }

    private static Stream<String> walk(String at, JsonNode schema) {
        return schema.path("properties").properties().stream()
                .filter(e -> !e.getKey().equals("metadata"))
                .flatMap(e -> {
                    String there = at + "." + e.getKey();
                    Stream<String> bare =
                            e.getValue().path("description").asText().isEmpty() ? Stream.of(there) : Stream.empty();
                    return Stream.of(
                                    bare,
                                    walk(there, e.getValue()),
                                    walk(there, e.getValue().path("items")))
                            .flatMap(s -> s);
                });
    }

    private static List<String> undescribed(String kind, JsonNode schema) {
        return walk(kind, schema).toList();
    }

    private static GenericKubernetesResource resource(JsonNode json) {
        return JSON.convertValue(json, GenericKubernetesResource.class);
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
