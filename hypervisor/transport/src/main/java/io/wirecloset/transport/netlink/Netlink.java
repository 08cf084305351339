package io.wirecloset.transport.netlink;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.MessageReader.Body;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads and changes one namespace's interfaces, addresses, routes, neighbours and rules.
 *
 * <p>Any thread, one at a time. What is deleted and already gone is no error but a {@code false}; every other refusal is
 * a {@link NetlinkException} with the kernel's reason.
 */
public final class Netlink implements AutoCloseable {
    private static final int ACK = Rtnetlink.NLM_F_ACK;
    private static final int ADD = ACK | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL;
    private static final int REPLACE = ACK | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE;

    /** Group of links that are about to be deleted together; nothing else is ever in it. */
    private static final int DOOMED = 0x7763_646d;

    private final NetlinkSocket socket;

    private Netlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** For the calling thread's namespace. */
    public static Netlink open() throws IOException {
        return new Netlink(NetlinkSocket.open(0));
    }

    /** For the given namespace, wherever the calls come from later. */
    public static Netlink openIn(NetworkNamespace namespace) throws IOException {
        return namespace.visit(Netlink::open);
    }

    /** One more for the same namespace, so that a request which takes long holds nobody up. */
    public Netlink another() throws IOException {
        try (NetworkNamespace here = namespace()) {
            return openIn(here);
        }
    }

    /** The namespace this is for; the caller's to close. */
    public NetworkNamespace namespace() throws IOException {
        return NetworkNamespace.adopt(socket.namespace());
    }

    // ---- interfaces

    public List<Link> links() throws IOException {
        return dump(
                () -> LinkCodec.request(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_DUMP, 0)
                        .put(Rtnetlink.IFLA_EXT_MASK, Rtnetlink.RTEXT_FILTER_SKIP_STATS),
                "list links",
                Rtnetlink.RTM_NEWLINK,
                LinkCodec::read);
    }

    /** @param name the interface's own, or one of its further names */
    public Optional<Link> link(String name) throws IOException {
        int attribute =
                name.length() > LinkSettings.NAME_LIMIT_BYTES ? Rtnetlink.IFLA_ALT_IFNAME : Rtnetlink.IFLA_IFNAME;
        return find(LinkCodec.request(Rtnetlink.RTM_GETLINK, ACK, 0).put(attribute, name), "find link " + name);
    }

    public Optional<Link> link(int index) throws IOException {
        return find(LinkCodec.request(Rtnetlink.RTM_GETLINK, ACK, index), "find link " + index);
    }

