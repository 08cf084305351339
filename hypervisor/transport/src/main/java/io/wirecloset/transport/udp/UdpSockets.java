package io.wirecloset.transport.udp;

import io.wirecloset.engine.DatagramSender;
import io.wirecloset.transport.linux.Joining;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.linux.Watched;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.NetlinkMonitor;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.udp.LocalAddresses.Wanted;
import io.wirecloset.vl1.wire.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All logical sockets: one per usable local address and port. Follows the interfaces as they come and go.
 *
 * <p>A thread of its own waits for news of the kernel's and looks at everything anew when there is some, and every {@value
 * #REFRESH_MS} ms anyway. Lanes use {@link #port}, everybody else {@link #sender}; both see each change at their next call.
 */
public final class UdpSockets implements AutoCloseable {
    /** Told from the thread that follows the interfaces, and once from {@link #open}. */
    public interface Listener {
        /** @param ids and {@code bound}: all logical sockets there are now, in the same order */
        void sockets(int[] ids, Endpoint[] bound);
    }

    /** What is bound now. @param interfaceName empty when bound to an address alone */
    public record Bound(int id, Endpoint endpoint, String interfaceName) {}

    static final int REFRESH_MS = 30_000;
    /** Interfaces change in bursts: an address a moment after the link. */
    private static final int SETTLE_MS = 100;
    /** More would be a mistake, and HELLOs go out on each. */
    private static final int SOCKETS_LIMIT = 64;

    // set once
    private final UdpSettings settings;
    private final NetworkNamespace namespace;
    private final Netlink netlink;
    private final NetlinkMonitor monitor;
    private final Listener listener;
    private final UdpPort[] ports;
    private final UdpSender sender = new UdpSender(this);
    private final Poller poller;
    private final Thread following;

    // written under the lock of this, replaced whole
    private volatile UdpSocket[] current = {};
    private volatile Map<Endpoint, String> problems = Map.of();
    private int lastId = -1;
    private List<OpenSocket> inherited;
    private volatile boolean closed;

    private UdpSockets(UdpSettings settings, NetworkNamespace namespace, Listener listener) throws IOException {
        this.settings = settings;
        this.inherited = settings.inherited();
        this.namespace = namespace;
        this.listener = listener;
        this.ports = new UdpPort[settings.lanes()];
        for (int lane = 0; lane < ports.length; lane++) {
            ports[lane] = new UdpPort(lane, this);
        }
        this.netlink = Netlink.openIn(namespace);
        this.monitor = NetlinkMonitor.openIn(
                namespace,
                NetlinkMonitor.Topic.LINKS,
                NetlinkMonitor.Topic.IPV4_ADDRESSES,
                NetlinkMonitor.Topic.IPV6_ADDRESSES);
        this.poller = Poller.create();
        poller.watch(new Watched() {
            @Override
            public int fd() {
                return monitor.fd();
            }

            @Override
            public void ready() {
                changed = true;
            }
        });
        this.following = Thread.ofPlatform().name("udp-interfaces").daemon().unstarted(this::follow);
    }

    // this thread only
    private boolean changed;

    /** @throws IOException when not a single socket can be bound; the message says why */
    public static UdpSockets open(UdpSettings settings, Listener listener) throws IOException {
        NetworkNamespace namespace = settings.namespace() == null
                ? NetworkNamespace.current()
                : settings.namespace().duplicate();
        UdpSockets sockets = new UdpSockets(settings, namespace, listener);
        sockets.refresh();
        if (sockets.current.length == 0 && !sockets.problems.isEmpty()) {
            String why = String.join("; ", sockets.problems.values());
            sockets.close();
            throw new IOException("no UDP socket can be bound: " + why);
        }
        sockets.following.start();
        return sockets;
    }

    public UdpPort port(int lane) {
        return ports[lane];
    }

    public DatagramSender sender() {
        return sender;
    }

    public List<Bound> bound() {
        List<Bound> bound = new ArrayList<>();
        for (UdpSocket socket : current) {
            bound.add(new Bound(socket.id, socket.bound, socket.wanted.interfaceName()));
        }
        return bound;
    }

    /** Addresses that should be bound and are not, each with the reason; tried again all the time. */
    public Map<Endpoint, String> problems() {
        return problems;
    }

