package io.wirecloset.vl2.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.network.HostPolicy.HostRoute;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** VL2 checklist 58. */
class HostPolicyTest {
    private static final HostPolicy EVERYTHING = new HostPolicy(true, List.of(), true, true, true);

    @Test
    void privateAddressesAreGrantedGlobalOnesOnlyWhenAllowed() {
        NetworkConfig config = addresses("10.1.2.3/16", "8.8.4.4/24", "fd00::7/64", "30.0.0.1/8");

        assertThat(HostPolicy.DEFAULT.addresses(config))
                .containsExactly(cidrs("10.1.2.3/16", "fd00::7/64", "30.0.0.1/8"));
        assertThat(EVERYTHING.addresses(config)).hasSize(4);
    }

    @Test
    void loopbackLinkLocalAndMulticastAreNeverGranted() {
        NetworkConfig config =
                addresses("127.0.0.5/8", "169.254.169.254/32", "224.0.0.9/24", "fe80::1:2/64", "::1/128");

        assertThat(EVERYTHING.addresses(config)).isEmpty();
    }

    @Test
    void nothingIsGrantedWhenManagedConfigurationIsOff() {
        HostPolicy off = new HostPolicy(false, List.of(), true, true, true);
        NetworkConfig config = config(List.of("10.1.2.3/16"), Route.onLink(InetCidr.parse("10.9.0.0/16")));

        assertThat(off.addresses(config)).isEmpty();
        assertThat(off.routes(config, true)).isEmpty();
    }

    @Test
    void aListOfNetworksLimitsWhatIsManaged() {
        HostPolicy only = new HostPolicy(true, List.of(InetCidr.parse("10.1.0.0/16")), true, true, false);

        assertThat(only.addresses(addresses("10.1.2.3/24", "10.2.2.3/24"))).containsExactly(cidrs("10.1.2.3/24"));
    }

    @Test
    void routesOnLinkComeBeforeRoutesWithGateways() {
        NetworkConfig config = config(
                List.of("10.1.2.3/24"),
                Route.via(InetCidr.parse("10.3.0.0/16"), Endpoint.parse("10.1.2.1/0")),
                Route.onLink(InetCidr.parse("10.2.0.0/16")));

        assertThat(HostPolicy.DEFAULT.routes(config, true))
                .containsExactly(
                        new HostRoute(InetCidr.parse("10.2.0.0/16"), null, InetCidr.parse("10.1.2.3/24")),
                        new HostRoute(
                                InetCidr.parse("10.3.0.0/16"),
                                Endpoint.parse("10.1.2.1/0"),
                                InetCidr.parse("10.1.2.3/24")));
    }

    @Test
    void routesThroughOurselvesOrImpliedByAnAddressAreLeftOut() {
        NetworkConfig config = config(
                List.of("10.1.2.3/24"),
                Route.onLink(InetCidr.parse("10.1.2.0/24")),
                Route.via(InetCidr.parse("10.7.0.0/16"), Endpoint.parse("10.1.2.3/0")),
                Route.onLink(InetCidr.parse("fd00:1::/32")));

        assertThat(HostPolicy.DEFAULT.routes(config, true)).isEmpty();
    }

    @Test
    void aDefaultRouteIsInstalledAsTwoHalvesWhileOnlineIfAllowed() {
        NetworkConfig config =
                config(List.of("10.1.2.3/24"), Route.via(InetCidr.parse("0.0.0.0/0"), Endpoint.parse("10.1.2.1/0")));

        assertThat(HostPolicy.DEFAULT.routes(config, true)).isEmpty();
        assertThat(EVERYTHING.routes(config, false)).isEmpty();
        assertThat(EVERYTHING.routes(config, true))
                .extracting(route -> route.target().toString())
                .containsExactly("0.0.0.0/1", "128.0.0.0/1");
    }

    @Test
    void theSourceIsTheAddressNearestToTheTarget() {
        NetworkConfig config =
                config(List.of("192.168.5.1/24", "10.1.2.3/24"), Route.onLink(InetCidr.parse("10.2.0.0/16")));

        assertThat(HostPolicy.DEFAULT.routes(config, true).getFirst().source()).hasToString("10.1.2.3/24");
    }

    @Test
    void nameServersAreGrantedOnlyWhenAllowed() {
        DnsSettings dns = new DnsSettings("pods.example", List.of(Endpoint.parse("10.1.2.1/0")));
        NetworkConfig config = NetworkConfig.builder(1, 2).dns(dns).build();

        assertThat(HostPolicy.DEFAULT.dns(config)).isEqualTo(DnsSettings.NONE);
        assertThat(EVERYTHING.dns(config)).isEqualTo(dns);
    }

