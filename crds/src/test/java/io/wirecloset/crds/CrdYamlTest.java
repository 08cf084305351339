package io.wirecloset.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the generated YAML as a user's kubectl would. */
class CrdYamlTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @ParameterizedTest
    @ValueSource(strings = {"zerotiernetworks", "zerotiermembers", "zerotiernodes"})
    void everyFieldHasADescription(String plural) throws IOException {
        List<String> bare = new ArrayList<>();
        collectUndescribed("", schema(plural), bare);
        assertThat(bare).isEmpty();
        assertThat(schema(plural).path("description").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "zerotiernetworks, ztn, Cluster",
        "zerotiermembers, ztm, Namespaced",
        "zerotiernodes, ztnode, Cluster",
    })
    void namesAreWhatTheManualSays(String plural, String shortName, String scope) throws IOException {
        JsonNode spec = crd(plural).path("spec");
        assertThat(spec.path("group").asText()).isEqualTo("wirecloset.io");
        assertThat(spec.path("scope").asText()).isEqualTo(scope);
        assertThat(spec.at("/names/shortNames/0").asText()).isEqualTo(shortName);
        assertThat(spec.at("/names/categories/0").asText()).isEqualTo("wirecloset");
        assertThat(version(plural).at("/subresources/status").isObject()).isTrue();
    }

    @Test
    void columnsStandInReadingOrder() throws IOException {
        assertThat(columns("zerotiernetworks"))
                .containsExactly("Network ID", "Members", "Online", "Ready", "Age", "Primary", "Range", "Message");
        assertThat(columns("zerotiermembers"))
                .containsExactly(
                        "Network", "Address", "Authorized", "IPs", "Online", "Path", "Ready", "Age", "Message");
        assertThat(columns("zerotiernodes"))
                .containsExactly("Address", "Block", "Direct", "Relayed", "Version", "Ready", "Age", "Message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zerotiernetworks", "zerotiermembers", "zerotiernodes"})
    void everyCelRuleHasAMessage(String plural) throws IOException {
        for (JsonNode rules : schema(plural).findValues("x-kubernetes-validations")) {
            for (JsonNode rule : rules) {
                assertThat(rule.path("message").asText())
                        .as(rule.path("rule").asText())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void whatMembersKnowANetworkByIsImmutable() throws IOException {
        assertThat(schema("zerotiernetworks").at("/properties/spec").findValuesAsText("message"))
                .anyMatch(m -> m.startsWith("networkId cannot be changed"))
                .contains(
                        "members must lie inside route",
                        "nodeBlocks must lie inside route",
                        "members and nodeBlocks must not overlap");
        assertThat(schema("zerotiermembers").at("/properties/spec").findValuesAsText("message"))
                .anyMatch(m -> m.startsWith("address cannot be changed"))
                .anyMatch(m -> m.startsWith("identity cannot be changed"))
                .anyMatch(m -> m.startsWith("network cannot be changed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zerotiernetworks", "zerotiermembers", "zerotiernodes"})
    void conditionsMergeByType(String plural) throws IOException {
        JsonNode conditions = schema(plural).at("/properties/status/properties/conditions");
        assertThat(conditions.path("x-kubernetes-list-type").asText()).isEqualTo("map");
        assertThat(conditions.at("/x-kubernetes-list-map-keys/0").asText()).isEqualTo("type");
    }

    @ParameterizedTest
    @CsvSource({
        "zerotiernetworks, io.wirecloset.crds.ZeroTierNetworkSpec",
        "zerotiermembers, io.wirecloset.crds.ZeroTierMemberSpec",
        "zerotiernodes, io.wirecloset.crds.ZeroTierNodeSpec",
    })
    void defaultsOfTheSchemaAreThoseOfTheClasses(String plural, Class<?> type) throws Exception {
        JsonNode java =
                new ObjectMapper().valueToTree(type.getDeclaredConstructor().newInstance());
        schema(plural).at("/properties/spec/properties").properties().forEach(e -> {
            JsonNode inSchema = e.getValue().path("default");
            if (!inSchema.isMissingNode()) {
                assertThat(java.path(e.getKey())).as(e.getKey()).isEqualTo(inSchema);
            }
        });
    }

    @Test
    void aNetworkAUserWouldWriteIsRead() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/network.yaml")) {
            ZeroTierNetwork network = new KubernetesSerialization().unmarshal(in, ZeroTierNetwork.class);
            assertThat(network.getSpec().ipv4.members).isEqualTo("10.80.0.0/24");
            assertThat(network.getSpec().ipv4.nodeBlocks).isEqualTo("10.80.128.0/17");
            assertThat(network.getSpec().ipv4.nodeBlockPrefixLength).isEqualTo(24);
            assertThat(network.getSpec().ipv6.sixPlane).isTrue();
            assertThat(network.getSpec().isPrivate).isTrue();
            assertThat(network.getSpec().mtu).isEqualTo(2800);
            assertThat(network.getStatus()).isNull();
        }
    }

    private static void collectUndescribed(String path, JsonNode schema, List<String> bare) {
        schema.path("properties").properties().forEach(e -> {
            String at = path + "." + e.getKey();
            if (e.getValue().path("description").asText().isEmpty()) {
                bare.add(at);
            }
            collectUndescribed(at, e.getValue(), bare);
            collectUndescribed(at + "[]", e.getValue().path("items"), bare);
        });
    }

    private static List<String> columns(String plural) throws IOException {
        return version(plural).path("additionalPrinterColumns").findValuesAsText("name");
    }

    private static JsonNode schema(String plural) throws IOException {
        return version(plural).at("/schema/openAPIV3Schema");
    }

    private static JsonNode version(String plural) throws IOException {
        JsonNode version = crd(plural).at("/spec/versions/0");
        assertThat(version.path("name").asText()).isEqualTo("v1alpha1");
        return version;
    }

    private static JsonNode crd(String plural) throws IOException {
        String file = "/META-INF/wirecloset/" + plural + ".yaml";
        try (InputStream in = CrdYamlTest.class.getResourceAsStream(file)) {
            return YAML.readTree(in);
        }
    }
}
