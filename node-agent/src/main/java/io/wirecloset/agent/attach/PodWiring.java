package io.wirecloset.agent.attach;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Neighbour;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.NetlinkException;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.transport.netlink.Rule;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Makes and unmakes the kernel's part of one attachment, as a list of steps: done from the top, undone from the bottom,
 * each on its own and any number of times. Any thread; one attachment is worked on by one thread at a time.
 *
 * <pre>
 *   pod's namespace                        host
 *   eth0  10.80.128.5/32   ◄── veth ──►    wc3f…   no address, filtered before all
 *   default via 169.254.1.1  (= MAC of wc3f…, permanent)
 *   pools   via 169.254.1.1                10.80.128.5 dev wc3f…  (= MAC of eth0, permanent)
 * </pre>
 *
 * <p>The gateway's address is on no interface: both ends know each other's MAC, so neither ever asks, and the kernel's
 * proxy answers are not needed.
 */
public final class PodWiring {
    public static final InetAddress GATEWAY_4 = InetAddress.ofLiteral("169.254.1.1");
    public static final InetAddress GATEWAY_6 = InetAddress.ofLiteral("fe80::1");
    private static final IpPrefix EVERYTHING_4 = IpPrefix.parse("0.0.0.0/0");
    private static final IpPrefix EVERYTHING_6 = IpPrefix.parse("::/0");
    /** Routing tables of interfaces beside others, and the priorities of their rules, in the pod: from here, by link. */
    private static final int OWN_TABLES = 9_993;

    private static final int IPV6_MTU_MINIMUM = 1280;
    private static final int IFF_RUNNING = 0x40;
    private static final int RUNNING_POLLS = 5_000;
    private static final long RUNNING_POLL_NS = 200_000;

    private final Netlink host;
    private final HostFilter filter;

    public PodWiring(Netlink host, HostFilter filter) {
        this.host = host;
        this.filter = filter;
    }

    /** What a step needs to know. */
    record Plan(
            Attachment attachment,
            NetworkNamespace pod,
            List<IpPrefix> pools,
            int uplinkMtuBytes,
            Attachments.Wishes wishes) {
        /** What is reached through the interface, beside everything else. */
        List<IpPrefix> inside() {
            return Stream.concat(pools.stream(), wishes.routes().stream()).toList();
        }
    }

    /** One thing to do, and to undo for one attachment or many. */
    interface Step {
        void apply(Plan plan) throws IOException;

        void undo(Collection<Attachment> attachments) throws IOException;
    }

    List<Step> steps() {
        return List.of(new LinkPair(), new Filtering(), new HostSide(), new PodSide(), new HostPorts());
    }

    /** The first of what is undone: from here on nothing finds its way to the pod. Takes a fraction of a millisecond. */
    void disconnect(Attachment attachment) throws IOException {
        new HostPorts().undo(List.of(attachment));
        new HostSide().undo(List.of(attachment));
    }

    /** Whether something leads out of the namespace already: then that stays the pod's way to the world. */
    static boolean hasDefaultRoute(NetworkNamespace pod) throws IOException {
        try (Netlink inside = Netlink.openIn(pod)) {
            return inside.routes(Route.TABLE_MAIN).stream()
                    .anyMatch(r -> r.destination().length() == 0 && r.type() != Route.UNREACHABLE);
        }
    }

    /** The pair of interfaces, down, each born in its namespace. */
    private final class LinkPair implements Step {
        @Override
        public void apply(Plan plan) throws IOException {
            AttachmentKey key = plan.attachment.key();
            int mtu = plan.attachment.mtuBytes();
            LinkSettings here =
                    LinkSettings.named(key.hostLink()).withMac(key.hostMac()).withMtu(mtu);
            LinkSettings there = LinkSettings.named(key.ifname())
                    .withMac(key.podMac())
                    .withMtu(mtu)
                    .in(plan.pod);
            try {
                host.setAlias(host.createVeth(here, there), key.alias());
            } catch (NetlinkException e) {
                throw e.errno() == Errno.EEXIST
                        ? new AttachException(
                                AttachException.Reason.CONFLICT,
                                "the sandbox has an interface " + key.ifname() + " that is not ours")
                        : e;
            }
        }

