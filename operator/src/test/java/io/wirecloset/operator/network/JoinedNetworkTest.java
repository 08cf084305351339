package io.wirecloset.operator.network;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.NOW_MS;
import static io.wirecloset.operator.Samples.joined;
import static io.wirecloset.operator.Samples.network;
import static io.wirecloset.operator.Samples.node;
import static io.wirecloset.operator.Samples.on;
import static io.wirecloset.operator.Samples.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.network.NetworkPlan.Decision;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A network that another cluster's controller serves: what is made of the resource, and what its status says. */
class JoinedNetworkTest {
    private static final String ID = "1122334455000001";
    private static final long NETWORK_ID = 0x1122334455000001L;

    private final NetworkPlan plan = new NetworkPlan(CONTROLLER);

    @Test
    void itIsJoinedByItsId() {
        assertThat(plan.decide(joined("pods", ID), List.of(), TakenRanges.NONE))
                .isEqualTo(new Decision.Join(NETWORK_ID));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("NetworkIdMissing", "the 16 digits", s -> s.networkId = null),
                wrong("OwnNetworkId", "leave spec.controller out", s -> s.networkId = "8056c2e21c000001"),
                wrong("BadNetworkId", "has no controller", s -> s.networkId = "ff00160016000000"),
                wrong("ControllerOnly", "spec.private: for the controller", s -> s.isPrivate = false),
                wrong("ControllerOnly", "spec.ipv4.members: ", s -> s.ipv4.members = "10.80.0.0/24"),
                wrong("ControllerOnly", "where 1122334455 runs", s -> s.dns = new ZeroTierNetworkSpec.Dns()),
                wrong("ControllerOnly", "spec.multicastLimit, spec.broadcast: ", s -> {
                    s.multicastLimit = 0;
                    s.broadcast = false;
                }),
                wrong("ControllerOnly", "spec.routes, spec.rules, spec.access.members: ", s -> {
                    s.routes.add(new ZeroTierNetworkSpec.Route());
                    s.rules = "accept;";
                    s.access.members.add(new ZeroTierNetworkSpec.MemberGrant());
                }),
                wrong("PoolOutsideRoute", "not inside spec.ipv4.route", s -> s.ipv4.nodeBlocks = "10.81.0.0/18"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("wrong")
    void aWrongOneGetsReasonAndCure(String reason, Consumer<ZeroTierNetworkSpec> mistake, String cure) {
        ZeroTierNetwork network = joined("pods", ID);
        mistake.accept(network.getSpec());
        Refusal refusal = refuse(network);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.message()).contains(cure);
    }

    @Test
    void aNetworkThatIsNotSaidToBeJoinedIsRefusedWithTheWayToJoinIt() {
        ZeroTierNetwork network = network("pods");
        network.getSpec().networkId = ID;
        assertThat(refuse(network)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("ForeignNetworkId");
            assertThat(r.message()).contains("set spec.controller to Joined");
        });
    }

    @Test
    void whatMembersKnowAsOursIsNotExchangedForAnother() {
        ZeroTierNetwork network = served(joined("pods", ID), "8056c2e21c000001");
        assertThat(refuse(network).reason()).isEqualTo("NetworkIdChanged");
        assertThat(plan.decide(served(joined("pods", ID), ID), List.of(), TakenRanges.NONE))
                .isInstanceOf(Decision.Join.class);
    }

    @Test
    void oneNetworkIsJoinedOnce() {
        ZeroTierNetwork second = joined("second", ID);
        second.getSpec().ipv4.route = "10.81.0.0/16";
        second.getSpec().ipv4.nodeBlocks = "10.81.0.0/18";
        second.getSpec().primary = false;
        assertThat(refuse(plan.decide(second, List.of(joined("pods", ID)), TakenRanges.NONE)))
                .satisfies(r -> {
                    assertThat(r.reason()).isEqualTo("NetworkIdConflict");
                    assertThat(r.message()).contains("a network is joined once");
                });
    }

    // --- what the status says

    @Test
    void nodesThatAreDeniedAreNamedWithTheirAddresses() {
        assertThat(ready(on(node("n1", "pods", null), "1a2b3c4d5e", "ACCESS_DENIED"), good("n2", "2a2b3c4d5e")))
                .satisfies(c -> {
                    assertThat(c.status).isEqualTo("False");
                    assertThat(c.reason).isEqualTo("AccessDenied");
                    assertThat(c.message)
                            .contains("controller 1122334455 does not admit n1 (1a2b3c4d5e): authorize")
                            .doesNotContain("n2");
                });
    }

    @Test
    void ofManyDeniedNodesAFewAreNamed() {
        ZeroTierNode[] many = IntStream.range(0, 40)
                .mapToObj(i -> on(node("n" + i, "pods", null), "1a2b3c4d5e", "ACCESS_DENIED"))
                .toArray(ZeroTierNode[]::new);
        assertThat(ready(many).message).contains(" and 32 more: authorize").hasSizeLessThan(600);
    }

