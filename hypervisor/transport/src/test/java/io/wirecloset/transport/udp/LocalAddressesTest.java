package io.wirecloset.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

// VL1 checklist 72: binds each port on each usable address of each interface
class LocalAddressesTest {
    private static final int UP = 1;
    private static final List<Link> LINKS = List.of(
            link(1, "lo", UP | 8), link(2, "eth0", UP), link(3, "ztabc", UP), link(4, "cali1", UP), link(5, "eth1", 0));

    private final UdpSettings settings = UdpSettings.onPorts(9993, 9994);

    @Test
    void eachPortIsWantedOnEachAddress() {
        assertThat(wanted(settings, address(2, "192.168.1.5/24"), address(2, "2a00:1::5/64")))
                .containsExactly("192.168.1.5/9993", "192.168.1.5/9994", "2a00:1::5/9993", "2a00:1::5/9994");
    }

    @Test
    void loopbackTunnelsAndLinksThatAreDownAreLeftAlone() {
        assertThat(wanted(
                        settings,
                        address(1, "10.0.0.1/8"),
                        address(3, "10.147.0.5/16"),
                        address(5, "192.168.2.5/24"),
                        address(9, "192.168.3.5/24")))
                .isEmpty();
    }

    @Test
    void givenPrefixesAreSkippedToo() {
        Address pod = address(4, "10.244.0.1/32");
        assertThat(wanted(settings, pod)).hasSize(2);
        assertThat(wanted(settings.skipping(List.of("cali")), pod)).isEmpty();
    }

    @Test
    void onlyScopesThatMayBePathsAreBound() {
        assertThat(wanted(settings, address(2, "169.254.7.7/16"), address(2, "fe80::5/64"), address(2, "127.0.0.5/8")))
                .isEmpty();
    }

    @Test
    void addressesThatAreNotReadyOrWillNotLastAreLeftAlone() {
        IpPrefix prefix = IpPrefix.parse("2a00:1::5/64");
        for (int flag : new int[] {Address.TEMPORARY, Address.TENTATIVE, Address.DEPRECATED, Address.DAD_FAILED}) {
            assertThat(wanted(settings, new Address(2, prefix, 0, flag))).isEmpty();
        }
        assertThat(wanted(settings, new Address(2, IpPrefix.parse("10.1.1.1/8"), 0, Address.TEMPORARY)))
                .as("the second IPv4 address of an interface")
                .hasSize(2);
    }

    @Test
    void whoeverForbidsAnAddressIsHeard() {
        UdpSettings careful = settings.forbidding(
                (name, endpoint) -> name.equals("eth0") && endpoint.ipText().equals("10.147.0.5"));
        assertThat(wanted(careful, address(2, "10.147.0.5/16"), address(2, "10.148.0.5/16")))
                .containsExactly("10.148.0.5/9993", "10.148.0.5/9994");
    }

    @Test
    void givenAddressesReplaceAllThat() {
        assertThat(wanted(settings.bindingTo(Endpoint.parse("127.0.0.1/0")), address(2, "192.168.1.5/24")))
                .containsExactly("127.0.0.1/9993", "127.0.0.1/9994");
    }

    private static List<String> wanted(UdpSettings settings, Address... addresses) {
        return LocalAddresses.wanted(settings, LINKS, List.of(addresses)).stream()
                .map(w -> w.endpoint().toString())
                .toList();
    }

    private static Address address(int link, String prefix) {
        return Address.of(link, IpPrefix.parse(prefix));
    }

    private static Link link(int index, String name, int flags) {
        return new Link(index, name, -1, 1500, flags, "", "", 0, 0, null);
    }
}
