package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.AttachException.Reason;
import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final Logger LOG = System.getLogger(Attachments.class.getName());

    /** A sandbox that was deleted does not come back within this time, whatever order its calls arrive in. */
    static final long TOMBSTONE_S = 300;
    /** So many tombstones are kept; then the oldest goes first. */
    static final int TOMBSTONE_LIMIT = 4096;
    /** DEL answers after this at the latest; removing an interface waits for the kernel's readers and may take longer. */
    private static final long DETACH_ANSWER_MS = 1_000;

    private static final long POLL_MS = 20;
    private static final int LOCKS = 64;
    private static final int UNDERTAKERS = 2;
    private static final String ADD = "add";
    private static final String DEL = "del";

    // set once
    private final AttachmentStore records;
    private final Boot boot;
    private final Networks networks;
    private final Overlay overlay;
    private final Netlink netlink;
    private final HostFilter filter;
    private final PodWiring wiring;
    private final HostRoutes routes;
    private final CrashPoints crash;
    private final Settings settings;
    private final Lock[] keyLocks = new Lock[LOCKS];
    private final ReentrantReadWriteLock kernel = new ReentrantReadWriteLock();
    private final ExecutorService undertakers;

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
        this.crash = crash;
        this.settings = settings;
        for (int i = 0; i < LOCKS; i++) {
            keyLocks[i] = new ReentrantLock();
        }
        this.undertakers = Executors.newFixedThreadPool(
                UNDERTAKERS, Thread.ofPlatform().daemon().name("detach-", 0).factory());
    }

    /**
     * A wish for an interface.
     *
     * @param cniName name of the CNI configuration that asks
     * @param network name of the network; null for the primary one
     * @param namespace the sandbox's, borrowed
     */
    public record Request(
            AttachmentKey key,
            String cniName,
            String network,
            NetworkNamespace namespace,
            String netnsPath,
            Attachment.Pod pod) {}

    /** An interface that is there. */
    public record Attached(Attachment attachment, PodNetwork network, int uplinkMtuBytes) {}

    // --- attaching

    /** Makes the interface, or says again what was made before for the same sandbox. On failure nothing is left. */
    public Attached attach(Request request) throws IOException {
        PodNetwork network = awaitUsable(request.network());
        Lock lock = lockOf(request.key());
        lock.lock();
        try {
            Attachment before = records.get(request.key());
            if (before != null && before.state() == State.ATTACHED) {
                return repeated(before, request, network);
            }
            refuseWhenDeleted(before);
            if (before != null) {
                undo(before); // an attempt that was cut off
            }
            return make(request, network);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a network that this node knows, serves pods on, and can use. */
    private PodNetwork awaitUsable(String name) throws AttachException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.usableWaitMs);
        while (true) {
            Optional<PodNetwork> network = name == null ? networks.primary() : networks.named(name);
            Overlay.Status status = network.map(n -> overlay.status(n.id()))
                    .orElse(Overlay.Status.missing("this node does not know it (yet)"));
            if (network.isPresent() && status.usable() && network.get().servesPods()) {
                return network.get();
            }
            if (System.nanoTime() - until >= 0 || !sleep()) {
                String called = name == null ? "the primary network" : "network " + name;
                String why = status.usable() ? "this node has no block of addresses in it yet" : status.why();
                throw new AttachException(Reason.TRY_AGAIN, called + ": " + why);
            }
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
        boolean deleted = before != null && (before.state() == State.REMOVED || before.state() == State.REMOVING);
        if (deleted && boot.uptimeS() - before.changedS() < TOMBSTONE_S) {
            throw new AttachException(
                    Reason.DELETED,
                    "sandbox " + before.key().containerId() + " was deleted " + (boot.uptimeS() - before.changedS())
                            + " s ago and is not attached again");
        }
    }

    private Attached make(Request request, PodNetwork network) throws IOException {
        crash.begin(ADD);
        Attachment adding = reserve(request, network);
        crash.pass(ADD);
        kernel.readLock().lock();
        try {
            int uplinkMtu = routes.uplinkMtu(settings.uplink);
            PodWiring.Plan plan = new PodWiring.Plan(adding, request.namespace(), network.pools(), uplinkMtu);
            for (PodWiring.Step step : wiring.steps()) {
                step.apply(plan);
                crash.pass(ADD);
            }
            tellNeighbours(network.id(), adding);
            crash.pass(ADD);
            Attachment attached = adding.in(State.ATTACHED, boot.uptimeS());
            records.put(attached);
            crash.pass(ADD);
            attached.addresses().forEach(ip -> overlay.announce(network.id(), ip));
            crash.pass(ADD);
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
            undo(adding);
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e); // the record stands; the next start or sweep finishes it
        }
    }

    /** Picks addresses and writes them down, so that nobody else gets them. */
    private synchronized Attachment reserve(Request request, PodNetwork network) throws IOException {
        Set<InetAddress> inUse = new HashSet<>(network.addresses());
        Map<InetAddress, Long> freedS = new HashMap<>();
        for (Attachment a : records.all()) {
            if (a.holdsAddresses()) {
                inUse.addAll(a.addresses());
            } else {
                a.addresses().forEach(ip -> freedS.merge(ip, a.changedS(), Math::max));
            }
        }
        long nowS = boot.uptimeS();
        Attachment adding = new Attachment(
                request.key(),
                State.ADDING,
                request.cniName(),
                network.name(),
                network.id(),
                request.netnsPath(),
                request.namespace().inode(),
                boot.id(),
                pick(network, network.block(), 1, inUse, freedS, nowS),
                // in the node's own /80 its first address is the node's
                pick(network, network.block6(), 2, inUse, freedS, nowS),
                network.mtuBytes(),
                request.pod(),
                nowS);
        records.put(adding);
        return adding;
    }

    private static InetAddress pick(
            PodNetwork network,
            IpPrefix block,
            int skip,
            Set<InetAddress> inUse,
            Map<InetAddress, Long> freedS,
            long nowS)
            throws AttachException {
        if (block == null) {
            return null;
        }
        InetAddress picked = AddressPool.pick(block, skip, inUse, freedS, nowS);
        if (picked == null) {
            throw new AttachException(
                    Reason.NO_ADDRESS_LEFT,
                    "network " + network.name() + ": all addresses of this node's block " + block.network()
                            + " are in use");
        }
        return picked;
    }

    // --- detaching

    /**
     * Removes the interface and frees its addresses once it is gone. Succeeds when there is nothing (any more); the
     * deletion is remembered either way. Returns when done, or after a second, with the rest done behind.
     */
    public void detach(AttachmentKey key) throws IOException {
        Future<Void> done = undertakers.submit(() -> {
            bury(key);
            return null;
        });
        try {
            done.get(DETACH_ANSWER_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.DEBUG, "{0} is removed behind the answer", key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                default -> throw new IOException(e.getCause());
            }
        }
    }

    private void bury(AttachmentKey key) throws IOException {
        Lock lock = lockOf(key);
        lock.lock();
        kernel.readLock().lock();
        try {
            crash.begin(DEL);
            Attachment found = records.get(key);
            if (found == null) {
                found = recoverFromKernel(key).orElse(null);
            }
            if (found == null) {
                rememberDeleted(nobody(key));
            } else if (found.state() != State.REMOVED) {
                remove(found);
            }
            crash.pass(DEL);
        } finally {
            kernel.readLock().unlock();
            lock.unlock();
        }
    }

    private void remove(Attachment found) throws IOException {
        Attachment removing = found.in(State.REMOVING, boot.uptimeS());
        records.put(removing);
        crash.pass(DEL);
        tellNeighbours(removing.networkId(), null);
        crash.pass(DEL);
        for (PodWiring.Step step : wiring.steps().reversed()) {
            step.undo(removing);
            crash.pass(DEL);
        }
        rememberDeleted(removing);
    }

    /** Undoes an attempt as if it had never been. */
    private void undo(Attachment attempt) throws IOException {
        for (PodWiring.Step step : wiring.steps().reversed()) {
            step.undo(attempt);
        }
        records.delete(attempt.key());
        tellNeighbours(attempt.networkId(), null);
    }

    private void rememberDeleted(Attachment gone) throws IOException {
        records.put(gone.in(State.REMOVED, boot.uptimeS()));
        forgetOldTombstones();
    }

    private void forgetOldTombstones() throws IOException {
        long nowS = boot.uptimeS();
        List<Attachment> tombstones = new ArrayList<>(
                records.all().stream().filter(a -> a.state() == State.REMOVED).toList());
        tombstones.sort((a, b) -> Long.compare(a.changedS(), b.changedS()));
        int surplus = tombstones.size() - TOMBSTONE_LIMIT;
        for (int i = 0; i < tombstones.size(); i++) {
            if (i < surplus || nowS - tombstones.get(i).changedS() >= TOMBSTONE_S) {
                records.delete(tombstones.get(i).key());
            }
        }
    }

    private Attachment nobody(AttachmentKey key) {
        return new Attachment(
                key, State.REMOVED, "", "", 0, "", 0, boot.id(), null, null, 0, Attachment.Pod.UNKNOWN, boot.uptimeS());
    }

    private void tellNeighbours(long networkId, Attachment coming) {
        Set<InetAddress> addresses = new HashSet<>();
        for (Attachment a : records.all()) {
            if (a.networkId() == networkId && a.state() == State.ATTACHED) {
                addresses.addAll(a.addresses());
            }
        }
        if (coming != null) {
            addresses.addAll(coming.addresses());
        }
        overlay.localNeighbours(networkId, addresses);
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
        }
    }

    // --- sweeping

    /**
     * Removes every attachment made under a CNI configuration that the runtime does not list any more.
     *
     * @return what could not be removed, with the reason
     */
    public Map<AttachmentKey, String> collect(String cniName, Collection<AttachmentKey> valid) {
        Map<AttachmentKey, String> failures = new HashMap<>();
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

    /**
     * After a start: makes records and kernel agree. Records of another boot are void; what was being added is undone,
     * what was being removed is finished; an attachment whose interface is gone is freed; an interface without a record
     * gets one from what the kernel knows, or goes.
     */
    public void reconcile() throws IOException {
        kernel.writeLock().lock();
        try {
            for (Attachment a : records.all()) {
                if (!a.bootId().equals(boot.id())) {
                    records.delete(a.key()); // speaks of what a reboot removed; nothing in the kernel is touched
                }
            }
            Map<AttachmentKey, Link> links = podLinks();
            for (Attachment a : records.all()) {
                settle(a, links.containsKey(a.key()));
            }
            for (Map.Entry<AttachmentKey, Link> orphan : links.entrySet()) {
                if (records.get(orphan.getKey()) == null) {
                    adoptOrRemove(orphan.getKey(), orphan.getValue());
                }
            }
            removeNamelessLinks();
            forgetOldTombstones();
        } finally {
            kernel.writeLock().unlock();
        }
        repair();
    }

    private void settle(Attachment a, boolean linkExists) throws IOException {
        switch (a.state()) {
            case ADDING -> undo(a);
            case REMOVING -> remove(a);
            case ATTACHED -> {
                if (!linkExists) {
                    remove(a);
                }
            }
            case REMOVED -> {
                // nothing of it exists
            }
        }
    }

    private Map<AttachmentKey, Link> podLinks() throws IOException {
        Map<AttachmentKey, Link> found = new HashMap<>();
        for (Link link : netlink.links()) {
            AttachmentKey key = AttachmentKey.ofAlias(link.alias());
            if (key != null && link.name().equals(key.hostLink())) {
                found.put(key, link);
            }
        }
        return found;
    }

    private void adoptOrRemove(AttachmentKey key, Link link) throws IOException {
        Optional<Attachment> recovered = recoverFromKernel(key);
        if (recovered.isPresent()) {
            LOG.log(Level.WARNING, "{0}: its record was lost; taken up again from its interface", key);
            records.put(recovered.get());
        } else {
            netlink.deleteLink(link.index());
        }
    }

    /** An attempt cut off between making the link and naming it has no record any more only if its undoing was cut off too. */
    private void removeNamelessLinks() throws IOException {
        for (Link link : netlink.links()) {
            boolean ourName = link.name().matches(AttachmentKey.HOST_LINK_PREFIX + "[0-9a-f]{12}");
            if (ourName && link.kind().equals("veth") && link.alias().isEmpty()) {
                netlink.deleteLink(link.index());
            }
        }
    }

    /** @return what the interface itself tells: whose it is by its alias, its addresses by the host's routes to it */
    private Optional<Attachment> recoverFromKernel(AttachmentKey key) throws IOException {
        Optional<Link> link = netlink.link(key.hostLink()).filter(l -> key.equals(AttachmentKey.ofAlias(l.alias())));
        if (link.isEmpty()) {
            return Optional.empty();
        }
        InetAddress ipv4 = null;
        InetAddress ipv6 = null;
        for (var route : netlink.routes(io.wirecloset.transport.netlink.Route.TABLE_MAIN)) {
            IpPrefix to = route.destination();
            if (route.link() == link.get().index() && to.equals(IpPrefix.host(to.ip()))) {
                ipv4 = to.isV4() ? to.ip() : ipv4;
                ipv6 = to.isV4() ? ipv6 : to.ip();
            }
        }
        InetAddress one = ipv4 != null ? ipv4 : ipv6;
        Optional<PodNetwork> network = one == null ? Optional.empty() : networkOf(one);
        if (network.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Attachment(
                key,
                State.ATTACHED,
                "",
                network.get().name(),
                network.get().id(),
                "",
                0,
                boot.id(),
                ipv4,
                ipv6,
                link.get().mtu(),
                Attachment.Pod.UNKNOWN,
                boot.uptimeS()));
    }

    private Optional<PodNetwork> networkOf(InetAddress pod) {
        return networks.all().stream()
                .filter(n -> covers(n.block(), pod) || covers(n.block6(), pod))
                .findFirst();
    }

    private static boolean covers(IpPrefix block, InetAddress ip) {
        return block != null
                && block.isV4() == IpPrefix.host(ip).isV4()
                && new IpPrefix(ip, block.length()).network().equals(block.network());
    }

    /**
     * Puts back what someone else removed or changed: routes, addresses of TAPs, the filter, neighbours answered for.
     * Frees what belongs to a namespace that is gone.
     *
     * @return how many things were put right
     */
    public int repair() throws IOException {
        kernel.writeLock().lock();
        try {
            Map<AttachmentKey, Link> links = podLinks();
            for (Attachment a : records.all()) {
                if (a.state() == State.ATTACHED && !links.containsKey(a.key())) {
                    remove(a);
                }
            }
            List<Attachment> up = records.all().stream()
                    .filter(a -> a.state() == State.ATTACHED && links.containsKey(a.key()))
                    .toList();
            int changes = routes.apply(networks.all(), taps(), up);
            changes += repairFilter(up);
            for (PodNetwork n : networks.all()) {
                tellNeighbours(n.id(), null);
            }
            return changes;
        } finally {
            kernel.writeLock().unlock();
        }
    }

    private int repairFilter(List<Attachment> up) throws IOException {
        List<FilterRules.Tapped> tapped = networks.all().stream()
                .map(n -> new FilterRules.Tapped(n, overlay.tap(n.id())))
                .toList();
        if (filter.isIntact(tapped, up)) {
            return 0;
        }
        filter.replaceAll(tapped, up);
        return 1;
    }

    private Map<Long, String> taps() {
        Map<Long, String> taps = new HashMap<>();
        networks.all().forEach(n -> taps.put(n.id(), overlay.tap(n.id())));
        return taps;
    }

    /** Undoes everything of ours on this host: pods' interfaces, routes, filter, records. */
    public void uninstall() throws IOException {
        kernel.writeLock().lock();
        try {
            for (Link link : podLinks().values()) {
                netlink.deleteLink(link.index());
            }
            routes.removeAll(taps());
            filter.removeAll();
            for (Attachment a : records.all()) {
                records.delete(a.key());
            }
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
        undertakers.shutdown();
        try {
            if (!undertakers.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "removals are cut off by the end of this process; the next start finishes them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
