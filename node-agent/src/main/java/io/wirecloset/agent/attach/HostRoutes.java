package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Neighbour;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.vl2.ethernet.Mac;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the host's routes into the networks: each network's pools through its TAP, other nodes' blocks through those
 * nodes, our own blocks to nowhere beneath the pods' own routes. Exactly what the resources name; nothing that a
 * controller pushed.
 *
 * <p>The MACs of those nodes follow from their addresses and are written down too, so that nobody has to be asked: an ARP
 * request needs somebody who knows who listens, and all of those may be away.
 */
final class HostRoutes {
    private static final int ETHERNET_MTU_BYTES = 1500;

    private final Netlink netlink;

    HostRoutes(Netlink netlink) {
        this.netlink = netlink;
    }

    /** Computes the routes of one network; those through the TAP only while there is one. */
    static List<Route> wanted(PodNetwork n, Optional<Link> tap) {
        List<Route> routes = new ArrayList<>();
        for (IpPrefix own : ownBlocks(n)) {
            routes.add(Route.unreachable(own.network()));
        }
        if (tap.isEmpty()) {
            return routes;
        }
        int link = tap.get().index();
        for (IpPrefix pool : n.pools()) {
            Route route = Route.onLink(pool.network(), link);
            InetAddress source = sourceFor(pool, n.addresses());
            routes.add(source == null ? route : route.withSource(source));
        }
        for (PodNetwork.RemoteBlock remote : n.remoteBlocks()) {
            routes.add(Route.via(remote.block().network(), remote.via(), link).withGatewayOnLink());
        }
        return routes;
    }

    private static List<IpPrefix> ownBlocks(PodNetwork n) {
        List<IpPrefix> blocks = new ArrayList<>();
        if (n.block() != null) {
            blocks.add(n.block());
        }
        if (n.block6() != null) {
            blocks.add(n.block6());
        }
        return blocks;
    }

    private static InetAddress sourceFor(IpPrefix pool, List<InetAddress> own) {
        return own.stream()
                .filter(ip -> ip.getAddress().length == pool.ip().getAddress().length
                        && new IpPrefix(ip, pool.length()).network().equals(pool.network()))
                .findFirst()
                .orElse(null);
    }

    /** What identifies a route here; the kernel fills in the rest in its own way. */
    private record Identity(IpPrefix destination, InetAddress gateway, int link, int type) {
        static Identity of(Route r) {
            // the kernel puts unreachable routes of IPv6 on the loopback interface
            return new Identity(r.destination(), r.gateway(), r.type() == Route.UNREACHABLE ? 0 : r.link(), r.type());
        }
    }

    /**
     * Brings addresses and routes in order.
     *
     * @param tapNames network id → name of its TAP
     * @param podLinks attachments that are up
     * @return how many things had to be changed
     */
    int apply(List<PodNetwork> networks, Map<Long, String> tapNames, List<Attachment> podLinks) throws IOException {
        int changes = 0;
        List<Link> links = netlink.links();
        List<Route> wanted = new ArrayList<>();
        for (PodNetwork n : networks) {
            Optional<Link> tap = find(links, tapNames.get(n.id()));
            if (tap.isPresent()) {
                changes += applyAddresses(tap.get().index(), n);
                changes += applyNeighbours(tap.get().index(), n);
            }
            wanted.addAll(wanted(n, tap));
        }
        for (Attachment a : podLinks) {
            find(links, a.hostLink())
                    .ifPresent(link -> a.addresses().forEach(ip -> wanted.add(PodWiring.route(ip, link.index()))));
        }
        return changes + applyRoutes(wanted, oursToChange(links, tapNames));
    }

    private static Optional<Link> find(List<Link> links, String name) {
        return links.stream().filter(l -> l.name().equals(name)).findFirst();
    }

