package io.wirecloset.transport.udp;

import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which sockets there should be, given what interfaces there are. Computes, opens nothing. */
final class LocalAddresses {
    /**
     * One logical socket that should be.
     *
     * @param interfaceName to bind to; empty for none
     */
    record Wanted(Endpoint endpoint, String interfaceName) {}

    private static final int UNUSABLE = Address.TENTATIVE | Address.DAD_FAILED | Address.DEPRECATED;

    private LocalAddresses() {}

    static Set<Wanted> wanted(UdpSettings settings, List<Link> links, List<Address> addresses) {
        Set<Wanted> wanted = new LinkedHashSet<>();
        for (Usable usable : settings.bind().isEmpty() ? ofInterfaces(settings, links, addresses) : given(settings)) {
            for (int port : settings.ports()) {
                wanted.add(new Wanted(usable.address.withPort(port), usable.interfaceName));
            }
        }
        return wanted;
    }

    /** When interfaces cannot be listed: any address, which is better than none. */
    static Set<Wanted> wildcards(UdpSettings settings) {
        Set<Wanted> wanted = new LinkedHashSet<>();
        for (int port : settings.ports()) {
            wanted.add(new Wanted(Endpoint.ofV4(0, port), ""));
            wanted.add(new Wanted(Endpoint.ofV6(0, 0, port), ""));
        }
        return wanted;
    }

    private record Usable(Endpoint address, String interfaceName) {}

    private static List<Usable> given(UdpSettings settings) {
        return settings.bind().stream().map(address -> new Usable(address, "")).toList();
    }

    private static List<Usable> ofInterfaces(UdpSettings settings, List<Link> links, List<Address> addresses) {
        Map<Integer, Link> byIndex = new HashMap<>();
        links.forEach(link -> byIndex.put(link.index(), link));
        List<Usable> usable = new ArrayList<>();
        for (Address address : addresses) {
            Link link = byIndex.get(address.link());
            Endpoint endpoint = Endpoint.of(address.prefix().ip().getAddress(), 0);
            if (link != null && isUsable(settings, link, address, endpoint)) {
                usable.add(new Usable(endpoint, link.name()));
            }
        }
        return usable;
    }

    private static boolean isUsable(UdpSettings settings, Link link, Address address, Endpoint endpoint) {
        return link.isUp()
                && !isSkipped(settings, link)
                && (address.flags() & UNUSABLE) == 0
                && !isTemporary(address)
                && endpoint.isUsableAsPath()
                && !settings.forbidden().forbids(link.name(), endpoint);
    }

    private static boolean isSkipped(UdpSettings settings, Link link) {
        return link.isLoopback()
                || UdpSettings.NEVER.stream().anyMatch(link.name()::startsWith)
                || settings.skippedPrefixes().stream().anyMatch(link.name()::startsWith);
    }

    /** Privacy addresses come and go by the hour. For IPv4 the same bit marks an interface's further addresses. */
    private static boolean isTemporary(Address address) {
        return !address.prefix().isV4() && address.has(Address.TEMPORARY);
    }
}
