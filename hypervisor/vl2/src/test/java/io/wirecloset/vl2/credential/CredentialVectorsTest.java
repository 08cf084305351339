package io.wirecloset.vl2.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.credential.CertificateOfMembership.Qualifier;
import io.wirecloset.vl2.credential.CertificateOfOwnership.Thing;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 22 to 29: credentials agree with the given vectors")
class CredentialVectorsTest {
    static Stream<Arguments> vl2Com() {
        return Vectors.of("vl2-com");
    }

    static Stream<Arguments> vl2ComAgrees() {
        return Vectors.of("vl2-com-agrees");
    }

    static Stream<Arguments> vl2Tag() {
        return Vectors.of("vl2-tag");
    }

    static Stream<Arguments> vl2Capability() {
        return Vectors.of("vl2-capability");
    }

    static Stream<Arguments> vl2Ownership() {
        return Vectors.of("vl2-ownership");
    }

    static Stream<Arguments> vl2Revocation() {
        return Vectors.of("vl2-revocation");
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 22, 23, 24")
    void vl2Com(JsonNode given) {
        switch (given.get("kind").asText()) {
            case "sign" -> {
                Identity member = Identity.parse(given.get("issuedTo").asText());
                CertificateOfMembership issued = CertificateOfMembership.issue(
                        given.get("timestamp").asLong(),
                        given.get("timestampMaxDelta").asLong(),
                        Vectors.id(given.get("networkId")),
                        member,
                        Identity.parse(given.get("signer").asText()));
                assertThat(Vectors.hex(issued.signedMessage()))
                        .isEqualTo(given.get("signInput").asText());
                assertWireForm(issued, given, CertificateOfMembership::read);
                assertThat(issued.qualifiers())
                        .isEqualTo(qualifiers(given.get("meaning").get("qualifiers")));
                assertThat(issued.issuedTo()).isEqualTo(member.address());
                assertThat(issued.windowMs())
                        .isEqualTo(given.get("timestampMaxDelta").asLong());
            }
            case "verify" ->
                assertVerdict(given, CertificateOfMembership.read(reader(given)), knowing(given.get("controller")));
            case "malformed" ->
                assertThatThrownBy(() -> CertificateOfMembership.read(reader(given)))
                        .isInstanceOf(MalformedException.class);
            default -> throw new IllegalStateException(given.get("kind").asText());
        }
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 25")
    void vl2ComAgrees(JsonNode given) {
        var mine = CertificateOfMembership.unsigned(qualifiers(given.get("mine")));
        var theirs = CertificateOfMembership.unsigned(qualifiers(given.get("theirs")));
        Identity other = Identity.parse(given.get("otherIdentity").asText());

        assertThat(mine.agreesWith(theirs, other)).isEqualTo(given.get("agrees").asBoolean());
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 26")
    void vl2Tag(JsonNode given) {
        if (given.get("kind").asText().equals("verify")) {
            assertVerdict(given, Tag.read(reader(given)), knowing(given.get("controller")));
            return;
        }
        JsonNode meaning = given.get("meaning");
        Tag issued = Tag.issue(
                Vectors.id(meaning.get("networkId")),
                meaning.get("timestamp").asLong(),
                meaning.get("id").asLong(),
                meaning.get("value").asLong(),
                Vectors.id(meaning.get("issuedTo")),
                Identity.parse(given.get("signer").asText()));
        assertThat(Vectors.hex(issued.signedMessage()))
                .isEqualTo(given.get("signInput").asText());
        assertThat(issued.toBytes()).hasSize(135);
        assertWireForm(issued, given, Tag::read);
        assertThat(issued.value()).isEqualTo(meaning.get("value").asLong());
        assertThat(issued.signer()).isEqualTo(Vectors.id(meaning.get("signedBy")));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 27")
    void vl2Capability(JsonNode given) {
        if (given.get("kind").asText().equals("verify")) {
            assertVerdict(given, Capability.read(reader(given)), knowing(given.get("knownIdentities")));
            return;
        }
        JsonNode meaning = given.get("meaning");
        JsonNode chain = given.get("signers");
        Capability capability = Capability.issue(
                Vectors.id(meaning.get("networkId")),
                meaning.get("timestamp").asLong(),
                meaning.get("id").asLong(),
                RuleTable.read(Vectors.bytes(meaning.get("rulesHex"))),
                meaning.get("maxCustodyChainLength").asInt(),
                Vectors.id(chain.get(0).get("to")),
                Identity.parse(chain.get(0).get("from").asText()));
        for (int i = 1; i < chain.size(); i++) {
            capability = capability.passedOn(
                    Vectors.id(chain.get(i).get("to")),
                    Identity.parse(chain.get(i).get("from").asText()));
        }
        assertThat(Vectors.hex(capability.signedMessage()))
                .isEqualTo(given.get("signInput").asText());
        assertWireForm(capability, given, Capability::read);
        assertThat(capability.issuedTo()).isEqualTo(Vectors.id(given.get("issuedTo")));
        assertThat(capability.rules().rules()).hasSameSizeAs(meaning.get("rules"));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 28")
    void vl2Ownership(JsonNode given) {
        switch (given.get("kind").asText()) {
            case "sign" -> {
                JsonNode meaning = given.get("meaning");
                List<Thing> things = new ArrayList<>();
                meaning.get("things").forEach(thing -> things.add(thing(thing)));
                var issued = CertificateOfOwnership.issue(
                        Vectors.id(meaning.get("networkId")),
                        meaning.get("timestamp").asLong(),
                        meaning.get("id").asLong(),
                        things,
                        Vectors.id(meaning.get("issuedTo")),
                        Identity.parse(given.get("signer").asText()));
                assertThat(Vectors.hex(issued.signedMessage()))
                        .isEqualTo(given.get("signInput").asText());
                assertWireForm(issued, given, CertificateOfOwnership::read);
            }
            case "verify" ->
                assertVerdict(given, CertificateOfOwnership.read(reader(given)), knowing(given.get("controller")));
            case "owns" ->
                assertThat(owns(
                                CertificateOfOwnership.read(reader(given)),
                                given.get("what").asText()))
                        .isEqualTo(given.get("owns").asBoolean());
            default -> throw new IllegalStateException(given.get("kind").asText());
        }
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 29")
    void vl2Revocation(JsonNode given) {
        if (given.get("kind").asText().equals("verify")) {
            assertVerdict(given, Revocation.read(reader(given)), knowing(given.get("controller")));
            return;
        }
        JsonNode meaning = given.get("meaning");
        Revocation issued = Revocation.issue(
                meaning.get("id").asLong(),
                Vectors.id(meaning.get("networkId")),
                meaning.get("credentialType").asInt(),
                meaning.get("credentialId").asLong(),
                meaning.get("threshold").asLong(),
                Vectors.id(meaning.get("flags")),
                Vectors.id(meaning.get("target")),
                Identity.parse(given.get("signer").asText()));
        assertThat(Vectors.hex(issued.signedMessage()))
                .isEqualTo(given.get("signInput").asText());
        assertWireForm(issued, given, Revocation::read);
        assertThat(issued.isFastPropagating()).isEqualTo((Vectors.id(meaning.get("flags")) & 1) != 0);
    }

    /** Written, it has the given bytes; read, it is the same again and nothing is left over. */
    private static <C extends Credential> void assertWireForm(C issued, JsonNode given, Function<WireReader, C> read) {
        assertThat(Vectors.hex(issued.toBytes())).isEqualTo(given.get("bytes").asText());
        WireReader in = reader(given);
        assertThat(read.apply(in)).isEqualTo(issued).hasSameHashCodeAs(issued);
        assertThat(in.remaining()).isZero();
    }

    private static void assertVerdict(JsonNode given, Credential credential, LongFunction<Identity> identities) {
        Verdict expected =
                switch (given.get("result").asInt()) {
                    case 0 -> Verdict.OK;
                    case 1 -> Verdict.WAIT;
                    default -> Verdict.BAD;
                };
        assertThat(credential.verify(identities)).isEqualTo(expected);
    }

    private static WireReader reader(JsonNode given) {
        return new WireReader(Vectors.bytes(given.get("bytes")));
    }

    /** @param identities one identity, a list of them, or null */
    private static LongFunction<Identity> knowing(JsonNode identities) {
        Map<Long, Identity> known = new HashMap<>();
        for (JsonNode one : identities.isArray() ? identities : List.of(identities)) {
            if (!one.isNull()) {
                Identity identity = Identity.parse(one.asText());
                known.put(identity.address(), identity);
            }
        }
        return known::get;
    }

    private static List<Qualifier> qualifiers(JsonNode list) {
        List<Qualifier> qualifiers = new ArrayList<>();
        list.forEach(q -> qualifiers.add(
                new Qualifier(q.get("id").asLong(), Vectors.id(q.get("value")), Vectors.id(q.get("maxDelta")))));
        return qualifiers;
    }

    private static Thing thing(JsonNode given) {
        byte[] value = Vectors.bytes(given.get("value"));
        return given.get("type").asInt() == Thing.TYPE_MAC ? Thing.mac(Mac.get(value, 0)) : Thing.ip(value);
    }

    private static boolean owns(CertificateOfOwnership certificate, String what) {
        if (what.matches("(..:){5}..")) {
            return certificate.ownsMac(Mac.parse(what));
        }
        byte[] ip = Endpoint.parse(what + "/0").ip();
        return ip.length == 4 ? certificate.ownsIpv4(ip, 0) : certificate.ownsIpv6(ip, 0);
    }
}
