package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final long NETWORK = 0x8056c2e21c000001L;

    private final Overlay overlay = new Overlay(
            endpoint -> endpoint.equals(Endpoint.parse("10.200.0.1/9993")),
            List.of(InetCidr.parse("172.20.0.0/16"), InetCidr.parse("fd00::/8")));

    @Test
    void whatLiesInANetworkIsNoPathAsLongAsItIsJoined() {
        Endpoint inside = Endpoint.parse("10.90.0.7/9993");
        assertThat(overlay.forbids(inside)).isFalse();
        overlay.changed(view("10.90.0.1/24"));
        assertThat(overlay.forbids(inside)).isTrue();
        assertThat(overlay.forbids(Endpoint.parse("10.90.1.7/9993"))).isFalse();
        overlay.left(NETWORK);
        assertThat(overlay.forbids(inside)).isFalse();
    }

    @Test
    void onlyOurOwnAddressesThereAreNotBound() {
        overlay.changed(view("10.90.0.1/24"));
        assertThat(overlay.forbidsBinding(Endpoint.parse("10.90.0.1/0"))).isTrue();
        assertThat(overlay.forbidsBinding(Endpoint.parse("10.90.0.7/0"))).isFalse();
    }

    @Test
    void whatTheOwnerForbidsIsNeither() {
        for (String text : List.of("172.20.3.4/9993", "fd00::1/9993", "10.200.0.1/9993")) {
            assertThat(overlay.forbids(Endpoint.parse(text))).isTrue();
            assertThat(overlay.forbidsBinding(Endpoint.parse(text))).isTrue();
        }
    }

    private static NetworkView view(String address) {
        NetworkConfig config = NetworkConfig.builder(NETWORK, 0x1122334455L)
                .staticAddresses(List.of(InetCidr.parse(address)))
                .build();
        return new NetworkView(NETWORK, 0, NetworkStatus.OK, null, config, List.of(), 0);
    }
}