    /** T36: what a hostile controller would try. */
    @Test
    void aRouteIsJudgedByAllItsAddresses() {
        HostPolicy global = new HostPolicy(true, List.of(), true, false, false);
        for (String wide : List.of(
                "10.0.0.0/1",
                "10.0.0.0/7",
                "172.16.0.0/8",
                "192.168.0.0/15",
                "10.255.255.255/0",
                "fd00::/1",
                "fc00::/6")) {
            assertThat(HostPolicy.DEFAULT.routes(config(wide), true)).as(wide).isEmpty();
            assertThat(HostPolicy.DEFAULT.ignored(config(wide))).as(wide).hasSize(1);
        }
        for (String half : List.of("128.0.0.0/1", "160.0.0.0/4", "8000::/1", "169.0.0.0/8", "c000::/2")) {
            assertThat(global.routes(config(half), true)).as(half).isEmpty();
            assertThat(EVERYTHING.routes(config(half), true)).as(half).hasSize(1);
        }
        for (String never : List.of(
                "127.0.0.0/8",
                "169.254.169.254/32",
                "169.254.0.0/16",
                "224.0.0.0/4",
                "fe80::/64",
                "ff02::1/128",
                "::1/128",
                "0.0.0.0/1",
                "0.0.0.0/8")) {
            assertThat(EVERYTHING.routes(config(never), true)).as(never).isEmpty();
        }
        for (String granted : List.of(
                "10.0.0.0/8",
                "10.96.0.0/12",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "100.64.0.0/10",
                "11.0.0.0/8",
                "fd12:3456::/32",
                "fc00::/7")) {
            assertThat(HostPolicy.DEFAULT.routes(config(granted), true))
                    .as(granted)
                    .hasSize(1);
            assertThat(HostPolicy.DEFAULT.ignored(config(granted))).as(granted).isEmpty();
        }
    }

    private static NetworkConfig config(String target) {
        return config(List.of("192.0.2.7/32", "fd77::1/128"), Route.onLink(InetCidr.parse(target)));
    }

    /** The kernel routes the whole prefix of an address to its device. */
    @Test
    void soIsAnAddressWithItsPrefix() {
        for (String wide :
                List.of("10.1.2.3/1", "10.1.2.3/7", "172.16.0.1/8", "fd00::7/5", "fd00::7/1", "10.1.2.3/0")) {
            assertThat(HostPolicy.DEFAULT.addresses(addresses(wide))).as(wide).isEmpty();
            assertThat(HostPolicy.DEFAULT.ignored(addresses(wide))).as(wide).hasSize(1);
        }
        assertThat(HostPolicy.DEFAULT.addresses(addresses("10.1.2.3/8", "fc00:1::1/40", "30.0.0.1/8", "fd00::7/8")))
                .hasSize(4);
    }

    @Test
    void whatIsNotGrantedIsToldWithTheSettingThatWouldAllowIt() {
        NetworkConfig config = NetworkConfig.builder(1, 2)
                .staticAddresses(List.of(InetCidr.parse("10.1.2.3/24"), InetCidr.parse("8.8.8.8/32")))
                .routes(List.of(
                        Route.onLink(InetCidr.parse("10.2.0.0/16")),
                        Route.via(InetCidr.parse("0.0.0.0/0"), Endpoint.parse("10.1.2.1/0")),
                        Route.onLink(InetCidr.parse("169.254.169.254/32"))))
                .dns(new DnsSettings("pods.example", List.of(Endpoint.parse("10.1.2.1/0"))))
                .remoteTrace(0x1234567890L, 30)
                .build();

        assertThat(HostPolicy.DEFAULT.ignored(config))
                .containsExactly(
                        "address 8.8.8.8/32 (allowGlobal is off)",
                        "route 0.0.0.0/0 (allowDefault is off)",
                        "route 169.254.169.254/32 (of a kind that is never granted)",
                        "name servers of pods.example (allowDNS is off)",
                        "remote trace to 1234567890 (never sent)");
        assertThat(HostPolicy.DEFAULT.addresses(config)).containsExactly(cidrs("10.1.2.3/24"));
        assertThat(HostPolicy.DEFAULT.routes(config, true)).hasSize(1);
        assertThat(EVERYTHING.ignored(config)).hasSize(2);
    }

    private static NetworkConfig addresses(String... ips) {
        return config(List.of(ips));
    }

    private static NetworkConfig config(List<String> ips, Route... routes) {
        return NetworkConfig.builder(1, 2)
                .staticAddresses(ips.stream().map(InetCidr::parse).toList())
                .routes(List.of(routes))
                .build();
    }

    private static InetCidr[] cidrs(String... texts) {
        return Stream.of(texts).map(InetCidr::parse).toArray(InetCidr[]::new);
    }
}
