package io.wirecloset.transport.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.TestNetworks;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsRoot
class NetlinkTest {
    private NetworkNamespace host;
    private NetworkNamespace pod;
    private Netlink netlink;
    private Netlink inPod;

    @BeforeEach
    void open() throws IOException {
        host = TestNetworks.namespace();
        pod = TestNetworks.namespace();
        netlink = Netlink.openIn(host);
        inPod = Netlink.openIn(pod);
    }

    @AfterEach
    void close() {
        netlink.close();
        inPod.close();
        host.close();
        pod.close();
    }

    @Test
    void aVethIsBornWithBothHalvesWhereTheyBelong() throws Exception {
        int index = netlink.createVeth(
                LinkSettings.named("wc1").withMtu(2800).withAlias("pod blue/a").setUp(),
                LinkSettings.named("eth0")
                        .withMtu(2800)
                        .withMac(0x02_11_22_33_44_55L)
                        .in(pod)
                        .setUp());

        Link here = netlink.link(index).orElseThrow();
        Link there = inPod.link("eth0").orElseThrow();
        assertThat(here.name()).isEqualTo("wc1");
        assertThat(here.alias()).isEqualTo("pod blue/a");
        assertThat(here.kind()).isEqualTo("veth");
        assertThat(here.mtu()).isEqualTo(2800);
        assertThat(here.peerIndex()).isEqualTo(there.index());
        assertThat(here.isUp()).isTrue();
        assertThat(there.mac()).isEqualTo(0x02_11_22_33_44_55L);
        assertThat(there.hasCarrier()).isTrue();
        assertThat(netlink.link("eth0")).isEmpty();
        assertThat(netlink.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "wc1");
    }

    @Test
    void aLinkIsChangedAndRemoved() throws Exception {
        int index = netlink.createLink("bridge", LinkSettings.named("d0"));
        netlink.setMtu(index, 1400);
        netlink.setMac(index, 0x02_00_00_00_00_01L);
        netlink.setAlias(index, "alias");
        netlink.rename(index, "d1");
        TestNetworks.run(
                host, "ip", "link", "property", "add", "dev", "d1", "altname", "a-much-longer-name-than-fifteen");
        netlink.setUp(index);

        Link changed = netlink.link("a-much-longer-name-than-fifteen").orElseThrow();
        assertThat(changed.name()).isEqualTo("d1");
        assertThat(changed.mtu()).isEqualTo(1400);
        assertThat(changed.mac()).isEqualTo(0x02_00_00_00_00_01L);
        assertThat(changed.alias()).isEqualTo("alias");
        assertThat(changed.isUp()).isTrue();
        netlink.setDown(index);
        assertThat(netlink.link(index).orElseThrow().isUp()).isFalse();

        assertThat(netlink.deleteLink(index)).isTrue();
        assertThat(netlink.deleteLink(index)).isFalse();
    }

