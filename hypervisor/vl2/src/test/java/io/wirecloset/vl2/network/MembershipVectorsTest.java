package io.wirecloset.vl2.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences of credentials and what is believed after them. VL2 checklist 30, 31, 32, 38. */
class MembershipVectorsTest {
    static Stream<Arguments> cases() {
        return Vectors.of("vl2-membership");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheGivenVectors(JsonNode given) {
        Identity controller = Identity.parse(given.path("controller").asText());
        Membership membership = new Membership();

        for (JsonNode step : given.path("steps")) {
            Membership.Stored stored =
                    membership.add(credential(step), address -> address == controller.address() ? controller : null);
            assertThat(stored.name())
                    .as(step.path("type").asText())
                    .isEqualTo(step.path("result").asText());
        }

        JsonNode network = given.path("network");
        CertificateOfMembership ours = CertificateOfMembership.read(new WireReader(Vectors.bytes(network.path("com"))));
        Identity target = Identity.parse(given.path("target").asText());
        assertThat(membership.agrees(ours, target))
                .isEqualTo(given.path("allowed").asBoolean());
        assertThat(valid(membership, Credential.TYPE_TAG, network)).isEqualTo(ids(given.path("validTags")));
        assertThat(valid(membership, Credential.TYPE_CAPABILITY, network))
                .isEqualTo(ids(given.path("validCapabilities")));
        assertThat(valid(membership, Credential.TYPE_OWNERSHIP, network)).isEqualTo(ids(given.path("validOwnership")));
    }

    private static Credential credential(JsonNode step) {
        WireReader in = new WireReader(Vectors.bytes(step.path("bytes")));
        return switch (step.path("type").asText()) {
            case "com" -> CertificateOfMembership.read(in);
            case "tag" -> Tag.read(in);
            case "cap" -> Capability.read(in);
            case "coo" -> CertificateOfOwnership.read(in);
            default -> Revocation.read(in);
        };
    }

    private static List<Long> valid(Membership membership, int type, JsonNode network) {
        return membership
                .valid(
                        network.path("timestamp").asLong(),
                        network.path("credentialTimeMaxDelta").asLong())
                .stream()
                .filter(credential -> credential.type() == type)
                .map(Credential::id)
                .sorted()
                .toList();
    }

    private static List<Long> ids(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asLong)
                .sorted()
                .toList();
    }
}