    @Test
    void everyOtherStateHasItsReason() {
        assertThat(ready(on(node("n1", "pods", null), "1a2b3c4d5e", "NOT_FOUND")).reason)
                .isEqualTo("NetworkUnknown");
        assertThat(ready(on(node("n1", "pods", null), "1a2b3c4d5e", "REQUESTING_CONFIGURATION")).reason)
                .isEqualTo("NoAnswer");
        assertThat(ready(node("n1", "pods", null)).reason).isEqualTo("NoAnswer");
        assertThat(ready(on(node("n1", "pods", null), "1a2b3c4d5e", "CLIENT_TOO_OLD")).message)
                .isEqualTo("n1 (1a2b3c4d5e): CLIENT_TOO_OLD");
        assertThat(ready().reason).isEqualTo("NoNodes");
        assertThat(ready(good("n1", "1a2b3c4d5e"))).satisfies(c -> {
            assertThat(c.status).isEqualTo("True");
            assertThat(c.reason).isEqualTo("Joined");
        });
    }

    @Test
    void theStatusSpeaksOfTheOtherController() {
        ZeroTierNetworkStatus status = status(joined("pods", ID), good("n1", "1a2b3c4d5e"));
        assertThat(status.networkId).isEqualTo(ID);
        assertThat(status.controller).isEqualTo("1122334455");
        assertThat(status.nodes).isEqualTo(1);
        assertThat(status.authorizedMembers).isNull();
        assertThat(condition(status, "BlocksAvailable").reason).isEqualTo("Assigned");
    }

    @Test
    void rangesThatDoNotAgreeAreTold() {
        assertThat(reachable(good("n1", "1a2b3c4d5e")).reason).isEqualTo("RangesAgree");

        ZeroTierNode narrow = good("n1", "1a2b3c4d5e");
        narrow.getStatus().networks.getFirst().onLink = List.of("10.80.0.0/17", "fd00::/8");
        assertThat(reachable(narrow)).satisfies(c -> {
            assertThat(c.status).isEqualTo("False");
            assertThat(c.reason).isEqualTo("RouteMissing");
            assertThat(c.message)
                    .contains("on-link at controller 1122334455 is 10.80.0.0/17, fd00::/8")
                    .contains("does not cover 10.80.192.0/18");
        });
        narrow.getStatus().networks.getFirst().onLink = List.of();
        assertThat(reachable(narrow).message).contains("is nothing, which");

        ZeroTierNode taken = good("n1", "1a2b3c4d5e");
        taken.getStatus().networks.getFirst().addresses = List.of("10.80.192.7");
        assertThat(reachable(taken).reason).isEqualTo("BlocksTaken");

        ZeroTierNode bare = good("n1", "1a2b3c4d5e");
        bare.getStatus().networks.getFirst().addresses = List.of("192.0.2.7");
        assertThat(reachable(bare).reason).isEqualTo("NodeAddressMissing");

        ZeroTierNode flat = good("n1", "1a2b3c4d5e");
        flat.getStatus().networks.getFirst().addresses = List.of("10.80.0.7");
        assertThat(reachable(flat).reason).isEqualTo("SixPlaneMissing");
    }

    @Test
    void aNetworkOfIpv6AloneNeedsNoRoute() {
        ZeroTierNetwork network = joined("pods", ID);
        network.getSpec().ipv4 = null;
        ZeroTierNode n1 = good("n1", "1a2b3c4d5e");
        n1.getStatus().networks.getFirst().onLink = List.of();
        assertThat(condition(status(network, n1), "PodsReachable").reason).isEqualTo("RangesAgree");
    }

    private static ZeroTierNode good(String name, String address) {
        ZeroTierNode node = on(node(name, "pods", "10.80.192.0/24"), address, "OK");
        node.getStatus().networks.getFirst().onLink = List.of("10.80.0.0/16");
        node.getStatus().networks.getFirst().addresses = List.of("10.80.0.7", sixPlane(Long.parseLong(address, 16)));
        return node;
    }

    private static String sixPlane(long address) {
        return InetCidr.of(DerivedAddresses.sixPlane(NETWORK_ID, address), DerivedAddresses.SIX_PLANE_PREFIX)
                .ipText();
    }

    private Condition ready(ZeroTierNode... nodes) {
        return condition(status(joined("pods", ID), nodes), Condition.READY);
    }

    private Condition reachable(ZeroTierNode... nodes) {
        return condition(status(joined("pods", ID), nodes), "PodsReachable");
    }

    private ZeroTierNetworkStatus status(ZeroTierNetwork network, ZeroTierNode... nodes) {
        return new NetworkReport(CONTROLLER)
                .status(
                        network,
                        plan.decide(network, List.of(), TakenRanges.NONE),
                        List.of(),
                        List.of(nodes),
                        List.of(),
                        NOW_MS);
    }

    private static Condition condition(ZeroTierNetworkStatus status, String type) {
        return status.conditions.stream()
                .filter(c -> c.type.equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static Arguments wrong(String reason, String cure, Consumer<ZeroTierNetworkSpec> mistake) {
        return arguments(reason, named(reason, mistake), cure);
    }

    private Refusal refuse(ZeroTierNetwork network) {
        return refuse(plan.decide(network, List.of(), TakenRanges.NONE));
    }

    private static Refusal refuse(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refuse.class);
        return ((Decision.Refuse) decision).why();
    }
}