        /**
         * Their other halves, and all addresses, routes and neighbours on both, go with them. The kernel waits for its
         * readers, some 35 ms whatever the number: hence a socket of its own, so that nobody waits behind it.
         */
        @Override
        public void undo(Collection<Attachment> attachments) throws IOException {
            List<Integer> links = new ArrayList<>();
            for (Attachment a : attachments) {
                host.link(a.hostLink()).ifPresent(link -> links.add(link.index()));
            }
            try (Netlink patient = host.another()) {
                patient.deleteLinks(links);
            }
        }
    }

    /** Addresses, gateway and routes inside the pod. */
    private final class PodSide implements Step {
        @Override
        public void apply(Plan plan) throws IOException {
            plan.pod.visit(() -> {
                prepareIpv6(plan.attachment);
                try (Netlink pod = Netlink.open()) {
                    pod.setUp(pod.indexOf("lo"));
                    int link = pod.indexOf(plan.attachment.key().ifname());
                    limit(pod, link, plan.wishes.sending());
                    pod.setUp(link);
                    if (plan.attachment.ipv6() != null) { // first, as the kernel takes a moment with it
                        configure(pod, link, plan, plan.attachment.ipv6(), GATEWAY_6, EVERYTHING_6);
                    }
                    if (plan.attachment.ipv4() != null) {
                        configure(pod, link, plan, plan.attachment.ipv4(), GATEWAY_4, EVERYTHING_4);
                    }
                    awaitRunning(pod, plan.attachment.key().ifname());
                    if (plan.attachment.ipv6() != null) {
                        awaitLocal(pod, plan.attachment.ipv6());
                    }
                }
                return null;
            });
            awaitRunning(host, plan.attachment.hostLink());
        }

        private void configure(
                Netlink pod, int link, Plan plan, InetAddress ip, InetAddress gateway, IpPrefix everything)
                throws IOException {
            pod.putAddress(Address.of(link, IpPrefix.host(ip)).withoutDad().withoutPrefixRoute());
            pod.replaceNeighbour(
                    Neighbour.permanent(link, gateway, plan.attachment.key().hostMac()));
            int mtu = defaultRouteMtu(plan.uplinkMtuBytes, plan.attachment.mtuBytes(), everything.isV4());
            List<Route> routes = new ArrayList<>();
            routes.add(Route.onLink(IpPrefix.host(gateway), link));
            for (IpPrefix pool : plan.inside()) {
                if (pool.isV4() == everything.isV4()) {
                    routes.add(Route.via(pool.network(), gateway, link).withGatewayOnLink());
                }
            }
            Route toEverywhere =
                    Route.via(everything, gateway, link).withGatewayOnLink().withMtu(mtu);
            if (plan.attachment.options().besideOthers()) {
                besideOthers(pod, link, ip, routes, toEverywhere);
            } else {
                routes.add(toEverywhere);
                for (Route route : routes) {
                    pod.replaceRoute(route);
                }
            }
        }

        /**
         * What is there keeps its routes; ours are added where there is none. What speaks from our address takes our link
         * whatever the others say, since no other link would be let through with it.
         */
        private void besideOthers(Netlink pod, int link, InetAddress ip, List<Route> routes, Route toEverywhere)
                throws IOException {
            for (Route route : routes) {
                unlessThere(() -> pod.addRoute(route));
            }
            int table = OWN_TABLES + link;
            int family = ip instanceof Inet4Address ? SocketCalls.AF_INET : SocketCalls.AF_INET6;
            pod.replaceRoute(toEverywhere.withTable(table));
            unlessThere(() -> pod.addRule(Rule.lookup(family, table, table).from(IpPrefix.host(ip))));
        }

