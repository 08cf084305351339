package io.wirecloset.engine;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.store.Store;
import io.wirecloset.simnet.SimAddress;
import io.wirecloset.simnet.SimApplication;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A whole node on a simulated host: an engine with one lane over simulated datagrams, a tap with a small host stack per
 * network, and a controller if asked for. Which of lane and control loop runs next is drawn from the seed, as threads of an
 * operating system would leave it open.
 */
final class SimNode implements SimApplication, Events {
    /** What deriving an address from a key takes a real node, or a little more. */
    private static final long VALIDATION_MS = 120;

    private static final long CONTACTS_SAVED_MS = 60_000;

    private record Validating(Identity identity, long doneAtMs) {}

    private final SimHost host;
    /** A node's time begins with the date and goes on whatever becomes of that, as in production. */
    private final long aheadMs;

    private final SplittableRandom random;
    private final Identity self;
    private final SimDatagrams datagrams;
    private final Engine engine;
    private final Map<Long, MemoryTap> taps = new HashMap<>();
    private final Map<Long, HostStack> stacks = new HashMap<>();
    private final SimDisk disk;
    private final Deque<Validating> validating = new ArrayDeque<>();
    private Controller controller;
    private boolean laneAwake = true;
    private boolean controlAwake = true;
    private Set<Long> deafTo = Set.of();
    private int relayedArrivals;
    private long saveAtMs;

    SimNode(SimHost host, Identity self, World planet) {
        this(host, self, planet, new SimDisk());
    }

    /** @param disk what it saved in an earlier life, and will save in this one */
    SimNode(SimHost host, Identity self, World planet, SimDisk disk) {
        this.host = host;
        this.self = self;
        this.disk = disk;
        aheadMs = host.wallMs() - host.nowMs();
        random = host.random().split();
        datagrams = new SimDatagrams(host, Wire.DEFAULT_PORT);
        engine = Engine.builder(self, RandomSource.of(host.random().split()))
                .planet(planet)
                .metadata(RequestMetadata.of(Wire.PROTOCOL_VERSION, 0, 1, 0, "simnet"))
                .capacity(Capacity.SMALL)
                .lane(datagrams, this::wakeLane)
                .control(datagrams, this::wakeControl)
                .validation(this::validate)
                .events(this)
                .build();
        engine.sockets(datagrams.sockets(), datagrams.bound());
        for (SimDisk.Contact known : disk.contacts()) {
            engine.post(() -> engine.vl1().recall(known.identity(), known.endpoints(), engine.nowMs()));
        }
        engine.post(() -> engine.vl1().acquaint(disk.told()));
        engine.add(this::saveContacts);
    }

    /** As a node in production does, so that those who talked go on talking though no root is there to introduce them. */
    private long saveContacts(long nowMs) {
        if (nowMs < saveAtMs) return saveAtMs;
        for (PeerView peer : engine.vl1().peerViews(nowMs)) {
            if (peer.role() != PeerView.Role.LEAF || !peer.isDirect()) continue;
            List<Endpoint> alive = peer.paths().stream()
                    .filter(PeerView.PathView::active)
                    .map(PeerView.PathView::endpoint)
                    .toList();
            Identity identity = engine.vl1().identityOf(peer.address(), nowMs);
            if (identity != null && !alive.isEmpty()) disk.save(new SimDisk.Contact(identity, alive));
        }
        saveAtMs = nowMs + CONTACTS_SAVED_MS;
        return saveAtMs;
    }

    // ---- what a story does with it

    long address() {
        return self.address();
    }

    void join(long networkId) {
        MemoryTap tap = new MemoryTap(this::wakeLane);
        taps.put(networkId, tap);
        stacks.put(networkId, new HostStack(tap, Mac.of(address(), networkId)));
        engine.addTap(networkId, tap);
        engine.post(() -> engine.vl2().join(networkId, disk.config(networkId), engine.nowMs()));
    }

    void leave(long networkId, Runnable released) {
        engine.post(() -> engine.vl2().leave(networkId, engine.nowMs()));
        engine.removeTap(networkId, released);
    }

    /** Makes this node a controller of what is in the store. */
    Controller control(Store store) {
        RandomSource ids = RandomSource.of(host.random().split());
        controller = new Controller(self, store, new ToMembers(engine, this::nowMs), Listener.NOBODY, ids);
        controller.start(nowMs(), host.wallMs(), Scene.OR_FAIL);
        engine.post(() -> engine.vl2().controller(controller));
        engine.add(nowMs -> controller.poll(nowMs, host.wallMs()));
        return controller;
    }

