package io.wirecloset.operator.network;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.network;
import static io.wirecloset.operator.Samples.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wirecloset.controller.model.TagDefinition;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.operator.host.ControllerModel;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.network.NetworkPlan.Decision;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkPlanTest {
    private final NetworkPlan plan = new NetworkPlan(CONTROLLER);

    @Test
    void aNetworkIsServedAsWritten() {
        ZeroTierNetwork network = network("pods");
        ZeroTierNetworkSpec.Route route = new ZeroTierNetworkSpec.Route();
        route.target = "192.168.7.0/24";
        route.via = "10.80.0.9";
        network.getSpec().routes.add(route);

        HostedNetwork hosted = serve(network);

        assertThat(NetworkIds.controllerOf(hosted.id())).isEqualTo(CONTROLLER);
        assertThat(hosted.isPrivate()).isTrue();
        assertThat(hosted.mtu()).isEqualTo(2800);
        assertThat(hosted.sixPlane()).isTrue();
        assertThat(hosted.routes())
                .containsExactly(
                        new HostedNetwork.Route("10.80.0.0/16", null),
                        new HostedNetwork.Route("192.168.7.0/24", "10.80.0.9"));
        assertThat(hosted.pools()).containsExactly(new HostedNetwork.Pool("10.80.0.1", "10.80.0.255"));
    }

    @Test
    void theSameNameGivesTheSameIdWhateverElseWasLost() {
        ZeroTierNetwork restored = network("pods");
        restored.getMetadata().setUid("another");
        restored.getMetadata().setCreationTimestamp("2031-01-01T00:00:00Z");
        assertThat(serve(restored).id()).isEqualTo(serve(network("pods")).id());
        assertThat(serve(network("pods")).id())
                .isNotEqualTo(serve(network("other")).id());
    }

    @Test
    void aGivenIdIsUsed() {
        ZeroTierNetwork network = network("pods");
        network.getSpec().networkId = "8056c2e21c000001";
        assertThat(serve(network).id()).isEqualTo(0x8056c2e21c000001L);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("BadNetworkId", "16 hex digits", s -> s.networkId = "8056C2E21C000001"),
                wrong("ForeignNetworkId", "controller is 8056c2e21c", s -> s.networkId = "1122334455000001"),
                wrong("BadMtu", "between 1280 and 10000", s -> s.mtu = 1279),
                wrong("BadMtu", "between 1280 and 10000", s -> s.mtu = 10_001),
                wrong("BadMulticastLimit", "between 0 and 1024", s -> s.multicastLimit = -1),
                wrong("BadRange", "spec.ipv4.route", s -> s.ipv4.route = null),
                wrong("BadRange", "like 10.80.0.0/16", s -> s.ipv4.route = "10.80.0.0"),
                wrong("BadRange", "like 10.80.0.0/16", s -> s.ipv4.members = "10.80.0.256/24"),
                wrong("BadRange", "like 10.80.0.0/16", s -> s.ipv4.members = "10.80.00.0/24"),
                wrong("BadRange", "like 10.80.0.0/16", s -> s.ipv4.nodeBlocks = "10.80.128.0/33"),
                wrong("BadRange", "the range is 10.80.0.0/24", s -> s.ipv4.members = "10.80.0.7/24"),
                wrong("PoolOutsideRoute", "not inside spec.ipv4.route", s -> s.ipv4.members = "10.81.0.0/24"),
                wrong("PoolOutsideRoute", "not inside spec.ipv4.route", s -> s.ipv4.nodeBlocks = "10.0.0.0/8"),
                wrong("PoolsOverlap", "disjoint", s -> s.ipv4.members = "10.80.200.0/24"),
                wrong("BadBlockSize", "not shorter than", s -> s.ipv4.nodeBlockPrefixLength = 16),
                wrong("BadBlockSize", "between 16 and 30", s -> s.ipv4.nodeBlockPrefixLength = 31),
                wrong("BadRoute", "not a range", s -> s.routes.add(route("192.168.7.0", null))),
                wrong("BadRoute", "host bits", s -> s.routes.add(route("192.168.7.1/24", null))),
                wrong("BadRoute", "not an IP address", s -> s.routes.add(route("192.168.7.0/24", "gateway"))),
                wrong("BadRoute", "another family", s -> s.routes.add(route("192.168.7.0/24", "fd00::1"))),
                wrong("TooManyRoutes", "127", s -> {
                    for (int i = 0; i < 128; i++) {
                        s.routes.add(route("192.168." + i + ".0/24", null));
                    }
                }),
                wrong("BadDns", "domain", s -> s.dns = new ZeroTierNetworkSpec.Dns()),
                wrong("BadDns", "not an IP address", s -> {
                    s.dns = new ZeroTierNetworkSpec.Dns();
                    s.dns.domain = "corp.example";
                    s.dns.servers = List.of("ns1");
                }),
                wrong(
                        "BadRules",
                        "line 2, column 27: expected",
                        s -> s.rules = "accept;\ndrop ipprotocol tcp dport http;"),
                wrong("BadHostAccess", "1 to 65535", s -> s.hostAccess.add(new ZeroTierNetworkSpec.HostPort())));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("wrong")
    void aWrongNetworkGetsReasonAndCure(String reason, Consumer<ZeroTierNetworkSpec> mistake, String cure) {
        ZeroTierNetwork network = network("pods");
        mistake.accept(network.getSpec());
        Refusal refusal = refuse(network);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.message()).contains(cure);
    }

    @Test
    void aNetworkWithoutSpecIsRefused() {
        ZeroTierNetwork network = network("pods");
        network.setSpec(null);
        assertThat(refuse(network).reason()).isEqualTo("SpecMissing");
    }

    @Test
    void theYoungerOfTwoWithOneIdIsRefused() {
        ZeroTierNetwork older = network("older");
        older.getSpec().networkId = "8056c2e21c000001";
        ZeroTierNetwork younger = network("a-younger", "10.81");
        younger.getSpec().networkId = "8056c2e21c000001";
        younger.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");

        serve(older, younger);
        assertThat(refuse(younger, older)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("NetworkIdConflict");
            assertThat(r.message()).contains("\"older\"").contains("8056c2e21c000001");
        });
    }

    @Test
    void whoeverHasServedUnderAnIdKeepsItAfterARestoreMadeItYounger() {
        ZeroTierNetwork holder = served(network("holder"), "8056c2e21c000001");
        holder.getSpec().networkId = "8056c2e21c000001";
        holder.getMetadata().setCreationTimestamp("2026-01-03T00:00:00Z");
        ZeroTierNetwork other = network("other", "10.81");
        other.getSpec().networkId = "8056c2e21c000001";

        serve(holder, other);
        assertThat(refuse(other, holder).reason()).isEqualTo("NetworkIdConflict");
    }

    @Test
    void anIdThatMembersKnowIsNotChanged() {
        ZeroTierNetwork network = served(network("pods"), "8056c2e21c000001");
        network.getSpec().networkId = "8056c2e21c000002";
        assertThat(refuse(network)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("NetworkIdChanged");
            assertThat(r.message()).contains("8056c2e21c000001");
        });
    }

    @Test
    void twoNetworksDoNotShareARange() {
        ZeroTierNetwork younger = network("younger");
        younger.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");
        assertThat(refuse(younger, network("pods")).reason()).isEqualTo("RangeConflict");
    }

    @Test
    void onlyOneNetworkIsPrimary() {
        ZeroTierNetwork first = network("pods");
        first.getSpec().primary = true;
        ZeroTierNetwork second = network("second", "10.81");
        second.getSpec().primary = true;
        serve(first, second);
        assertThat(refuse(second, first).reason()).isEqualTo("PrimaryConflict");
    }

    @Test
    void rulesAreCompiledAndWithoutAnyEverythingMayPass() {
        ZeroTierNetwork network = network("pods");
        assertThat(serve(network).rules()).isNull();
        network.getSpec().rules = "tag t id 7 default 3; drop chr tcp_syn; accept;";
        assertThat(serve(network).rules().tags()).containsOnlyKeys("t");
        assertThat(ControllerModel.spec(serve(network)).tags())
                .containsExactly(new TagDefinition(7, OptionalLong.of(3)));
        assertThat(ControllerModel.spec(serve(network)).rules().size()).isEqualTo(3);
    }

    @Test
    void whatTheClusterItselfUsesIsNotTaken() {
        TakenRanges taken = new TakenRanges(
                List.of(Cidr4.parse("10.80.96.0/20")), List.of(new TakenRanges.NodeAddress("n1", "10.81.3.4")));
        assertThat(refuse(plan.decide(network("pods"), List.of(), taken))).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("ServiceRangeConflict");
            assertThat(r.message()).contains("10.80.96.0/20").contains("spec.ipv4.route 10.80.0.0/16");
        });
        assertThat(refuse(plan.decide(network("pods", "10.81"), List.of(), taken)))
                .satisfies(r -> {
                    assertThat(r.reason()).isEqualTo("NodeRangeConflict");
                    assertThat(r.message()).contains("n1").contains("10.81.3.4");
                });
        assertThat(plan.decide(network("pods", "10.82"), List.of(), taken)).isInstanceOf(Decision.Serve.class);
    }

    private static Arguments wrong(String reason, String cure, Consumer<ZeroTierNetworkSpec> mistake) {
        return arguments(reason, named(reason, mistake), cure);
    }

    private static ZeroTierNetworkSpec.Route route(String target, String via) {
        ZeroTierNetworkSpec.Route route = new ZeroTierNetworkSpec.Route();
        route.target = target;
        route.via = via;
        return route;
    }

    private HostedNetwork serve(ZeroTierNetwork network, ZeroTierNetwork... others) {
        Decision decision = plan.decide(network, List.of(others), TakenRanges.NONE);
        assertThat(decision).isInstanceOf(Decision.Serve.class);
        return ((Decision.Serve) decision).network();
    }

    private Refusal refuse(ZeroTierNetwork network, ZeroTierNetwork... others) {
        return refuse(plan.decide(network, List.of(others), TakenRanges.NONE));
    }

    private static Refusal refuse(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refuse.class);
        return ((Decision.Refuse) decision).why();
    }
}