        private void unlessThere(Change change) throws IOException {
            try {
                change.make();
            } catch (NetlinkException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
        }

        /**
         * On an address of IPv6 the pod's kernel insists that it is switched on; and it shall take no advice from routers,
         * of which there is none on this link. Where that cannot be written the defaults have to do: nobody but this host
         * is at the other end, and it sends no advertisements.
         */
        private void prepareIpv6(Attachment a) {
            if (a.ipv6() != null) {
                writeSysctl("ipv6", a.key().ifname(), "disable_ipv6", "0");
                writeSysctl("ipv6", a.key().ifname(), "accept_ra", "0");
            }
        }

        /** The kernel notices a moment after "up" that there is a carrier; what is sent until then is lost. */
        private static void awaitRunning(Netlink netlink, String name) throws IOException {
            for (int i = 0; i < RUNNING_POLLS; i++) {
                if (netlink.link(name)
                        .filter(l -> (l.flags() & IFF_RUNNING) != 0)
                        .isPresent()) {
                    return;
                }
                LockSupport.parkNanos(RUNNING_POLL_NS);
            }
        }

        /** The kernel makes an address of IPv6 its own a moment after it was put, also one that need not be tried. */
        private static void awaitLocal(Netlink pod, InetAddress ip) throws IOException {
            IpPrefix own = IpPrefix.host(ip);
            for (int i = 0; i < RUNNING_POLLS; i++) {
                if (pod.routes(Route.TABLE_LOCAL, false).stream()
                        .anyMatch(r -> r.destination().equals(own))) {
                    return;
                }
                LockSupport.parkNanos(RUNNING_POLL_NS);
            }
        }

        @Override
        public void undo(Collection<Attachment> attachments) {
            // goes with the link
        }
    }

    /** Before the link is up: nothing the pod sends is ever unfiltered. */
    private final class Filtering implements Step {
        @Override
        public void apply(Plan plan) throws IOException {
            filter.addPod(plan.attachment);
        }

        @Override
        public void undo(Collection<Attachment> attachments) throws IOException {
            filter.removePods(attachments);
        }
    }

    /** The host's end comes up, and the host learns where the pod is. */
    private final class HostSide implements Step {
        @Override
        public void apply(Plan plan) throws IOException {
            int link = host.indexOf(plan.attachment.hostLink());
            limit(host, link, plan.wishes.receiving());
            host.setUp(link);
            for (InetAddress ip : plan.attachment.addresses()) {
                host.replaceNeighbour(
                        Neighbour.permanent(link, ip, plan.attachment.key().podMac()));
                host.replaceRoute(route(ip, link));
            }
        }

        @Override
        public void undo(Collection<Attachment> attachments) throws IOException {
            for (Attachment a : attachments) {
                Optional<Link> link = host.link(a.hostLink());
                if (link.isPresent()) {
                    for (InetAddress ip : a.addresses()) {
                        host.deleteRoute(route(ip, link.get().index()));
                    }
                }
            }
        }
    }

    /** What leaves through an end of the link comes in at the other: each end limits one direction. */
    private static void limit(Netlink netlink, int link, RateLimit limit) throws IOException {
        if (limit != null) {
            netlink.limitRate(link, limit.bytesPerSecond(), limit.burstBytes(), limit.queueBytes());
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Ports of the node, if the pod wants any: last, so that nobody is led to a pod that is not there. */
    private final class HostPorts implements Step {
        @Override
        public void apply(Plan plan) throws IOException {
            if (!plan.attachment.options().ports().isEmpty()) {
                takeLoopback(plan.attachment.hostLink());
                filter.addPorts(plan.attachment);
                StaleConnections.led(host, plan.attachment);
            }
        }

        /**
         * The node may speak to its own port by 127.0.0.1, and the answer comes back to that: the kernel drops both on other
         * links. The pod itself cannot speak to it: its filter drops that. Where /proc/sys cannot be written the node has
         * to use another of its addresses.
         */
        private void takeLoopback(String link) throws IOException {
            try (NetworkNamespace node = host.namespace()) {
                node.visit(() -> {
                    writeSysctl("ipv4", link, "route_localnet", "1");
                    return null;
                });
            }
        }

        @Override
        public void undo(Collection<Attachment> attachments) throws IOException {
            for (Attachment a : attachments) {
                if (!a.options().ports().isEmpty()) {
                    filter.removePorts(a);
                    StaleConnections.ledNoMore(host, a);
                }
            }
        }
    }

    private static void writeSysctl(String family, String ifname, String name, String value) {
        try {
            Files.writeString(Sysctls.file(family, "conf", ifname, name), value);
        } catch (IOException e) {
            // read-only, or without this family; what follows tells whether it matters
        }
    }

    /** The network may carry more than the world outside: what leaves it must fit the uplink. */
    public static int defaultRouteMtu(int uplinkMtuBytes, int podMtuBytes, boolean v4) {
        int mtu = Math.min(uplinkMtuBytes, podMtuBytes);
        return v4 ? mtu : Math.max(mtu, IPV6_MTU_MINIMUM);
    }

    static Route route(InetAddress ip, int link) {
        return Route.onLink(IpPrefix.host(ip), link);
    }
}
