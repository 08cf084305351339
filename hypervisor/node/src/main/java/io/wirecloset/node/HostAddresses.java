package io.wirecloset.node;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.NetlinkException;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.network.HostPolicy.HostRoute;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The managed addresses and routes of one device: brings what is missing, removes what it brought and is wanted no more, and
 * leaves alone what somebody else put there. What fails keeps nothing else from its place, and is told at the end.
 */
final class HostAddresses {
    private final Netlink netlink;
    private final int link;

    private Set<IpPrefix> addresses = Set.of();
    private Set<Route> routes = Set.of();

    HostAddresses(Netlink netlink, int link) {
        this.netlink = netlink;
        this.link = link;
    }

    /** @throws IOException with all that could not be done */
    void become(List<InetCidr> wantedAddresses, List<HostRoute> wantedRoutes) throws IOException {
        Set<IpPrefix> nextAddresses = new LinkedHashSet<>();
        wantedAddresses.forEach(cidr -> nextAddresses.add(prefix(cidr)));
        Set<Route> nextRoutes = new LinkedHashSet<>();
        wantedRoutes.forEach(route -> nextRoutes.add(routeOf(route)));

        List<String> failures = new ArrayList<>();
        for (Route route : routes) {
            attempt(failures, !nextRoutes.contains(route), () -> netlink.deleteRoute(route));
        }
        for (IpPrefix address : addresses) {
            attempt(failures, !nextAddresses.contains(address), () -> netlink.deleteAddress(link, address));
        }
        addresses = nextAddresses;
        routes = nextRoutes;
        addMissing(failures);
        if (!failures.isEmpty()) {
            throw new IOException(String.join("; ", failures));
        }
    }

    private void addMissing(List<String> failures) throws IOException {
        List<IpPrefix> there =
                netlink.addresses(link).stream().map(Address::prefix).toList();
        for (IpPrefix address : addresses) {
            attempt(
                    failures,
                    !there.contains(address),
                    () -> netlink.putAddress(Address.of(link, address).withoutDad()));
        }
        List<Route> existing = routes.isEmpty() ? List.of() : netlink.routes(Route.TABLE_MAIN);
        for (Route route : routes) {
            attempt(failures, existing.stream().noneMatch(one -> isSame(one, route)), () -> add(route));
        }
    }

    private static boolean isSame(Route one, Route other) {
        return one.destination().equals(other.destination())
                && one.link() == other.link()
                && one.protocol() == other.protocol()
                && Objects.equals(one.gateway(), other.gateway());
    }

    private void add(Route route) throws IOException {
        try {
            netlink.addRoute(route);
        } catch (NetlinkException e) {
            if (e.errno() == Errno.EEXIST) {
                throw new IOException(
                        "route to " + route.destination() + " is not installed: this host has another one to there", e);
            }
            throw e;
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(List<String> failures, boolean needed, Step step) {
        if (needed) {
            try {
                step.run();
            } catch (IOException e) {
                failures.add(e.getMessage());
            }
        }
    }

    private Route routeOf(HostRoute wanted) {
        IpPrefix target = prefix(wanted.target());
        Route route = wanted.via() == null
                ? Route.onLink(target, link)
                : Route.via(target, ip(wanted.via().ip()), link);
        return wanted.source() == null
                ? route
                : route.withSource(ip(wanted.source().ip()));
    }

    private static IpPrefix prefix(InetCidr cidr) {
        return IpPrefix.of(cidr.ip(), cidr.prefixLength());
    }

    private static InetAddress ip(byte[] bytes) {
        return IpPrefix.of(bytes, 0).ip();
    }
}
