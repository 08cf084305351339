package io.wirecloset.node;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.engine.Engine;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.HomeLock;
import io.wirecloset.node.home.LocalConf;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.node.localapi.ApiSection;
import io.wirecloset.node.localapi.BondSection;
import io.wirecloset.node.localapi.ConfigSection;
import io.wirecloset.node.localapi.LocalApiServer;
import io.wirecloset.node.localapi.LocalNode;
import io.wirecloset.node.localapi.MetricsSection;
import io.wirecloset.node.localapi.MoonSection;
import io.wirecloset.node.localapi.NodeSection;
import io.wirecloset.node.localapi.Orbits;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.loop.ControlThread;
import io.wirecloset.transport.loop.LaneThread;
import io.wirecloset.transport.loop.SystemClock;
import io.wirecloset.transport.udp.OpenSocket;
import io.wirecloset.transport.udp.UdpSockets;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.LocalNeighbours;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.RequestMetadata;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A running node: an engine on its threads, UDP sockets, the devices of its networks, a home directory and the local API.
 * The plain programs are little more than one of these; the agent and the operator embed one.
 *
 * <p>Any thread may call. What asks the control loop waits for its next turn, so do not call those methods on it.
 */
public final class Node implements LocalNode, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    /** A killed node remembers whom it knew this long ago, and has its paths back without a root's help. */
    private static final int PEERS_SAVED_MS = 5_000;

    private static final int MAJOR = 0;
    private static final int MINOR = 1;
    private static final int REVISION = 0;

    // set once
    private final HomeDirectory home;
    private final ConfFile confFile;
    private final LocalConf conf;
    private final Identity identity;
    private final SystemClock clock = new SystemClock();
    private final RandomSource random = RandomSource.of(new SecureRandom());
    private final Background background;
    private final Overlay overlay;
    private final UdpSockets sockets;
    private final int port;
    private final ControlThread control;
    private final List<LaneThread> lanes = new ArrayList<>();
    private final Engine engine;
    private final PeerCache peerCache;
    private final FromEngine events;
    private final HostSide hosts;
    private final Networks networks;
    private final Moons moons;
    private final LocalApiServer api;

    /** What is open, the latest first: closed in this order. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private volatile boolean running;

    /** The planet that everybody uses who has no other. */
    public static World publicPlanet() {
        return Planets.publicPlanet();
    }

    public static NodeBuilder builder(HomeDirectory home) {
        return new NodeBuilder(home);
    }

    Node(NodeBuilder b) throws IOException {
        home = b.home;
        keep(HomeLock.take(home));
        try {
            confFile = new ConfFile(home);
            conf = confFile.atStart();
            conf.notices().forEach(notice -> LOG.log(Level.WARNING, notice));
            background = keep(new Background());
            Validator validator = keep(new Validator());
            identity = b.identity == null ? OwnIdentity.loadOrMake(home, random) : OwnIdentity.keep(home, b.identity);
            Future<Boolean> valid =
                    identity.equals(b.verified) ? CompletableFuture.completedFuture(true) : validator.check(identity);
            overlay = new Overlay(b.forbidden, conf.blacklisted());
            PortSearch.Bound bound = PortSearch.open(b, conf, overlay, random, (ids, where) -> showSockets());
            sockets = keep(bound.sockets());
            port = bound.port();

            for (int lane = 0; lane < b.lanes; lane++) {
                lanes.add(keep(LaneThread.create("node-lane-" + lane, clock)));
                sockets.port(lane).watchedBy(lanes.get(lane).poller());
            }
            control = keep(new ControlThread("node-control", clock));
            Collision collision = new Collision(home, address(), b.identity == null ? b.renewal : null);
            events = new FromEngine(address(), home, background, overlay, collision);
            engine = engine(b, validator);
            validator.answersTo(engine::onValidated);
            List<Poller> pollers = lanes.stream().map(LaneThread::poller).toList();
            hosts = new HostSide(engine, networkHost(b), pollers, background);
            keep(hosts::close);
            networks = new Networks(home, engine, hosts, overlay, background);
            events.goTo(hosts, networks);
            start();

            moons = new Moons(home, engine, background);
            peerCache = new PeerCache(home, engine);
            peerCache.recall(clock.wallMs());
            networks.rejoin();
            api = b.localApi ? serve(b) : null;
            OwnIdentity.mustBe(valid, identity, home);
            running = true;
            background.every(ConfWatch.INTERVAL_MS, new ConfWatch(home, this::govern)::look);
            background.every(PEERS_SAVED_MS, () -> peerCache.save(clock.wallMs()));
            sockets.problems().forEach((where, why) -> LOG.log(Level.WARNING, "not bound: {0}: {1}", where, why));
            LOG.log(Level.INFO, "node {0} on port {1}, home {2}", address(), Integer.toString(port), home.path());
        } catch (IOException | RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.push(opened);
        return opened;
    }

    private NetworkHost networkHost(NodeBuilder b) {
        return b.networkHost != null
                ? b.networkHost
                : new HostNetworks(b.namespace, id -> networks.settingsOf(id), events::online);
    }

    private Engine engine(NodeBuilder b, Validator validator) {
        Engine.Builder e = Engine.builder(identity, random)
                .planet(Planets.atStart(home, b.planet, b.usePublicPlanet))
                .moons(Planets.moons(home))
                .version(new Version(b.protocol, MAJOR, MINOR, REVISION))
                .metadata(RequestMetadata.of(b.protocol, MAJOR, MINOR, REVISION, platform()))
                .control(sockets.sender(), control::wake)
                .validation(validator)
                .events(events);
        for (int lane = 0; lane < lanes.size(); lane++) {
            e.lane(sockets.port(lane), lanes.get(lane)::wake);
        }
        return e.build();
    }

    private void govern(PathPolicy paths) {
        engine.post(() -> engine.vl1().govern(paths, engine.nowMs()));
    }

    private static String platform() {
        return "linux/" + System.getProperty("os.arch").replace("amd64", "x86_64");
    }

    private void start() {
        engine.post(() -> engine.vl1().forbid(overlay));
        govern(conf.paths());
        showSockets();
        control.start(engine.control(), engine.control()::wakeAtMs);
        for (int lane = 0; lane < lanes.size(); lane++) {
            lanes.get(lane).start(engine.lane(lane));
        }
    }

    /** Told by the sockets, which are there before the engine is. */
    private void showSockets() {
        if (engine != null) {
            List<UdpSockets.Bound> now = sockets.bound();
            engine.sockets(
                    now.stream().mapToInt(UdpSockets.Bound::id).toArray(),
                    now.stream().map(UdpSockets.Bound::endpoint).toArray(Endpoint[]::new));
        }
    }

    private LocalApiServer serve(NodeBuilder b) throws IOException {
        String token = home.authToken(() -> Token.fresh(random));
        String metricsToken = home.metricsToken(() -> Token.fresh(random));
        LocalApiServer server = keep(new LocalApiServer(token, metricsToken, conf.allowManagementFrom(), Map.of()));
        NodeSection section = new NodeSection(this, clock::wallMs);
        NodeSection.SEGMENTS.forEach(first -> server.serve(first, section));
        server.serve(MoonSection.SEGMENT, new MoonSection(moons));
        server.serve(ConfigSection.SEGMENT, new ConfigSection(confFile::json, confFile::change));
        server.serve(BondSection.SEGMENT, new BondSection());
        server.serve(MetricsSection.SEGMENT, new MetricsSection(this, this::drops));
        PortSearch.listen(server, port, b);
        home.savePort(port);
        return server;
    }

    // ---- what it is

    public Identity identity() {
        return identity;
    }

    /** Ten hex digits. */
    public String address() {
        return Addresses.format(identity.address());
    }

    public HomeDirectory home() {
        return home;
    }

    public int port() {
        return port;
    }

    public Engine engine() {
        return engine;
    }

    public RandomSource random() {
        return random;
    }

    /** What is bound now. */
    public List<Endpoint> endpoints() {
        return sockets.bound().stream().map(UdpSockets.Bound::endpoint).toList();
    }

    /** Which port a socket is bound to; 0 when it is closed. */
    private int portOf(int socket) {
        return sockets.bound().stream()
                .filter(b -> b.id() == socket)
                .mapToInt(b -> b.endpoint().port())
                .findFirst()
                .orElse(0);
    }

    /** Does it hear a root, or is it one? */
    public boolean online() {
        return events.online();
    }

    /** True from start to close. */
    public boolean running() {
        return running;
    }

    /** What was dropped so far, by reason. */
    public Map<Drop, Long> drops() {
        return engine.drops();
    }

    public List<PeerView> peerViews() {
        return ask(() -> engine.vl1().peerViews(engine.nowMs()));
    }

    // ---- whom it knows

    /** Takes over a newer edition of its planet, or moves to another planet, and remembers it. */
    public void planet(World newer) {
        engine.post(() -> engine.vl1().offer(newer));
    }

    /** Orbits a moon, or takes over a newer edition of it, and remembers it. @return false when too many are orbited */
    public boolean orbit(World moon) {
        return moons.orbit(moon);
    }

    /** The moons it orbits. */
    public Orbits orbits() {
        return moons;
    }

    /** Somebody to keep in contact with, whatever roots say: a controller the API server told of, for example. */
    public void introduce(Identity peer, List<Endpoint> endpoints) {
        engine.post(() -> engine.vl1().introduce(peer, endpoints, engine.nowMs()));
    }

    /**
     * Peers to be met when there is something to send to them, also without a root: the other nodes of a cluster, for
     * example. Replaces what was said before.
     */
    public void acquaint(List<Acquaintance> told) {
        engine.post(() -> engine.vl1().acquaint(told));
    }

    /** Where it believes to be reached: where its sockets are bound, what routers let in, where others see it. */
    public List<Endpoint> reachedAt() {
        return ask(() -> List.copyOf(engine.vl1().reachedAt(engine.nowMs())));
    }

    /** Where others see it; nothing while nobody says. */
    public List<Endpoint> seenAt() {
        return ask(() -> List.copyOf(engine.vl1().surface(engine.nowMs())));
    }

    // ---- networks

    /** Joins, and remembers it; when joined already, changes the settings. */
    public void join(long networkId, NetworkSettings wanted) {
        networks.join(networkId, wanted);
    }

    @Override
    public boolean leave(long networkId) {
        return networks.leave(networkId);
    }

    public Optional<NetworkView> view(long networkId) {
        return Optional.ofNullable(ask(() -> engine.vl2().view(networkId)));
    }

    public List<NetworkView> views() {
        return ask(() -> engine.vl2().views());
    }

    /** The addresses behind a network's device that this node answers for. */
    public void neighbours(long networkId, LocalNeighbours neighbours) {
        engine.post(() -> engine.vl2().neighbours(networkId, neighbours, engine.nowMs()));
    }

    /** Tells a network that an address is here now. @param ip 4 or 16 bytes */
    public void announce(long networkId, byte[] ip) {
        engine.post(() -> engine.vl2().announce(networkId, ip, engine.nowMs()));
    }

    // ---- hosting a controller

    /** What a controller that is to be carried speaks with. */
    public Sender sender() {
        return new EngineSender(engine);
    }

    /**
     * Hosts a controller of this node's own identity: starts it on the control loop, drives it, and hands it the requests.
     *
     * @param ready told on the control loop when it has read its store
     */
    public void carry(Controller controller, Completion ready) {
        engine.post(() -> {
            engine.vl2().controller(controller);
            controller.start(engine.nowMs(), clock.wallMs(), ready);
        });
        engine.add(nowMs -> controller.poll(nowMs, clock.wallMs()));
    }

    /** Answers a part of the local API. @param first the first segment of its paths */
    public void serve(String first, ApiSection section) {
        if (api != null) {
            api.serve(first, section);
        }
    }

    // ---- what the local API asks

    @Override
    public Status status() {
        return ask(() -> {
            World planet = engine.vl1().planet();
            return new Status(
                    address(),
                    identity.toPublicText(),
                    online(),
                    planet == null ? 0 : planet.id(),
                    planet == null ? 0 : planet.timestampMs(),
                    port,
                    home.path().toString(),
                    endpoints().stream().map(Endpoint::toString).toList(),
                    engine.vl1().surface(engine.nowMs()).stream()
                            .map(Endpoint::toString)
                            .toList(),
                    confFile.json());
        });
    }

    @Override
    public List<PeerStatus> peers() {
        return peerViews().stream().map(peer -> Pictures.of(peer, this::portOf)).toList();
    }

    @Override
    public List<JoinedNetwork> networks() {
        return views().stream()
                .map(v -> Pictures.of(v, networks.settingsOf(v.id()), hosts.device(v.id()), hosts.problem(v.id())))
                .toList();
    }

    @Override
    public JoinedNetwork join(long networkId, UnaryOperator<NetworkSettings> change) {
        networks.join(networkId, change.apply(networks.settingsOf(networkId)));
        ask(() -> null);
        background.settle();
        return network(networkId)
                .orElseThrow(() -> new IllegalStateException(
                        "network " + NetworkIds.format(networkId) + " was left at the same time"));
    }

    /** Computes something on the control loop, which alone may look at VL1 and VL2, and waits for it. Not from there. */
    public <T> T ask(Supplier<T> question) {
        return Question.ask(engine, question);
    }

    // ---- the end

    /** Removes devices, addresses and routes, and ends all threads. Networks stay joined for the next start. */
    @Override
    public void close() {
        if (running) {
            running = false;
            background.run(() -> peerCache.save(clock.wallMs()));
            closeAll();
            LOG.log(Level.INFO, "node {0} has stopped", address());
        }
    }

    /** All sockets once more, for the node that goes on with them after {@link #handOver}; the caller's to close. */
    public List<OpenSocket> duplicateSockets() throws IOException {
        return sockets.duplicates();
    }

    /**
     * Stops in favour of another node of this home directory, perhaps in another process: at the moment when nothing is read
     * any more from sockets and devices, everything is written that the other one needs, and what comes in waits in the
     * duplicates that were taken of them before.
     */
    public synchronized void handOver() {
        if (!running) {
            return;
        }
        running = false;
        // what takes time comes first, while frames still go through
        background.run(() -> peerCache.save(clock.wallMs()));
        background.settle();
        if (api != null) {
            api.close();
            open.remove(api);
        }
        lanes.forEach(LaneThread::close);
        control.close();
        background.close();
        hosts.abandon();
        closeAll();
        LOG.log(Level.INFO, "node {0} has handed over", address());
    }

    private synchronized void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.log(Level.ERROR, "while stopping: " + e.getMessage(), e);
            }
        }
    }
}