    /** All sockets once more, for whoever goes on with them when this is closed; the caller's to close. */
    public synchronized List<OpenSocket> duplicates() throws LinuxException {
        List<OpenSocket> copies = new ArrayList<>();
        try {
            for (UdpSocket socket : current) {
                copies.add(socket.duplicate());
            }
            return copies;
        } catch (LinuxException | RuntimeException e) {
            copies.forEach(OpenSocket::close);
            throw e;
        }
    }

    /** All sockets: the same array as long as nothing changes. */
    UdpSocket[] current() {
        return current;
    }

    /** Looks at the interfaces now. @return whether the sockets changed */
    public boolean refresh() throws IOException {
        return namespace.run(this::refreshInside);
    }

    private synchronized boolean refreshInside() {
        if (closed) {
            return false;
        }
        Set<Wanted> missing = new LinkedHashSet<>(wanted());
        List<UdpSocket> kept = new ArrayList<>();
        List<UdpSocket> gone = new ArrayList<>();
        for (UdpSocket socket : current) {
            (missing.remove(socket.wanted) ? kept : gone).add(socket);
        }
        // first away with the old: the same port may be wanted on the same address of another interface
        int before = current.length;
        current = kept.toArray(UdpSocket[]::new);
        gone.forEach(UdpSocket::close);
        adoptAll(missing, kept);
        openAll(missing, kept);
        boolean different = !gone.isEmpty() || kept.size() != before;
        if (different) {
            current = kept.toArray(UdpSocket[]::new);
            tell();
        }
        return different;
    }

    /** What was inherited and nobody wants is closed first: it may hold a port that is wanted otherwise. */
    private void adoptAll(Set<Wanted> missing, List<UdpSocket> into) {
        for (OpenSocket open : inherited) {
            Wanted wanted = new Wanted(open.bound(), open.interfaceName());
            if (open.perLane().size() == settings.lanes() && missing.remove(wanted)) {
                into.add(UdpSocket.adopt(++lastId, wanted, open));
            } else {
                open.close();
            }
        }
        inherited = List.of();
    }

    private void openAll(Set<Wanted> missing, List<UdpSocket> into) {
        Map<Endpoint, String> failed = new LinkedHashMap<>();
        for (Wanted one : missing) {
            if (into.size() >= SOCKETS_LIMIT) {
                failed.put(one.endpoint(), "more than " + SOCKETS_LIMIT + " sockets");
                continue;
            }
            try {
                into.add(UdpSocket.open(lastId + 1, one, settings.lanes()));
                lastId++;
            } catch (LinuxException e) {
                failed.put(one.endpoint(), e.getMessage());
            }
        }
        problems = Map.copyOf(failed);
    }

    private Set<Wanted> wanted() {
        List<Link> links;
        List<Address> addresses;
        try {
            links = settings.bind().isEmpty() ? netlink.links() : List.of();
            addresses = settings.bind().isEmpty() ? netlink.addresses() : List.of();
        } catch (IOException e) {
            return LocalAddresses.wildcards(settings);
        }
        return LocalAddresses.wanted(settings, links, addresses);
    }

    private void tell() {
        UdpSocket[] now = current;
        int[] ids = new int[now.length];
        Endpoint[] endpoints = new Endpoint[now.length];
        for (int i = 0; i < now.length; i++) {
            ids[i] = now[i].id;
            endpoints[i] = now[i].bound;
        }
        listener.sockets(ids, endpoints);
    }

    private void follow() {
        while (!closed) {
            try {
                poller.await(REFRESH_MS);
                if (changed && !closed) {
                    poller.await(SETTLE_MS);
                    changed = false;
                    monitor.drain(() -> {});
                }
                refresh();
            } catch (IOException | RuntimeException e) {
                // whatever the kernel could not say now, it is asked again
                problems = Map.of(Endpoint.ofV4(0, 0), "interfaces cannot be listed: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        poller.wake();
        Joining.join(following);
        synchronized (this) {
            inherited.forEach(OpenSocket::close);
            UdpSocket[] last = current;
            current = new UdpSocket[0];
            for (UdpSocket socket : last) {
                socket.close();
            }
        }
        poller.close();
        monitor.close();
        netlink.close();
        namespace.close();
    }
}
