package io.wirecloset.vl2.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shown of our own credentials, and in how many packets. VL2 checklist 33. */
class CredentialPushVectorsTest {
    static Stream<Arguments> pushes() {
        return Vectors.of("vl2-announce", "push");
    }

    @ParameterizedTest
    @MethodSource("pushes")
    void agreesWithTheGivenVectors(JsonNode given) {
        NetworkConfig config = NetworkConfig.builder(0x63f07dc54b00beefL, 0x465b562e8dL)
                .membership(CertificateOfMembership.read(new WireReader(Vectors.bytes(given.path("com")))))
                .capabilities(all(given.path("capabilities"), Capability::read))
                .tags(all(given.path("tags"), Tag::read))
                .ownerships(all(given.path("ownership"), CertificateOfOwnership::read))
                .build();

        assertThat(CredentialPush.payloads(config).stream().map(Vectors::hex))
                .containsExactlyElementsOf(
                        StreamSupport.stream(given.path("sends").spliterator(), false)
                                .map(send -> send.path("payload").asText())
                                .toList());
    }

    private static <C> List<C> all(JsonNode hex, Function<WireReader, C> read) {
        List<C> all = new ArrayList<>();
        hex.forEach(one -> all.add(read.apply(new WireReader(Vectors.bytes(one)))));
        return all;
    }
}