    private int applyAddresses(int tap, PodNetwork n) throws IOException {
        Set<IpPrefix> wanted = new HashSet<>();
        n.addresses().forEach(ip -> wanted.add(IpPrefix.host(ip)));
        Set<IpPrefix> found = new HashSet<>();
        int changes = 0;
        for (Address address : netlink.addresses(tap)) {
            boolean kernels = address.prefix().ip().isLinkLocalAddress();
            if (!kernels && !wanted.contains(address.prefix())) {
                netlink.deleteAddress(tap, address.prefix());
                changes++;
            }
            found.add(address.prefix());
        }
        for (IpPrefix address : wanted) {
            if (!found.contains(address)) {
                netlink.putAddress(Address.of(tap, address).withoutDad().withoutPrefixRoute());
                changes++;
            }
        }
        return changes;
    }

    /** Other nodes of the cluster, for ever; whoever else is on the network is found as ever. */
    private int applyNeighbours(int tap, PodNetwork n) throws IOException {
        Map<InetAddress, Neighbour> wanted = new HashMap<>();
        for (PodNetwork.RemoteBlock remote : n.remoteBlocks()) {
            if (remote.node() != 0) {
                long mac = Mac.of(remote.node(), n.id());
                wanted.put(remote.via(), Neighbour.permanent(tap, remote.via(), mac));
            }
        }
        int changes = 0;
        for (Neighbour present : netlink.neighbours(tap)) {
            Neighbour ours = wanted.get(present.ip());
            if (ours != null && present.isPermanent() && present.mac() == ours.mac()) {
                wanted.remove(present.ip());
            } else if (ours == null && present.isPermanent()) {
                netlink.deleteNeighbour(present);
                changes++;
            }
        }
        for (Neighbour neighbour : wanted.values()) {
            netlink.replaceNeighbour(neighbour);
            changes++;
        }
        return changes;
    }

    /** Links whose routes of our protocol we may remove; others of that protocol may belong to a node run by hand. */
    private static Set<Integer> oursToChange(List<Link> links, Map<Long, String> tapNames) {
        Set<Integer> ours = new HashSet<>();
        for (Link link : links) {
            if (tapNames.containsValue(link.name()) || AttachmentKey.ofAlias(link.alias()) != null) {
                ours.add(link.index());
            }
        }
        return ours;
    }

    private int applyRoutes(List<Route> wanted, Set<Integer> ourLinks) throws IOException {
        Set<Identity> wantedIds = new HashSet<>();
        wanted.forEach(r -> wantedIds.add(Identity.of(r)));
        Map<Identity, Route> found = new HashMap<>();
        int changes = 0;
        for (Route route : netlink.routes(Route.TABLE_MAIN)) {
            if (route.protocol() != Route.OURS) {
                continue;
            }
            boolean mayRemove = route.type() == Route.UNREACHABLE || ourLinks.contains(route.link());
            if (mayRemove && !wantedIds.contains(Identity.of(route))) {
                netlink.deleteRoute(route);
                changes++;
            }
            found.put(Identity.of(route), route);
        }
        for (Route route : wanted) {
            Route present = found.get(Identity.of(route));
            // the node's own address may have come after the route
            if (present == null || !Objects.equals(present.source(), route.source())) {
                netlink.replaceRoute(route);
                changes++;
            }
        }
        return changes;
    }

    /** Removes every route that {@link #apply} makes. */
    void removeAll(Map<Long, String> tapNames) throws IOException {
        applyRoutes(List.of(), oursToChange(netlink.links(), tapNames));
    }

    /**
     * MTU towards the world outside.
     *
     * @param name of the uplink; empty = whatever carries the default route
     */
    int uplinkMtu(String name) throws IOException {
        Optional<Link> uplink = name.isEmpty() ? defaultRouteLink() : netlink.link(name);
        return uplink.map(Link::mtu).orElse(ETHERNET_MTU_BYTES);
    }

    /** That of IPv4 where there is one: a node without has IPv6 alone. */
    private Optional<Link> defaultRouteLink() throws IOException {
        for (boolean v4 : new boolean[] {true, false}) {
            Optional<Route> best = netlink.routes(Route.TABLE_MAIN, v4).stream()
                    .filter(r -> r.destination().length() == 0 && r.type() == Route.UNICAST && r.link() != 0)
                    .min(Comparator.comparingInt(Route::metric));
            if (best.isPresent()) {
                return netlink.link(best.get().link());
            }
        }
        return Optional.empty();
    }
}
