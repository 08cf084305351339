package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.AttachException.Reason;
import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Neighbour;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Attaches pods to networks and detaches them, so that every step may be the last one this process takes: the record says
 * what was intended before the kernel is touched, and a restart finishes or undoes it.
 *
 * <p>Any thread. Different attachments run in parallel, one attachment never with itself; repairs run alone.
 */
public final class Attachments implements AutoCloseable {
    private static final long POLL_MS = 20;
    private static final int LOCKS = 64;
    /** The first address of a block of IPv4 is not given to pods. */
    private static final int FIRST_IN_BLOCK = 1;
    /** In the node's own /80 the first address is the node's. */
    private static final int FIRST_IN_BLOCK_6 = 2;
    /** So many interfaces are made at the same time; more would only wait for the kernel's lock, with more memory. */
    private static final int WORKING_LIMIT = 8;
    /** Then the runtime is told to come again; with the wait for the network this stays below what the shim waits. */
    private static final long TURN_WAIT_MS = 8_000;
    /** Addresses of deleted attachments come free within this, when there are no others. */
    private static final long FREED_WAIT_MS = 5_000;

    // set once
    private final AttachmentStore records;
    private final Boot boot;
    private final Networks networks;
    private final Overlay overlay;
    private final Netlink netlink;
    private final HostFilter filter;
    private final PodWiring wiring;
    private final HostRoutes routes;
    private final Removal removal;
    private final Upkeep upkeep;
    private final CrashPoints crash;
    private final Settings settings;
    private final Lock[] keyLocks = new Lock[LOCKS];
    private final ReentrantReadWriteLock kernel = new ReentrantReadWriteLock();
    private final Semaphore working = new Semaphore(WORKING_LIMIT, true);
    private final Undertaker undertaker;

    /**
     * @param usableWaitMs how long an ADD waits for its network
     * @param uplink name of the interface to the world outside; empty = the one with the default route
     */
    public record Settings(long usableWaitMs, String uplink) {}

    public Attachments(
            AttachmentStore records,
            Boot boot,
            Networks networks,
            Overlay overlay,
            Netlink netlink,
            HostFilter filter,
            CrashPoints crash,
            Settings settings) {
        this.records = records;
        this.boot = boot;
        this.networks = networks;
        this.overlay = overlay;
        this.netlink = netlink;
        this.filter = filter;
        this.wiring = new PodWiring(netlink, filter);
        this.routes = new HostRoutes(netlink);
        this.removal = new Removal(records, boot, overlay, wiring, crash);
        this.upkeep = new Upkeep(records, boot, networks, overlay, netlink, filter, routes, removal);
        this.crash = crash;
        this.settings = settings;
        for (int i = 0; i < LOCKS; i++) {
            keyLocks[i] = new ReentrantLock();
        }
        this.undertaker = new Undertaker(records, removal, kernel.readLock());
    }

    /**
     * A wish for an interface.
     *
     * @param cniName name of the CNI configuration that asks
     * @param network name of the network; null for the primary one
     * @param namespace the sandbox's, borrowed
     * @param wishes of this pod
     */
    public record Request(
            AttachmentKey key,
            String cniName,
            String network,
            NetworkNamespace namespace,
            String netnsPath,
            Attachment.Pod pod,
            Wishes wishes) {}

    /**
     * What a pod may ask for.
     *
     * @param addresses these and no others; at most one of a family, and for a family without one is chosen
     * @param ports of the node that shall lead to it
     * @param routes by the interface beside those of the network
     * @param receiving how fast it may; null = as fast as it can
     * @param sending how fast it may; null = as fast as it can
     * @param besideOthers whether others may have given the sandbox an interface before
     */
    public record Wishes(
            List<InetAddress> addresses,
            List<PortMapping> ports,
            List<IpPrefix> routes,
            RateLimit receiving,
            RateLimit sending,
            boolean besideOthers) {
        public static final Wishes NONE = new Wishes(List.of(), List.of(), List.of(), null, null, false);

        public Wishes {
            addresses = List.copyOf(addresses);
            ports = List.copyOf(ports);
            routes = List.copyOf(routes);
        }
    }

    /** An interface that is there. */
    public record Attached(Attachment attachment, PodNetwork network, int uplinkMtuBytes) {}

    // --- attaching

    /** Makes the interface, or says again what was made before for the same sandbox. On failure nothing is left. */
    public Attached attach(Request request) throws IOException {
        PodNetwork network = awaitUsable(request.network(), request.pod().namespace());
        awaitTurn();
        Lock lock = lockOf(request.key());
        lock.lock();
        try {
            Attachment before = records.get(request.key());
            if (before != null && before.state() == State.ATTACHED) {
                return repeated(before, request, network);
            }
            refuseWhenDeleted(before);
            if (before != null) {
                removal.undo(before); // an attempt that was cut off
            }
            return make(request, network);
        } finally {
            lock.unlock();
            working.release();
        }
    }