    /** Something small for another node, so that the two get to know each other. */
    void greet(SimNode other) {
        byte[] payload = new byte[16];
        engine.post(() ->
                engine.vl1().send(other.address(), Verb.USER_MESSAGE, payload, 0, payload.length, 0, engine.nowMs()));
    }

    /** The host has other addresses, and the node noticed. */
    void rebinds() {
        datagrams.rebind();
        engine.sockets(datagrams.sockets(), datagrams.bound());
    }

    /** Hears nothing of these nodes any more, whichever way it comes. Nobody: hears all again. */
    void deafTo(Set<Long> addresses) {
        deafTo = Set.copyOf(addresses);
    }

    HostStack stack(long networkId) {
        return stacks.get(networkId);
    }

    Engine engine() {
        return engine;
    }

    SimDatagrams datagrams() {
        return datagrams;
    }

    MemoryTap tap(long networkId) {
        return taps.get(networkId);
    }

    boolean online() {
        return engine.vl1().online();
    }

    NetworkView view(long networkId) {
        return engine.vl2().view(networkId);
    }

    NetworkStatus status(long networkId) {
        NetworkView view = view(networkId);
        return view == null ? null : view.status();
    }

    List<PeerView> peers() {
        return engine.vl1().peerViews(nowMs());
    }

    boolean hasDirectPathTo(SimNode other) {
        return peers().stream().anyMatch(peer -> peer.address() == other.address() && peer.isDirect());
    }

    /** Packets for this node that came through a relay. */
    int relayedArrivals() {
        return relayedArrivals;
    }

    // ---- SimApplication

    @Override
    public void onDatagram(int socket, SimAddress from, byte[] payload, long nowMs) {
        if (payload.length >= PacketHeader.LENGTH && deafTo.contains(PacketHeader.source(payload, 0))) return;
        if (payload.length >= PacketHeader.LENGTH
                && PacketHeader.destination(payload, 0) == address()
                && PacketHeader.hops(payload, 0) > 0) relayedArrivals++;
        datagrams.arrived(socket, from, payload);
        laneAwake = true;
    }

    private long nowMs() {
        return host.nowMs() + aheadMs;
    }

    /** One turn of the one or the other. */
    @Override
    public long poll(long virtualMs) {
        long nowMs = virtualMs + aheadMs;
        for (Validating next; (next = validating.peek()) != null && nowMs >= next.doneAtMs(); ) {
            validating.remove();
            engine.onValidated(next.identity(), true);
        }
        ControlLoop control = engine.control();
        if (nowMs >= control.wakeAtMs()) controlAwake = true;
        if (laneAwake && (!controlAwake || random.nextBoolean())) {
            laneAwake = false;
            if (engine.lane(0).doWork(nowMs) > 0) laneAwake = true;
        } else if (controlAwake) {
            controlAwake = false;
            if (control.doWork(nowMs) > 0) controlAwake = true;
        }
        if (laneAwake || controlAwake) host.wake();
        long validatedMs = validating.isEmpty() ? NEVER : validating.peek().doneAtMs();
        return Math.min(control.wakeAtMs(), validatedMs) - aheadMs;
    }

    private void wakeLane() {
        laneAwake = true;
        host.wake();
    }

    private void wakeControl() {
        controlAwake = true;
        host.wake();
    }

    /** All identities of stories are from a list that another test validates for real. */
    private void validate(Identity identity) {
        validating.add(new Validating(identity, nowMs() + VALIDATION_MS));
        host.wake();
    }

    // ---- Events

    @Override
    public void onNode(NodeEvent event) {}

    @Override
    public void onNetwork(long networkId, NetworkView view) {
        if (view.config() == null) return;
        Set<MulticastGroup> groups = new LinkedHashSet<>();
        view.config().staticAddresses().forEach(address -> {
            stack(networkId).address(address.ip());
            groups.add(MulticastGroup.resolutionOf(address.ip()));
        });
        engine.post(() -> engine.vl2().groups(networkId, groups, engine.nowMs()));
    }

    @Override
    public void onSave(long networkId, byte[] dictionary) {
        disk.save(networkId, dictionary);
    }
}
