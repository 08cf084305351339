package io.wirecloset.vl2.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.Tag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 9, 11 to 14: configurations agree with the given vectors")
class NetworkConfigVectorsTest {
    static Stream<Arguments> recorded() {
        return Vectors.of("vl2-netconf").filter(one -> payload(one).has("bytes"));
    }

    static Stream<Arguments> handMade() {
        return Vectors.of("vl2-netconf").filter(one -> payload(one).has("text"));
    }

    static Stream<Arguments> vl2NetconfRequest() {
        return Vectors.of("vl2-netconf-request");
    }

    private static JsonNode payload(Arguments one) {
        return (JsonNode) ((Named<?>) one.get()[0]).getPayload();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    @DisplayName("VL2 checklist 11: what a stock controller wrote means what it meant")
    void decodes(JsonNode given) {
        NetworkConfig config = NetworkConfig.read(Vectors.bytes(given.get("bytes")));
        JsonNode meaning = given.get("meaning");

        assertScalars(config, meaning);
        assertMembership(config, meaning.get("com"));
        assertThat(config.tags()).extracting(Tag::id).isEqualTo(longs(meaning.get("tags"), "id"));
        assertThat(config.tags()).extracting(Tag::value).isEqualTo(longs(meaning.get("tags"), "value"));
        assertThat(config.capabilities())
                .extracting(Capability::id)
                .isEqualTo(longs(meaning.get("capabilities"), "id"));
        assertThat(config.ownerships()).hasSameSizeAs(meaning.get("certificatesOfOwnership"));
        assertThat(Vectors.hex(config.rules().toBytes()))
                .isEqualTo(meaning.get("rulesHex").asText());
        assertAddresses(config, meaning);
        assertSso(config.sso(), meaning);
    }

    private static void assertMembership(NetworkConfig config, JsonNode meaning) {
        if (meaning == null || meaning.isNull()) {
            assertThat(config.membership()).isNull();
        } else {
            assertThat(Vectors.hex(config.membership().toBytes()))
                    .contains(meaning.get("signature").asText());
        }
    }

    private static void assertScalars(NetworkConfig config, JsonNode meaning) {
        assertThat(config.networkId()).isEqualTo(Vectors.id(meaning.get("networkId")));
        assertThat(config.timestamp()).isEqualTo(meaning.get("timestamp").asLong());
        assertThat(config.credentialWindowMs())
                .isEqualTo(meaning.get("credentialTimeMaxDelta").asLong());
        assertThat(config.revision()).isEqualTo(meaning.get("revision").asLong());
        assertThat(config.issuedTo()).isEqualTo(Vectors.id(meaning.get("issuedTo")));
        assertThat(config.flags()).isEqualTo(Vectors.id(meaning.get("flags")));
        assertThat(config.multicastLimit())
                .isEqualTo(meaning.get("multicastLimit").asLong());
        assertThat(config.isPublic()).isEqualTo(meaning.get("type").asInt() == 1);
        assertThat(config.name()).isEqualTo(meaning.get("name").asText());
        assertThat(config.mtu()).isEqualTo(meaning.get("mtu").asInt());
        if (meaning.has("remoteTraceTarget")) {
            assertThat(config.remoteTraceTarget()).isEqualTo(Vectors.id(meaning.get("remoteTraceTarget")));
            assertThat(config.remoteTraceLevel())
                    .isEqualTo(meaning.get("remoteTraceLevel").asLong());
        }
    }

    private static void assertAddresses(NetworkConfig config, JsonNode meaning) {
        List<Long> specialists = new ArrayList<>();
        meaning.get("specialists").forEach(one -> specialists.add(Vectors.id(one)));
        assertThat(config.specialists())
                .isEqualTo(specialists.stream().mapToLong(one -> one).toArray());
        assertThat(config.staticAddresses()).extracting(Object::toString).isEqualTo(texts(meaning.get("staticIps")));
        List<String> routes = new ArrayList<>();
        meaning.get("routes")
                .forEach(route -> routes.add(route.get("target").asText() + " "
                        + route.get("via").asText() + " " + route.get("flags") + " " + route.get("metric")));
        assertThat(config.routes())
                .extracting(route -> route.target() + " "
                        + (route.isOnLink() ? "null" : route.via().ipText()) + " " + route.flags() + " "
                        + route.metric())
                .isEqualTo(routes);
        assertThat(config.dns().domain())
                .isEqualTo(meaning.get("dns").get("domain").asText());
        assertThat(config.dns().servers())
                .extracting(server -> server.ipText())
                .isEqualTo(texts(meaning.get("dns").get("servers")));
    }

    private static void assertSso(SsoSettings sso, JsonNode meaning) {
        assertThat(sso.enabled()).isEqualTo(meaning.get("ssoEnabled").asBoolean());
        assertThat(sso.version()).isEqualTo(meaning.get("ssoVersion").asInt());
        assertThat(sso.authenticationUrl())
                .isEqualTo(meaning.path("authenticationURL").asText());
        assertThat(sso.authenticationExpiryMs())
                .isEqualTo(meaning.path("authenticationExpiryTime").asLong());
        assertThat(sso.issuerUrl()).isEqualTo(meaning.path("issuerURL").asText());
        assertThat(sso.centralEndpoint())
                .isEqualTo(meaning.path("centralAuthURL").asText());
        assertThat(sso.nonce()).isEqualTo(meaning.path("ssoNonce").asText());
        assertThat(sso.state()).isEqualTo(meaning.path("ssoState").asText());
        assertThat(sso.clientId()).isEqualTo(meaning.path("ssoClientID").asText());
        assertThat(sso.provider()).isEqualTo(meaning.path("ssoProvider").asText());
    }

    @ParameterizedTest
    @MethodSource("recorded")
    @DisplayName("VL2 checklist 12: written by us, the same content has the same bytes")
    void writesTheSameBytes(JsonNode given) {
        byte[] bytes = Vectors.bytes(given.get("bytes"));
        NetworkConfig read = NetworkConfig.read(bytes);
        Dictionary original = Dictionary.read(bytes);

        NetworkConfig made = NetworkConfig.builder(read.networkId(), read.issuedTo())
                .timestamp(read.timestamp())
                .credentialWindowMs(read.credentialWindowMs())
                .revision(read.revision())
                .remoteTrace(read.remoteTraceTarget(), read.remoteTraceLevel())
                .flags(read.flags())
                .multicastLimit(read.multicastLimit())
                .isPublic(read.isPublic())
                .name(read.name())
                .mtu(read.mtu())
                .membership(read.membership())
                // readers sort these; the writer keeps the order it was given
                .capabilities(inOrder(original, "CAP", Capability::read))
                .tags(inOrder(original, "TAG", Tag::read))
                .ownerships(read.ownerships())
                .specialists(read.specialists())
                .routes(read.routes())
                .staticAddresses(read.staticAddresses())
                .rules(read.rules())
                .dns(read.dns())
                .sso(read.sso())
                .build();

        assertThat(Vectors.hex(made.toBytes())).isEqualTo(given.get("bytes").asText());
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 13, 14: what is broken is refused, what is out of range is clamped")
    void handMade(JsonNode given) {
        byte[] text = given.get("text").asText().getBytes(StandardCharsets.ISO_8859_1);
        if (!given.get("valid").asBoolean()) {
            assertThatThrownBy(() -> NetworkConfig.read(text)).isInstanceOf(MalformedException.class);
            return;
        }
        NetworkConfig config = NetworkConfig.read(text);
        assertScalars(config, given.get("meaning"));
        assertThat(config.rules().size())
                .isEqualTo(given.get("meaning").get("ruleCount").asInt());
        assertThat(config.tags()).hasSize(given.get("meaning").get("tagCount").asInt());
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 9: requests")
    void vl2NetconfRequest(JsonNode given) {
        ConfigRequest read = ConfigRequest.read(new WireReader(Vectors.bytes(given.get("payload"))));

        assertThat(read.networkId()).isEqualTo(Vectors.id(given.get("networkId")));
        assertThat(read.haveRevision()).isEqualTo(given.get("haveRevision").asLong());
        assertThat(read.haveTimestamp()).isEqualTo(given.get("haveTimestamp").asLong());
        assertThat(new String(read.metadata().toBytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo(given.get("metadata").asText());

        ConfigRequest ours = new ConfigRequest(
                read.networkId(),
                RequestMetadata.of(12, 1, 14, 1, "linux/x86_64"),
                read.haveRevision(),
                read.haveTimestamp());
        assertThat(Vectors.hex(ours.toBytes())).isEqualTo(given.get("payload").asText());
    }

    private static <C> List<C> inOrder(Dictionary from, String key, Function<WireReader, C> one) {
        WireReader in = new WireReader(from.getBytes(key, new byte[0]));
        List<C> read = new ArrayList<>();
        while (in.hasRemaining()) {
            read.add(one.apply(in));
        }
        return read;
    }

    private static List<Long> longs(JsonNode list, String field) {
        List<Long> values = new ArrayList<>();
        list.forEach(one -> values.add(one.get(field).asLong()));
        return values;
    }

    private static List<String> texts(JsonNode list) {
        List<String> values = new ArrayList<>();
        list.forEach(one -> values.add(one.asText()));
        return values;
    }
}