    @Test
    void manyLinksAreDeletedTogetherAndTheGonePassedOver() throws Exception {
        int kept = netlink.createLink("bridge", LinkSettings.named("kept"));
        List<Integer> doomed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            doomed.add(netlink.createVeth(
                    LinkSettings.named("d" + i), LinkSettings.named("e" + i).in(pod)));
        }
        netlink.deleteLink(doomed.get(7));
        try (Netlink other = netlink.another()) {
            other.deleteLinks(doomed);
            other.deleteLinks(doomed);
            other.deleteLinks(List.of());
        }
        assertThat(netlink.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "kept");
        assertThat(inPod.links()).extracting(Link::name).containsExactly("lo");
        netlink.deleteLink(kept);
    }

    @Test
    void aLinksRateIsLimitedAndChanged() throws Exception {
        int index = netlink.createVeth(LinkSettings.named("d0"), LinkSettings.named("d1"));
        netlink.limitRate(index, 125_000, 64 * 1024, 100_000);
        netlink.limitRate(index, 10_000_000_000L, 1 << 20, 1 << 20); // more than 32 bits can say
        netlink.deleteLink(index);
        assertThatThrownBy(() -> netlink.limitRate(index, 1, 1, 1)).isInstanceOf(NetlinkException.class);
    }

    @Test
    void aLinkMovesWithANewName() throws Exception {
        int index = netlink.createVeth(LinkSettings.named("d0"), LinkSettings.named("d1"));
        netlink.moveTo(index, pod, "moved");
        assertThat(netlink.link("d0")).isEmpty();
        assertThat(inPod.link("moved")).isPresent();
    }

    @Test
    void aBridgeTakesInAndLetsGo() throws Exception {
        int bridge = netlink.createLink("bridge", LinkSettings.named("br0"));
        int index = netlink.createVeth(LinkSettings.named("v0"), LinkSettings.named("v1"));
        netlink.setMaster(index, bridge);
        assertThat(netlink.link(index).orElseThrow().masterIndex()).isEqualTo(bridge);
        netlink.setMaster(index, 0);
        assertThat(netlink.link(index).orElseThrow().masterIndex()).isZero();
    }

    @Test
    void addressesComeAndGo() throws Exception {
        int index = netlink.createLink("bridge", LinkSettings.named("d0").setUp());
        IpPrefix v4 = IpPrefix.parse("10.1.2.3/24");
        IpPrefix v6 = IpPrefix.parse("fd00::5/64");
        netlink.putAddress(Address.of(index, v4).withoutPrefixRoute());
        netlink.putAddress(Address.of(index, v4).withoutPrefixRoute());
        netlink.putAddress(Address.of(index, v6).withoutDad().withoutPrefixRoute());

        assertThat(netlink.addresses(index)).extracting(Address::prefix).contains(v4, v6);
        Address read = netlink.addresses(index).stream()
                .filter(a -> a.prefix().equals(v6))
                .findFirst()
                .orElseThrow();
        assertThat(read.has(Address.NO_PREFIX_ROUTE)).isTrue();
        assertThat(read.has(Address.TENTATIVE)).isFalse();
        assertThat(netlink.routes(Route.TABLE_MAIN))
                .extracting(Route::destination)
                .doesNotContain(v4.network(), v6.network());

        assertThat(netlink.deleteAddress(index, v4)).isTrue();
        assertThat(netlink.deleteAddress(index, v4)).isFalse();
        assertThat(netlink.deleteAddress(index, v6)).isTrue();
        assertThat(netlink.deleteAddress(index, v6)).isFalse();
        assertThat(netlink.addresses(999_999)).isEmpty();
    }

    @Test
    void aPodsRoutesAreWritten() throws Exception {
        int index = netlink.createLink("bridge", LinkSettings.named("d0").setUp());
        InetAddress gateway = InetAddress.ofLiteral("169.254.1.1");
        Route link = Route.onLink(IpPrefix.host(gateway), index);
        Route byDefault = Route.via(IpPrefix.parse("0.0.0.0/0"), gateway, index)
                .withGatewayOnLink()
                .withMtu(1400)
                .withAdvertisedMss(1360);
        netlink.addRoute(link);
        netlink.addRoute(byDefault);
        Route v6 = Route.via(IpPrefix.parse("::/0"), InetAddress.ofLiteral("fe80::1"), index)
                .withGatewayOnLink()
                .withMetric(77)
                .withTable(1000);
        netlink.addRoute(v6);

        List<Route> main = netlink.routes(Route.TABLE_MAIN);
        assertThat(main).contains(link, byDefault);
        Route read = netlink.routes(1000).get(0);
        assertThat(read.gateway()).isEqualTo(v6.gateway());
        assertThat(read.metric()).isEqualTo(77);
        assertThat(read.protocol()).isEqualTo(Route.OURS);
        assertThat(read.destination()).isEqualTo(v6.destination());

        assertThatThrownBy(() -> netlink.addRoute(byDefault))
                .isInstanceOfSatisfying(
                        NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        netlink.replaceRoute(byDefault.withMtu(1300));
        assertThat(netlink.routes(Route.TABLE_MAIN))
                .contains(byDefault.withMtu(1300))
                .doesNotContain(byDefault);
        assertThat(netlink.deleteRoute(byDefault)).isTrue();
        assertThat(netlink.deleteRoute(byDefault)).isFalse();
        assertThat(netlink.deleteRoute(v6)).isTrue();
        assertThat(netlink.deleteRoute(v6)).isFalse();
        assertThat(netlink.routes(1000)).isEmpty();
        assertThat(netlink.routes(4711)).isEmpty();
    }

    @Test
    void roadsToNowhereNeedNoLink() throws Exception {
        Route unreachable = Route.unreachable(IpPrefix.parse("10.244.7.0/24")).withMetric(5000);
        netlink.replaceRoute(unreachable);
        netlink.replaceRoute(Route.unreachable(IpPrefix.parse("fd01::/64")));
        assertThat(netlink.routes(Route.TABLE_MAIN)).contains(unreachable);
        assertThat(netlink.routes(Route.TABLE_MAIN))
                .anyMatch(r -> r.type() == Route.UNREACHABLE && !r.destination().isV4());
        assertThat(netlink.deleteRoute(unreachable)).isTrue();
    }

    @Test
    void neighboursStayAsTheyAreSet() throws Exception {
        int index = netlink.createVeth(
                LinkSettings.named("v0").setUp(),
                LinkSettings.named("v1").in(pod).setUp());
        Neighbour v4 = Neighbour.permanent(index, InetAddress.ofLiteral("169.254.1.1"), 0x02_00_00_00_00_07L);
        Neighbour v6 = Neighbour.permanent(index, InetAddress.ofLiteral("fe80::1"), 0x02_00_00_00_00_07L);
        netlink.replaceNeighbour(v4);
        netlink.replaceNeighbour(v6);
        Neighbour moved = Neighbour.permanent(index, v4.ip(), 0x02_00_00_00_00_08L);
        netlink.replaceNeighbour(moved);

        assertThat(netlink.neighbours(index).stream().filter(Neighbour::isPermanent))
                .extracting(Neighbour::mac)
                .containsExactlyInAnyOrder(0x02_00_00_00_00_08L, 0x02_00_00_00_00_07L);
        assertThat(netlink.deleteNeighbour(moved)).isTrue();
        assertThat(netlink.deleteNeighbour(moved)).isFalse();
        assertThat(netlink.neighbours(999_999)).isEmpty();
    }

    @Test
    void rulesSendToTables() throws Exception {
        Rule rule = Rule.lookup(SocketCalls.AF_INET, 1234, 1000).from(IpPrefix.parse("10.9.0.0/16"));
        Rule all = Rule.lookup(SocketCalls.AF_INET6, 1234, 1000);
        netlink.addRule(rule);
        netlink.addRule(all);
        assertThat(netlink.rules()).contains(rule, all);
        assertThatThrownBy(() -> netlink.addRule(rule))
                .isInstanceOfSatisfying(
                        NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
    }

    @Test
    void aRefusalComesWithTheKernelsWords() {
        assertThatThrownBy(() -> netlink.addRoute(
                        Route.via(IpPrefix.parse("10.0.0.0/8"), InetAddress.ofLiteral("192.0.2.1"), 1)))
                .isInstanceOf(NetlinkException.class)
                .hasMessage("add route to 10.0.0.0/8: ENETUNREACH, network unreachable (Nexthop has invalid gateway)");
        assertThatThrownBy(() -> netlink.createLink("no-such-kind", LinkSettings.named("x")))
                .hasMessageContaining("Unknown device type");
    }

    @Test
    void manyRoutesAreListedWhole() throws Exception {
        int index = netlink.createLink("bridge", LinkSettings.named("d0").setUp());
        for (int i = 0; i < 3000; i++) {
            netlink.addRoute(Route.onLink(IpPrefix.of(new byte[] {10, 7, (byte) (i >> 8), (byte) i}, 32), index));
        }
        assertThat(netlink.routes(Route.TABLE_MAIN).stream()
                        .filter(r -> r.link() == index && r.destination().isV4())
                        .count())
                .isEqualTo(3000);
    }

    @Test
    void changesAreTold() throws Exception {
        try (NetlinkMonitor monitor =
                NetlinkMonitor.openIn(host, NetlinkMonitor.Topic.LINKS, NetlinkMonitor.Topic.IPV4_ADDRESSES)) {
            Notices notices = new Notices();
            assertThat(monitor.drain(notices)).isZero();

            int index = netlink.createLink("bridge", LinkSettings.named("d0").setUp());
            IpPrefix prefix = IpPrefix.parse("10.1.2.3/24");
            netlink.putAddress(Address.of(index, prefix));
            netlink.deleteAddress(index, prefix);
            netlink.deleteLink(index);

            assertThat(monitor.drain(notices)).isPositive();
            assertThat(notices.seen).contains("+link d0", "+address 10.1.2.3/24", "-address 10.1.2.3/24", "-link d0");
        }
    }

    private static final class Notices implements NetlinkMonitor.Listener {
        final List<String> seen = new ArrayList<>();

        @Override
        public void link(Link link, boolean present) {
            seen.add((present ? "+link " : "-link ") + link.name());
        }

        @Override
        public void address(Address address, boolean present) {
            seen.add((present ? "+address " : "-address ") + address.prefix());
        }

        @Override
        public void overrun() {
            seen.add("overrun");
        }
    }
}
