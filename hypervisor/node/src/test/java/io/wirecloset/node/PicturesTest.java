package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.node.localapi.LocalNode;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** VL2 checklist 58: what a network wishes is shown whole, and what of it the owner's settings leave out is said. */
class PicturesTest {
    private static final NetworkConfig GREEDY = NetworkConfig.builder(0x1234567890000001L, 0x1122334455L)
            .staticAddresses(List.of(InetCidr.parse("10.1.2.3/24")))
            .routes(List.of(Route.via(InetCidr.parse("0.0.0.0/0"), Endpoint.parse("10.1.2.1/0"))))
            .dns(new DnsSettings("pods.example", List.of(Endpoint.parse("10.1.2.1/0"))))
            .build();

    @Test
    void whatIsNotAppliedIsSaid() {
        LocalNode.JoinedNetwork shown = picture(NetworkSettings.DEFAULT, null, "");

        assertThat(shown.reason())
                .isEqualTo("not applied: route 0.0.0.0/0 (allowDefault is off),"
                        + " name servers of pods.example (allowDNS is off)");
        assertThat(shown.routes()).hasSize(1);
        assertThat(shown.dnsDomain()).isEqualTo("pods.example");
        assertThat(shown.dnsServers()).containsExactly("10.1.2.1");
    }

    @Test
    void nothingIsSaidWhenAllIsAllowedAndWorseThingsComeFirst() {
        NetworkSettings all = NetworkSettings.DEFAULT.with("allowDefault", true).with("allowDNS", true);

        assertThat(picture(all, null, "").reason()).isEmpty();
        assertThat(picture(NetworkSettings.DEFAULT, null, "no TAP").reason()).isEqualTo("no TAP");
        assertThat(picture(NetworkSettings.DEFAULT, "no rules", "no TAP").reason())
                .isEqualTo("no rules");
    }

    private static LocalNode.JoinedNetwork picture(NetworkSettings settings, String trouble, String problem) {
        NetworkView view =
                new NetworkView(GREEDY.networkId(), 0x021122334455L, NetworkStatus.OK, trouble, GREEDY, List.of(), 0);
        return Pictures.of(view, settings, "zt0", problem);
    }
}
