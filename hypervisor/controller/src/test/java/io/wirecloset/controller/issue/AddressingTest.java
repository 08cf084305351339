package io.wirecloset.controller.issue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AddressingTest {
    private static final long NETWORK = 0x63f07dc54b00beefL;
    /** For tests in which nothing is left to chance. */
    private static final RandomSource NO_DICE = new Dice(() -> {
        throw new AssertionError("asked for a random number");
    });

    static Stream<Arguments> controllerIpv4Assign() throws IOException {
        try (InputStream in = AddressingTest.class.getResourceAsStream("/vectors/controller-ipv4-assign.json")) {
            List<Arguments> cases = new ArrayList<>();
            for (JsonNode one : new ObjectMapper().readTree(in).get("cases")) {
                cases.add(Arguments.of(Named.of("controller-ipv4-assign #" + cases.size(), one)));
            }
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("Controller checklist 29: the given members get the given addresses")
    void controllerIpv4Assign(JsonNode given) {
        NetworkSpec network = network(given);
        Set<IpAddress> taken = new HashSet<>();
        for (JsonNode request : given.get("requestsInOrder")) {
            long address = Long.parseLong(request.get("member").asText(), 16);
            Member member = Addressing.assign(
                    network, Member.create(NETWORK, address, MemberSpec.AUTHORIZED, 1), taken::contains, NO_DICE);

            List<InetCidr> got = Addressing.staticAddresses(network, member);
            taken.addAll(member.assigned());
            assertThat(got.isEmpty() ? "null" : got.getFirst().toString())
                    .isEqualTo(request.get("assigned").asText());
        }
    }

    private static NetworkSpec network(JsonNode given) {
        List<Route> routes = new ArrayList<>();
        given.get("routes")
                .forEach(route -> routes.add(
                        Route.onLink(InetCidr.parse(route.get("target").asText()))));
        List<AddressPool> pools = new ArrayList<>();
        given.get("pools")
                .forEach(pool -> pools.add(new AddressPool(
                        IpAddress.parse(pool.get("ipRangeStart").asText()),
                        IpAddress.parse(pool.get("ipRangeEnd").asText()))));
        return NetworkSpec.builder()
                .isPrivate(false)
                .assignV4(true)
                .routes(routes)
                .pools(pools)
                .build();
    }

    private static NetworkSpec.Builder tenSlash24() {
        return NetworkSpec.builder()
                .assignV4(true)
                .routes(List.of(Route.onLink(InetCidr.parse("10.0.0.0/24"))))
                .pools(List.of(new AddressPool(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.254"))));
    }

    private static Member member(MemberSpec spec) {
        return Member.create(NETWORK, 0x465b562e8dL, spec, 1);
    }

    private static MemberSpec given(boolean noAutoAssign, String... addresses) {
        return new MemberSpec(
                null,
                true,
                false,
                noAutoAssign,
                Stream.of(addresses).map(IpAddress::parse).toList());
    }

    @Test
    void askingAgainChangesNothing() {
        NetworkSpec network = tenSlash24().build();
        Member once = Addressing.assign(network, member(MemberSpec.AUTHORIZED), ip -> false, NO_DICE);

        assertThat(once.assigned()).hasSize(1);
        assertThat(Addressing.assign(network, once, ip -> false, NO_DICE)).isSameAs(once);
    }

    @Test
    void anAddressGivenByHandIsEnough() {
        Member member = member(given(false, "10.0.0.77"));

        assertThat(Addressing.assign(tenSlash24().build(), member, ip -> false, NO_DICE))
                .isSameAs(member);
    }

    @Test
    void anAddressNoRouteCoversIsLeftOutAndAnotherAssigned() {
        NetworkSpec network = tenSlash24().build();
        Member member = Addressing.assign(network, member(given(false, "192.0.2.1")), ip -> false, NO_DICE);

        assertThat(Addressing.staticAddresses(network, member)).hasSize(1).allMatch(ip -> ip.toString()
                .startsWith("10.0.0."));
    }

    @Test
    void aFullPoolAssignsNothing() {
        Member member = member(MemberSpec.AUTHORIZED);

        assertThat(Addressing.assign(tenSlash24().build(), member, ip -> true, NO_DICE))
                .isSameAs(member);
    }

    @Test
    @DisplayName("Controller checklist 31: noAutoAssignIps stops what is assigned or derived, not what is listed")
    void noAutoAssignLeavesOnlyWhatIsListed() {
        NetworkSpec network = tenSlash24().sixPlane(true).rfc4193(true).build();
        Member member = Addressing.assign(network, member(given(true, "10.0.0.9")), ip -> false, NO_DICE);

        assertThat(Addressing.staticAddresses(network, member))
                .extracting(InetCidr::toString)
                .containsExactly("10.0.0.9/24");
        assertThat(Addressing.hasDerivedAddress(network, member)).isFalse();
    }

    @Test
    @DisplayName("Controller checklist 27: derived addresses first, then those listed with the longest covering prefix")
    void derivedAddressesComeFirstAndPrefixesAreTheLongest() {
        NetworkSpec network = tenSlash24()
                .sixPlane(true)
                .rfc4193(true)
                .routes(List.of(
                        Route.onLink(InetCidr.parse("10.0.0.0/8")), Route.onLink(InetCidr.parse("10.0.0.0/24"))))
                .build();

        assertThat(Addressing.staticAddresses(network, member(given(false, "10.0.0.9", "10.1.0.1"))))
                .extracting(InetCidr::prefixLength)
                .containsExactly(88, 40, 24, 8);
    }

    @Test
    void whenTheRangeMovesTheOldAddressIsGivenBack() {
        NetworkSpec before = tenSlash24().build();
        Member member = Addressing.assign(before, member(MemberSpec.AUTHORIZED), ip -> false, NO_DICE);
        NetworkSpec after = tenSlash24()
                .routes(List.of(Route.onLink(InetCidr.parse("10.9.0.0/24"))))
                .pools(List.of(new AddressPool(IpAddress.parse("10.9.0.1"), IpAddress.parse("10.9.0.254"))))
                .build();

        Member moved = Addressing.assign(after, member, ip -> false, NO_DICE);

        assertThat(moved.assigned()).hasSize(1).allMatch(ip -> ip.toString().startsWith("10.9.0."));
    }

    // Controller checklist 30
    @ParameterizedTest
    @CsvSource({
        "fd00::, fd00::ffff:ffff:ffff:ffff, fd00::46:5b56:2e8d",
        "fd00::5, fd00::ff:ffff:ffff:0, fd00::46:5b56:2e92",
        "fd00::1:0:0:0, fd00::1:ff:ffff:ffff, fd00::1:46:5b56:2e8d"
    })
    void theFirstTryInAWideIpv6PoolIsTheNodesAddress(String start, String end, String expected) {
        Member member =
                Addressing.assign(ipv6("fd00::/64", start, end), member(MemberSpec.AUTHORIZED), ip -> false, NO_DICE);
        assertThat(member.assigned()).containsExactly(IpAddress.parse(expected));
    }

    @Test
    void inANarrowIpv6PoolChanceDecidesAndTheEndIsNeverGiven() {
        NetworkSpec network = ipv6("fd00::/64", "fd00::10", "fd00::20");
        Iterator<Long> dice = List.of(0x1f3L, 0x1fL).iterator();
        Member member = Addressing.assign(
                network, member(MemberSpec.AUTHORIZED), IpAddress.parse("fd00::13")::equals, new Dice(dice::next));
        assertThat(member.assigned()).containsExactly(IpAddress.parse("fd00::1f"));
    }

    @Test
    void anIpv6PoolOverSeveralSubnetsDrawsBothHalves() {
        NetworkSpec network = ipv6("fd00::/48", "fd00:0:0:1::1", "fd00:0:0:3::9");
        Iterator<Long> dice = List.of(5L, 13L).iterator();
        Member member = Addressing.assign(network, member(MemberSpec.AUTHORIZED), ip -> false, new Dice(dice::next));
        assertThat(member.assigned()).containsExactly(IpAddress.parse("fd00:0:0:2::6"));
    }

    @ParameterizedTest
    @CsvSource({"fd01::/64", "::/0"})
    void outsideOfOnLinkIpv6RoutesNothingIsGiven(String route) {
        NetworkSpec network = ipv6(route, "fd00::", "fd00::ffff:ffff:ffff:ffff");
        Member member = Addressing.assign(network, member(MemberSpec.AUTHORIZED), ip -> false, new Dice(() -> 7L));
        assertThat(member.assigned()).isEmpty();
    }

    @Test
    void aRouteWithAGatewayIsNoPlaceForIpv6Addresses() {
        NetworkSpec network = ipv6("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff")
                .with()
                .routes(List.of(Route.via(InetCidr.parse("fd00::/64"), Endpoint.parse("fd00::1/0"))))
                .build();
        Member member = Addressing.assign(network, member(MemberSpec.AUTHORIZED), ip -> false, new Dice(() -> 7L));
        assertThat(member.assigned()).isEmpty();
    }

    @Test
    void bothFamiliesAreAssignedIpv6First() {
        NetworkSpec network = ipv6("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff")
                .with()
                .assignV4(true)
                .routes(List.of(Route.onLink(InetCidr.parse("10.0.0.0/24")), Route.onLink(InetCidr.parse("fd00::/64"))))
                .pools(List.of(
                        new AddressPool(IpAddress.parse("10.0.0.5"), IpAddress.parse("10.0.0.5")),
                        new AddressPool(IpAddress.parse("fd00::"), IpAddress.parse("fd00::ffff:ffff:ffff:ffff"))))
                .build();
        Member member = Addressing.assign(network, member(MemberSpec.AUTHORIZED), ip -> false, NO_DICE);
        assertThat(member.assigned())
                .containsExactly(IpAddress.parse("fd00::46:5b56:2e8d"), IpAddress.parse("10.0.0.5"));
        assertThat(Addressing.assign(network, member, ip -> false, NO_DICE)).isSameAs(member);
    }

    private static NetworkSpec ipv6(String route, String start, String end) {
        return NetworkSpec.builder()
                .assignV6(true)
                .routes(List.of(Route.onLink(InetCidr.parse(route))))
                .pools(List.of(new AddressPool(IpAddress.parse(start), IpAddress.parse(end))))
                .build();
    }

    /** Says what it is told to. */
    private record Dice(Supplier<Long> next) implements RandomSource {
        @Override
        public void fill(byte[] bytes, int offset, int length) {
            throw new AssertionError("not needed here");
        }

        @Override
        public long nextLong() {
            return next.get();
        }

        @Override
        public int nextInt(int bound) {
            throw new AssertionError("not needed here");
        }
    }
}