    private void awaitTurn() throws AttachException {
        try {
            if (!working.tryAcquire(TURN_WAIT_MS, TimeUnit.MILLISECONDS)) {
                throw new AttachException(
                        Reason.TRY_AGAIN,
                        "too many pods are being attached; waited " + TURN_WAIT_MS + " ms for a turn");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttachException(Reason.TRY_AGAIN, "the node agent is stopping");
        }
    }

    /** Waits for a network that this node knows, serves pods on, and can use; not for one that is not for this pod. */
    private PodNetwork awaitUsable(String name, String podNamespace) throws AttachException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.usableWaitMs);
        while (true) {
            Optional<PodNetwork> network = name == null ? networks.primary() : networks.named(name);
            refuseForeign(network, podNamespace);
            Overlay.Status status = network.map(n -> overlay.status(n.id()))
                    .orElse(Overlay.Status.missing("this node does not know it (yet)"));
            if (network.isPresent() && status.usable() && network.get().servesPods()) {
                return network.get();
            }
            if (System.nanoTime() - until >= 0 || !sleep()) {
                String called = name == null ? "the primary network" : "network " + name;
                String why = status.usable()
                        ? "this node has no block of addresses in it (yet): condition BlocksAvailable of the ZeroTierNetwork"
                                + " tells"
                        : status.why();
                throw new AttachException(Reason.TRY_AGAIN, called + ": " + why);
            }
        }
    }

    private static void refuseForeign(Optional<PodNetwork> network, String podNamespace) throws AttachException {
        if (network.isPresent() && !network.get().admits(podNamespace)) {
            throw new AttachException(
                    Reason.NAMESPACE_REFUSED,
                    "network " + network.get().name() + " is not for pods of namespace " + podNamespace
                            + ": add it to spec.access.pods of ZeroTierNetwork "
                            + network.get().name());
        }
    }

    private static boolean sleep() {
        try {
            Thread.sleep(POLL_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Attached repeated(Attachment before, Request request, PodNetwork network) throws IOException {
        boolean sameSandbox = before.netnsInode() == request.namespace().inode();
        boolean sameNetwork = before.networkId() == network.id();
        if (!sameSandbox || !sameNetwork) {
            throw new AttachException(
                    Reason.CONFLICT,
                    before.key() + " is attached to " + before.network() + " in another "
                            + (sameSandbox ? "network" : "namespace") + "; delete it first");
        }
        verify(before, request.namespace());
        return new Attached(before, network, routes.uplinkMtu(settings.uplink));
    }

    private void refuseWhenDeleted(Attachment before) throws AttachException {
        long agoS = removal.deletedAgoS(before);
        if (agoS >= 0) {
            throw new AttachException(
                    Reason.DELETED,
                    "sandbox " + before.key().containerId() + " was deleted " + agoS
                            + " s ago and is not attached again");
        }
    }

    private Attached make(Request request, PodNetwork network) throws IOException {
        crash.begin(CrashPoints.ADD);
        Attachment adding = reserve(request, network);
        crash.pass(CrashPoints.ADD);
        kernel.readLock().lock();
        try {
            int uplinkMtu = routes.uplinkMtu(settings.uplink);
            PodWiring.Plan plan =
                    new PodWiring.Plan(adding, request.namespace(), network.pools(), uplinkMtu, request.wishes());
            for (PodWiring.Step step : wiring.steps()) {
                step.apply(plan);
                crash.pass(CrashPoints.ADD);
            }
            removal.tellNeighbours(network.id(), adding);
            crash.pass(CrashPoints.ADD);
            Attachment attached = adding.in(State.ATTACHED, boot.uptimeS());
            records.put(attached);
            crash.pass(CrashPoints.ADD);
            attached.addresses().forEach(ip -> overlay.announce(network.id(), ip));
            crash.pass(CrashPoints.ADD);
            return new Attached(attached, network, uplinkMtu);
        } catch (IOException | RuntimeException e) {
            giveUp(adding, e);
            throw e;
        } finally {
            kernel.readLock().unlock();
        }
    }

    private void giveUp(Attachment adding, Exception why) {
        try {
            removal.undo(adding);
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e); // the record stands; the next start or sweep finishes it
        }
    }

    /** As {@link #reserveNow}; those of attachments whose removal is under way count as free, but have to be waited for. */
    private Attachment reserve(Request request, PodNetwork network) throws IOException {
        try {
            return reserveNow(request, network);
        } catch (AttachException e) {
            if (records.all().stream().noneMatch(a -> a.state() == State.REMOVING) || !awaitRemovals(FREED_WAIT_MS)) {
                throw e;
            }
            return reserveNow(request, network);
        }
    }

    /** Picks addresses and writes them down, so that nobody else gets them. */
    private Attachment reserveNow(Request request, PodNetwork network) throws IOException {
        refuseListened(request.wishes().ports());
        boolean besideOthers = request.wishes().besideOthers() && PodWiring.hasDefaultRoute(request.namespace());
        synchronized (this) {
            Claims claims = Claims.of(network, records.all(), boot.uptimeS());
            claims.refuseTaken(request.wishes().ports());
            Attachment adding = new Attachment(
                    request.key(),
                    State.ADDING,
                    request.cniName(),
                    network.name(),
                    network.id(),
                    request.netnsPath(),
                    request.namespace().inode(),
                    boot.id(),
                    claims.pick(
                            network.block(), FIRST_IN_BLOCK, request.wishes().addresses()),
                    claims.pick(
                            network.block6(), FIRST_IN_BLOCK_6, request.wishes().addresses()),
                    network.mtuBytes(),
                    request.pod(),
                    boot.uptimeS(),
                    new Attachment.Options(request.wishes().ports(), besideOthers));
            claims.refuseWithoutBlock(request.wishes().addresses());
            records.put(adding);
            return adding;
        }
    }

    private void refuseListened(List<PortMapping> ports) throws IOException {
        if (ports.isEmpty()) {
            return;
        }
        try (NetworkNamespace host = netlink.namespace()) {
            for (PortMapping port : ports) {
                InetAddress listened = Listeners.at(host, port);
                if (listened != null) {
                    throw new AttachException(
                            Reason.PORT_TAKEN,
                            "host port " + port + " is taken: a program of this node waits at it on "
                                    + listened.getHostAddress());
                }
            }
        }
    }

    // --- detaching

    /**
     * Removes the interface and frees its addresses once it is gone. Succeeds when there is nothing (any more); the
     * deletion is remembered either way. Returns once the removal is written down and the pod is cut off from the host;
     * its interface goes behind.
     */
    public void detach(AttachmentKey key) throws IOException {
        Lock lock = lockOf(key);
        lock.lock();
        kernel.readLock().lock();
        try {
            crash.begin(CrashPoints.DEL);
            Attachment found = records.get(key);
            if (found == null) {
                found = upkeep.recoverFromKernel(key).orElse(null);
            }
            if (found == null) {
                removal.rememberDeleted(key);
            } else if (found.state() != State.REMOVED) {
                removal.begin(found);
                undertaker.bury(key);
            }
        } finally {
            kernel.readLock().unlock();
            lock.unlock();
        }
    }

    /** Waits until the interfaces of all that was detached are gone. @return whether they went within the time */
    boolean awaitRemovals(long limitMs) {
        try {
            return undertaker.await(limitMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // --- checking

    /** @throws AttachException when the interface is not as it was made */
    public Attached check(AttachmentKey key, NetworkNamespace namespace) throws IOException {
        Attachment a = records.get(key);
        if (a == null || a.state() != State.ATTACHED) {
            throw new AttachException(Reason.NOT_INTACT, key + " is not attached");
        }
        verify(a, namespace);
        PodNetwork network = networks.byId(a.networkId())
                .orElseThrow(() -> new AttachException(
                        Reason.NOT_INTACT, "network " + a.network() + " is not served by this node any more"));
        Overlay.Status status = overlay.status(network.id());
        if (!status.usable()) {
            throw new AttachException(Reason.NOT_INTACT, "network " + a.network() + ": " + status.why());
        }
        return new Attached(a, network, routes.uplinkMtu(settings.uplink));
    }

    private void verify(Attachment a, NetworkNamespace namespace) throws IOException {
        Optional<Link> here = netlink.link(a.hostLink());
        if (here.isEmpty() || !a.key().equals(AttachmentKey.ofAlias(here.get().alias()))) {
            throw new AttachException(Reason.NOT_INTACT, "the host's end of " + a.key() + " is gone");
        }
        try (Netlink pod = Netlink.openIn(namespace)) {
            Optional<Link> there = pod.link(a.key().ifname());
            if (there.isEmpty() || there.get().mac() != a.key().podMac()) {
                throw new AttachException(
                        Reason.NOT_INTACT, a.key().ifname() + " in the sandbox is not the one we made");
            }
            List<InetAddress> found = pod.addresses(there.get().index()).stream()
                    .map(Address::prefix)
                    .map(IpPrefix::ip)
                    .toList();
            for (InetAddress ip : a.addresses()) {
                if (!found.contains(ip)) {
                    throw new AttachException(
                            Reason.NOT_INTACT, a.key().ifname() + " lacks its address " + ip.getHostAddress());
                }
            }
            verifyRoutes(a, pod, there.get().index());
            verifyGateways(a, pod, there.get().index());
        }
        verifyHostRoutes(a, here.get().index());
        if (!filter.filters(a)) {
            throw new AttachException(Reason.NOT_INTACT, "the filter of " + a.hostLink() + " is gone");
        }
    }

    /** What others added is theirs; that our link leads out of the pod is what counts. */
    private static void verifyRoutes(Attachment a, Netlink pod, int link) throws IOException {
        List<Route> ways = pod.routes().stream()
                .filter(r -> r.destination().length() == 0 && r.link() == link)
                .toList();
        for (InetAddress ip : a.addresses()) {
            boolean v4 = IpPrefix.host(ip).isV4();
            if (ways.stream().noneMatch(r -> r.destination().isV4() == v4)) {
                throw new AttachException(
                        Reason.NOT_INTACT, a.key().ifname() + " lacks its default route of " + (v4 ? "IPv4" : "IPv6"));
            }
        }
    }

    /** Nobody answers for the gateway: without its entry every packet of the pod ends in a question. */
    private static void verifyGateways(Attachment a, Netlink pod, int link) throws IOException {
        List<InetAddress> known = pod.neighbours(link).stream()
                .filter(n -> n.isPermanent() && n.mac() == a.key().hostMac())
                .map(Neighbour::ip)
                .toList();
        for (InetAddress ip : a.addresses()) {
            InetAddress gateway = IpPrefix.host(ip).isV4() ? PodWiring.GATEWAY_4 : PodWiring.GATEWAY_6;
            if (!known.contains(gateway)) {
                throw new AttachException(
                        Reason.NOT_INTACT,
                        a.key().ifname() + " lacks the entry for its gateway " + gateway.getHostAddress());
            }
        }
    }

    private void verifyHostRoutes(Attachment a, int link) throws IOException {
        for (InetAddress ip : a.addresses()) {
            IpPrefix pod = IpPrefix.host(ip);
            if (netlink.routes(Route.TABLE_MAIN, pod.isV4()).stream()
                    .noneMatch(r -> r.destination().equals(pod) && r.link() == link)) {
                throw new AttachException(
                        Reason.NOT_INTACT, "the host has no route to " + ip.getHostAddress() + " (any more)");
            }
        }
    }

    // --- the whole node

    /**
     * Removes every attachment made under a CNI configuration that the runtime does not list any more.
     *
     * @return what could not be removed, with the reason
     */
    public Map<AttachmentKey, String> collect(String cniName, Collection<AttachmentKey> valid) {
        Map<AttachmentKey, String> failures = new HashMap<>();
        crash.begin(CrashPoints.GC);
        for (Attachment a : records.all()) {
            if (a.cniName().equals(cniName) && a.state() != State.REMOVED && !valid.contains(a.key())) {
                try {
                    detach(a.key());
                } catch (IOException | RuntimeException e) {
                    failures.put(a.key(), String.valueOf(e.getMessage()));
                }
            }
        }
        return failures;
    }

    /** After a start: makes records and kernel agree, whatever the process before was doing when it ended. */
    public void reconcile() throws IOException {
        alone(() -> {
            upkeep.reconcile();
            return 0;
        });
    }

    /**
     * Puts back what someone else removed or changed: routes, addresses of TAPs, the filter, neighbours answered for.
     * Frees what belongs to a namespace that is gone.
     *
     * @return how many things were put right
     */
    public int repair() throws IOException {
        return alone(upkeep::repair);
    }

    /** Undoes everything of ours on this host: pods' interfaces, routes, filter, records. */
    public void uninstall() throws IOException {
        alone(() -> {
            upkeep.uninstall();
            return 0;
        });
    }

    private interface Work {
        int done() throws IOException;
    }

    private int alone(Work work) throws IOException {
        kernel.writeLock().lock();
        try {
            return work.done();
        } finally {
            kernel.writeLock().unlock();
        }
    }

    /** All attachments that exist or are on their way. */
    public List<Attachment> list() {
        return records.all().stream().filter(Attachment::holdsAddresses).toList();
    }

    private Lock lockOf(AttachmentKey key) {
        return keyLocks[Math.floorMod(key.hashCode(), LOCKS)];
    }

    /** Lets removals that are under way end; everything of the pods stays. */
    @Override
    public void close() {
        undertaker.close();
    }
}
