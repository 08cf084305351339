package io.wirecloset.vl2.ethernet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl2.Vectors;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 1, 2, 3, 5: MACs, derived addresses, resolution groups")
class AddressVectorsTest {
    static Stream<Arguments> vl1Mac() {
        return Vectors.of("vl1-mac");
    }

    static Stream<Arguments> vl2Addresses() {
        return Vectors.of("vl2-addresses");
    }

    static Stream<Arguments> vl2MulticastGroups() {
        return Vectors.of("vl2-multicast-groups");
    }

    @ParameterizedTest
    @MethodSource
    void vl1Mac(JsonNode given) throws UnknownHostException {
        long networkId = Vectors.id(given.get("network_id"));
        long address = Vectors.id(given.get("address"));

        long mac = Mac.of(address, networkId);

        assertThat(Mac.format(mac)).isEqualTo(given.get("mac").asText());
        assertThat(Mac.addressOf(mac, networkId)).isEqualTo(address);
        assertThat(DerivedAddresses.sixPlane(networkId, address))
                .isEqualTo(ip(given.get("ipv6_6plane").asText()));
        assertThat(DerivedAddresses.rfc4193(networkId, address))
                .isEqualTo(ip(given.get("ipv6_rfc4193").asText()));
        assertThat(DerivedAddresses.linkLocal(mac))
                .isEqualTo(ip(given.get("ipv6_link_local").asText()));
    }

    @ParameterizedTest
    @MethodSource
    void vl2Addresses(JsonNode given) throws UnknownHostException {
        long networkId = Vectors.id(given.get("networkId"));
        long address = Vectors.id(given.get("address"));

        long mac = Mac.of(address, networkId);

        assertThat(mac).isEqualTo(Mac.parse(given.get("mac").asText()));
        assertThat(Mac.isMember(mac, networkId)).isTrue();
        assertThat(Mac.isMulticast(mac)).isFalse();
        assertThat(Mac.firstOctet(networkId)).isEqualTo(given.get("firstOctet").asInt());
        assertThat(Mac.addressOf(mac, networkId)).isEqualTo(Vectors.id(given.get("backToAddress")));
        assertThat(DerivedAddresses.sixPlane(networkId, address)).isEqualTo(Vectors.bytes(given.get("sixplaneHex")));
        assertThat(given.get("sixplane").asText()).endsWith("/" + DerivedAddresses.SIX_PLANE_PREFIX);
        assertThat(DerivedAddresses.rfc4193(networkId, address)).isEqualTo(Vectors.bytes(given.get("rfc4193Hex")));
        assertThat(given.get("rfc4193").asText()).endsWith("/" + DerivedAddresses.RFC4193_PREFIX);
        assertThat(DerivedAddresses.linkLocal(mac))
                .isEqualTo(ip(given.get("linkLocal").asText()));
    }

    @ParameterizedTest
    @MethodSource
    void vl2MulticastGroups(JsonNode given) throws UnknownHostException {
        var group = MulticastGroup.resolutionOf(ip(given.get("ip").asText()));

        assertThat(Mac.format(group.mac())).isEqualTo(given.get("mac").asText());
        assertThat(group.adi()).isEqualTo(given.get("adi").asLong());
    }

    private static byte[] ip(String textWithPrefix) throws UnknownHostException {
        return InetAddress.getByName(textWithPrefix.replaceAll("/.*", "")).getAddress();
    }
}