    private Optional<Link> find(Request request, String what) throws IOException {
        List<Link> found = new ArrayList<>(1);
        try {
            ask(request, what, (type, body) -> found.add(LinkCodec.read(body)));
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
        return found.stream().findFirst();
    }

    /**
     * Makes a pair of interfaces, each born where it is wanted.
     *
     * @return the index of {@code here}, in the namespace of this object unless its settings name another
     */
    public int createVeth(LinkSettings here, LinkSettings there) throws IOException {
        change(LinkCodec.createVeth(here, there), "create veth " + here.name() + " to " + there.name());
        if (there.up() || !there.alias().isEmpty()) {
            finish(there, there.up());
        }
        return finish(here, false);
    }

    /** @param kind {@code "bridge"}, {@code "dummy"}, … @return its index, as {@link #createVeth} */
    public int createLink(String kind, LinkSettings settings) throws IOException {
        change(LinkCodec.create(kind, settings), "create " + kind + " " + settings.name());
        return finish(settings, false);
    }

    /**
     * Does what the kernel leaves out when it creates a link: it takes no alias then, and refuses to open the far half of a
     * veth before both halves know each other.
     */
    private int finish(LinkSettings created, boolean setUp) throws IOException {
        return inNamespaceOf(created, netlink -> {
            int index = netlink.indexOf(created.name());
            if (!created.alias().isEmpty()) {
                netlink.setAlias(index, created.alias());
            }
            if (setUp) {
                netlink.setUp(index);
            }
            return index;
        });
    }

    private interface Task {
        int on(Netlink netlink) throws IOException;
    }

    private int inNamespaceOf(LinkSettings settings, Task task) throws IOException {
        if (settings.namespace() == null) {
            return task.on(this);
        }
        try (Netlink there = openIn(settings.namespace())) {
            return task.on(there);
        }
    }

    /** @throws NetlinkException {@code ENODEV} when there is none of this name */
    public int indexOf(String name) throws IOException {
        return link(name)
                .orElseThrow(() -> new NetlinkException("find link " + name, Errno.ENODEV, ""))
                .index();
    }

    public void setUp(int link) throws IOException {
        change(LinkCodec.setFlag(link, true), "set up link " + link);
    }

    public void setDown(int link) throws IOException {
        change(LinkCodec.setFlag(link, false), "set down link " + link);
    }

    public void setMtu(int link, int mtuBytes) throws IOException {
        change(set(link).put(Rtnetlink.IFLA_MTU, mtuBytes), "set MTU " + mtuBytes + " of link " + link);
    }

    /** @param mac low 48 bits */
    public void setMac(int link, long mac) throws IOException {
        change(set(link).putMac(Rtnetlink.IFLA_ADDRESS, mac), "set MAC of link " + link);
    }

    /** @param alias free text of at most 255 bytes; empty removes it */
    public void setAlias(int link, String alias) throws IOException {
        change(set(link).put(Rtnetlink.IFLA_IFALIAS, alias), "set alias of link " + link);
    }

    public void rename(int link, String name) throws IOException {
        change(set(link).put(Rtnetlink.IFLA_IFNAME, name), "rename link " + link + " to " + name);
    }

    /** @param master index of a bridge or bond; 0 takes the link out */
    public void setMaster(int link, int master) throws IOException {
        change(set(link).put(Rtnetlink.IFLA_MASTER, master), "put link " + link + " into " + master);
    }

    /** Moves a link, which loses its addresses and routes by that. Making it there in the first place costs less. */
    public void moveTo(int link, NetworkNamespace namespace, String newName) throws IOException {
        change(
                set(link).put(Rtnetlink.IFLA_NET_NS_FD, namespace.fd()).put(Rtnetlink.IFLA_IFNAME, newName),
                "move link " + link + " to " + namespace);
    }

    /** Takes some 15 ms: the kernel waits until nobody uses it. @return false when there was none */
    public boolean deleteLink(int link) throws IOException {
        return remove(LinkCodec.request(Rtnetlink.RTM_DELLINK, ACK, link), "delete link " + link, Errno.ENODEV);
    }

    /**
     * Deletes many links, and waits for the kernel once instead of for each. Those that are gone are passed over.
     *
     * @param links indexes; may be empty
     */
    public void deleteLinks(Collection<Integer> links) throws IOException {
        boolean any = false;
        for (int link : links) {
            any |= remove(
                    set(link).put(Rtnetlink.IFLA_GROUP, DOOMED),
                    "put link " + link + " among the doomed",
                    Errno.ENODEV);
        }
        if (any) {
            Request request = LinkCodec.request(Rtnetlink.RTM_DELLINK, ACK, 0).put(Rtnetlink.IFLA_GROUP, DOOMED);
            remove(request, "delete links " + links, Errno.ENODEV);
        }
    }

    /**
     * Lets no more leave through the link than this; what comes faster waits, up to a length, and is dropped beyond.
     *
     * @param burstBytes may leave at once after a pause; at least the link's MTU
     * @param queueBytes may wait
     */
    public void limitRate(int link, long bytesPerSecond, int burstBytes, int queueBytes) throws IOException {
        change(
                QdiscCodec.tokenBucket(link, bytesPerSecond, burstBytes, queueBytes),
                "limit link " + link + " to " + bytesPerSecond + " bytes per second");
    }

    private static Request set(int link) {
        return LinkCodec.request(Rtnetlink.RTM_NEWLINK, ACK, link);
    }

    // ---- addresses

    /** Adds the address, or gives the one that is there these flags. */
    public void putAddress(Address address) throws IOException {
        change(
                AddressCodec.write(Rtnetlink.RTM_NEWADDR, REPLACE, address),
                "add address " + address.prefix() + " to link " + address.link());
    }

    public boolean deleteAddress(int link, IpPrefix prefix) throws IOException {
        return remove(
                AddressCodec.write(Rtnetlink.RTM_DELADDR, ACK, Address.of(link, prefix)),
                "delete address " + prefix + " of link " + link,
                Errno.EADDRNOTAVAIL);
    }

    public List<Address> addresses() throws IOException {
        return dump(() -> AddressCodec.dump(0), "list addresses", Rtnetlink.RTM_NEWADDR, AddressCodec::read);
    }

    /** @return empty also when there is no such link */
    public List<Address> addresses(int link) throws IOException {
        List<Address> all = emptyWithout(
                Errno.ENODEV,
                () -> dump(
                        () -> AddressCodec.dump(link),
                        "list addresses of link " + link,
                        Rtnetlink.RTM_NEWADDR,
                        AddressCodec::read));
        // kernels without strict checks list those of all links
        return all.stream().filter(address -> address.link() == link).toList();
    }

    // ---- routes

    /** @throws NetlinkException {@code EEXIST} when there is one to the same destination with the same metric */
    public void addRoute(Route route) throws IOException {
        change(RouteCodec.write(Rtnetlink.RTM_NEWROUTE, ADD, route), "add route to " + route.destination());
    }

    /** Adds the route, or puts it in the place of the one to the same destination with the same metric. */
    public void replaceRoute(Route route) throws IOException {
        change(RouteCodec.write(Rtnetlink.RTM_NEWROUTE, REPLACE, route), "replace route to " + route.destination());
    }

    /**
     * Deletes the route to this destination in this table, if it is also of this metric, type, protocol, gateway and link.
     *
     * @return false when there was no such route (or no such interface any more)
     */
    public boolean deleteRoute(Route route) throws IOException {
        // with an MTU or MSS the kernel would insist on those too
        Route withoutMetrics = route.withMtu(0).withAdvertisedMss(0);
        Request request = RouteCodec.write(Rtnetlink.RTM_DELROUTE, ACK, withoutMetrics);
        String what = "delete route to " + route.destination();
        return remove(request, what, Errno.ESRCH, Errno.ENODEV, Errno.ENOENT);
    }

    /** Of both families, of all tables. */
    public List<Route> routes() throws IOException {
        return routesOfTable(0);
    }

    /** Of both families. @return empty when there is no such table */
    public List<Route> routes(int table) throws IOException {
        return routesOfTable(table).stream()
                .filter(route -> route.table() == table)
                .toList();
    }

    /** @return those of one family; empty when there is no such table */
    public List<Route> routes(int table, boolean v4) throws IOException {
        return routesOf(v4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6, table).stream()
                .filter(route -> route.table() == table)
                .toList();
    }

    private List<Route> routesOfTable(int table) throws IOException {
        List<Route> routes = new ArrayList<>();
        for (int family : new int[] {SocketCalls.AF_INET, SocketCalls.AF_INET6}) {
            routes.addAll(routesOf(family, table));
        }
        return routes;
    }

    private List<Route> routesOf(int family, int table) throws IOException {
        return emptyWithout(
                Errno.ENOENT,
                () -> dump(
                        () -> RouteCodec.dump(family, table), "list routes", Rtnetlink.RTM_NEWROUTE, RouteCodec::read));
    }

    // ---- neighbours

    public void replaceNeighbour(Neighbour neighbour) throws IOException {
        change(
                NeighbourCodec.write(Rtnetlink.RTM_NEWNEIGH, REPLACE, neighbour),
                "set neighbour " + neighbour.ip().getHostAddress() + " on link " + neighbour.link());
    }

    public boolean deleteNeighbour(Neighbour neighbour) throws IOException {
        return remove(
                NeighbourCodec.write(Rtnetlink.RTM_DELNEIGH, ACK, neighbour),
                "delete neighbour " + neighbour.ip().getHostAddress() + " on link " + neighbour.link(),
                Errno.ENOENT,
                Errno.ENODEV,
                Errno.ENXIO);
    }

    public List<Neighbour> neighbours(int link) throws IOException {
        List<Neighbour> all = emptyWithout(
                Errno.ENODEV,
                () -> dump(
                        () -> NeighbourCodec.dump(link),
                        "list neighbours of link " + link,
                        Rtnetlink.RTM_NEWNEIGH,
                        NeighbourCodec::read));
        return all.stream().filter(neighbour -> neighbour.link() == link).toList();
    }

    // ---- rules

    /** @throws NetlinkException {@code EEXIST} when there is one just like it */
    public void addRule(Rule rule) throws IOException {
        change(RuleCodec.write(Rtnetlink.RTM_NEWRULE, ADD, rule), "add rule " + rule.priority());
    }

    /** Of both families. */
    public List<Rule> rules() throws IOException {
        List<Rule> rules = new ArrayList<>();
        for (int family : new int[] {SocketCalls.AF_INET, SocketCalls.AF_INET6}) {
            rules.addAll(dump(() -> RuleCodec.dump(family), "list rules", Rtnetlink.RTM_NEWRULE, RuleCodec::read));
        }
        return rules;
    }

    // ---- asking

    private synchronized void ask(Request request, String what, NetlinkSocket.Messages answers) throws IOException {
        socket.ask(request, what, answers);
    }

    private void change(Request request, String what) throws IOException {
        ask(request, what, (type, body) -> {});
    }

    private boolean remove(Request request, String what, int... meaningGone) throws IOException {
        try {
            change(request, what);
            return true;
        } catch (NetlinkException e) {
            for (int gone : meaningGone) {
                if (e.errno() == gone) {
                    return false;
                }
            }
            throw e;
        }
    }

    private synchronized <T> List<T> dump(
            Supplier<Request> request, String what, int wantedType, Function<Body, T> reader) throws IOException {
        List<T> all = new ArrayList<>();
        Supplier<Request> attempt = () -> {
            all.clear();
            return request.get();
        };
        socket.dump(attempt, what, (type, body) -> {
            T read = type == wantedType ? reader.apply(body) : null;
            if (read != null) {
                all.add(read);
            }
        });
        return all;
    }

    private interface Listing<T> {
        List<T> list() throws IOException;
    }

    private static <T> List<T> emptyWithout(int errno, Listing<T> listing) throws IOException {
        try {
            return listing.list();
        } catch (NetlinkException e) {
            if (e.errno() == errno) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        socket.close();
    }
}
