package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Fate;
import io.wirecloset.simnet.Line;
import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.simnet.Site;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Fifty nodes in two networks, and everything that can happen to them, drawn from the seed: crashes and restarts with and
 * without memory, partitions, dead roots, a dead controller, NATs that forget or move, hosts that move, wrong clocks, bad
 * weather, members that lose and regain their authorization. Then the weather clears, and what must hold is looked at.
 */
final class Chaos {
    /** With two roots and a controller fifty nodes. */
    private static final int LEAVES = 47;

    private static final int STEP_SECONDS = 5;
    /** Each talks to the next few in its network, as in most networks. */
    private static final int ACQUAINTANCES = 3;
    /** When all is well again, the last pair talks after this long at most: configurations are refreshed within a minute. */
    private static final int RECOVERY_SECONDS = 90;
    /** A member that lost its authorization is heard by nobody after this long. */
    private static final int CUT_OFF_SECONDS = 5;
    /** And has noticed itself, at the next refresh of its configuration. */
    private static final int NOTICED_SECONDS = 65;
    /** The least a network can be set to. */
    private static final long WINDOW_MS = 300_000;

    private static final int MOST_DATAGRAMS_PER_NODE_AND_SECOND = 20;
    private static final int MOST_IDLE_DATAGRAMS_PER_NODE_AND_SECOND = 3;

    /** Entries of the largest table of a node: most have some per node, the awaited answers are those of a minute. */
    private static final int LARGEST_TABLE = 12 * (LEAVES + 3);

    private static final List<Nat> NATS = List.of(
            Nat.FULL_CONE, Nat.ADDRESS_RESTRICTED, Nat.PORT_RESTRICTED, Nat.SYMMETRIC, Nat.SYMMETRIC_SEQUENTIAL);

    /** Two who could talk and do not, or one who got what it must not. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;
        private final transient List<SimHost> hosts;

        Broken(String what, List<SimHost> hosts) {
            super(what);
            this.hosts = hosts;
        }

        List<String> hosts() {
            return hosts.stream().map(SimHost::name).toList();
        }
    }

    /** A host with its place in the world. Its node is replaced at each start. */
    private static final class Leaf {
        final String name;
        final SimHost host;
        final Identity identity;
        Site site;
        SimNode node;
        final List<Seat> seats = new ArrayList<>();

        Leaf(String name, SimHost host, Identity identity) {
            this.name = name;
            this.host = host;
            this.identity = identity;
        }
    }

    /** A leaf in a network. */
    private static final class Seat {
        final Leaf leaf;
        final long network;
        boolean authorized = true;
        /** Of its newest certificate when it lost its authorization. */
        long lastTimestampMs;

        Seat(Leaf leaf, long network) {
            this.leaf = leaf;
            this.network = network;
        }

        boolean isUp() {
            return leaf.host.isRunning() && leaf.node.status(network) == NetworkStatus.OK;
        }

        HostStack stack() {
            return leaf.node.stack(network);
        }
    }

    private final SimNet net;
    private final int chaosSeconds;
    private final SplittableRandom dice;
    private final Scene scene;
    /** So far apart that a node's MACs differ. */
    private final List<Long> networks = List.of(Scene.NETWORK, Scene.NETWORK + 0x10);

    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Seat> seats = new ArrayList<>();
    private final Map<Long, List<Seat>> rings = new HashMap<>();
    private final Map<Long, Seat> byMac = new HashMap<>();
    private Broken broken;
    private int healsAtSecond;

    Chaos(SimNet net, int chaosSeconds) {
        this.net = net;
        this.chaosSeconds = chaosSeconds;
        dice = new SplittableRandom(net.seed());
        scene = new Scene(net, true);
        scene.startController();
        for (int i = 0; i < networks.size(); i++) {
            scene.network(
                    networks.get(i),
                    Scene.privateNetwork("10.147." + i)
                            .credentialWindowMs(WINDOW_MS)
                            .build());
        }
        for (int i = 0; i < LEAVES; i++) leaves.add(leaf(i));
    }

    void unfold() {
        weather();
        for (int second = 0; second < chaosSeconds; second += STEP_SECONDS) {
            if (second >= healsAtSecond) net.healAll();
            for (int each = 0; each < 3; each++) something(second);
            for (Seat seat : seats) if (seat.isUp()) ping(seat, next(seat, 1 + dice.nextInt(ACQUAINTANCES)));
            run(STEP_SECONDS);
        }
        assertThat(net.count(Fate.SENT))
                .as("datagrams sent")
                .isLessThan((long) MOST_DATAGRAMS_PER_NODE_AND_SECOND * (LEAVES + 3) * chaosSeconds);
        allIsWellAgain();
        everybodyTalks();
        whoLosesItsAuthorizationIsCutOff();
        nothingHasGrown();
    }

    // ---- who there is

    private Leaf leaf(int index) {
        String name = "n" + index;
        Leaf leaf = new Leaf(name, net.host(name), TestIdentities.get(2 + index));
        if (dice.nextInt(5) > 0) {
            leaf.site = dice.nextInt(4) == 0 ? net.doubled(one(NATS)) : net.site(one(NATS));
            leaf.host.behind(leaf.site);
        }
        for (int n = 0; n < networks.size(); n++) {
            if (index % 4 == 3 || index % 2 == n) leaf.seats.add(new Seat(leaf, networks.get(n)));
        }
        for (Seat seat : leaf.seats) {
            seats.add(seat);
            rings.computeIfAbsent(seat.network, unknown -> new ArrayList<>()).add(seat);
            byMac.put(Mac.of(leaf.identity.address(), seat.network), seat);
            scene.authorize(seat.network, leaf.identity.address());
        }
        leaf.node = scene.leaf(name, leaf.identity);
        joinAll(leaf);
        return leaf;
    }

    private void joinAll(Leaf leaf) {
        for (Seat seat : leaf.seats) {
            leaf.node.join(seat.network);
            seat.stack().watchedBy(source -> onFrame(seat, source));
        }
    }

    // ---- what happens

    private void something(int second) {
        Leaf leaf = one(leaves);
        switch (dice.nextInt(12)) {
            case 0, 1 -> leaf.host.stop();
            case 2, 3, 4 -> {
                for (Leaf each : leaves) if (!each.host.isRunning() && dice.nextBoolean()) start(each);
            }
            case 5 -> {
                int size = 1 + dice.nextInt(LEAVES / 3);
                net.partition(Stream.generate(() -> one(leaves).host)
                        .limit(size)
                        .distinct()
                        .toList());
                healsAtSecond = second + 10 + dice.nextInt(40);
            }
            case 6 -> {
                boolean first = dice.nextBoolean();
                if (net.host(first ? "root" : "root 2").isRunning())
                    net.host(first ? "root" : "root 2").stop();
                else startRoots();
            }
            case 7 -> {
                if (net.host("controller").isRunning()) net.host("controller").stop();
                else startController();
            }
            case 8 -> {
                if (leaf.site == null) return;
                if (dice.nextBoolean()) leaf.site.forgetMappings();
                else leaf.site.changeOuterAddress();
            }
            case 9 -> move(leaf);
            case 10 -> weather();
            case 11 -> authorizeOrNot(one(seats));
            default -> throw new IllegalStateException();
        }
    }

    private void start(Leaf leaf) {
        leaf.host.clockAhead(aFewMinutes());
        leaf.node = dice.nextInt(3) == 0 ? scene.start(leaf.name) : scene.restart(leaf.name);
        joinAll(leaf);
    }

    private void startRoots() {
        if (!net.host("root").isRunning()) scene.startRoot();
        if (!net.host("root 2").isRunning()) scene.startSecondRoot();
    }

    private void startController() {
        net.host("controller").clockAhead(aFewMinutes());
        scene.startController();
    }

    private Duration aFewMinutes() {
        return Duration.ofSeconds(dice.nextInt(-600, 600));
    }

    private void move(Leaf leaf) {
        if (leaf.site == null || !leaf.host.isRunning()) return;
        leaf.site = net.site(one(NATS));
        leaf.host.movesBehind(leaf.site);
        if (dice.nextBoolean()) leaf.node.rebinds();
    }

    private void weather() {
        net.weather(Line.ORDINARY
                .withDelay(5 + dice.nextInt(100), dice.nextInt(30))
                .withLoss(dice.nextInt(20) / 100.0)
                .withDuplication(dice.nextInt(10) / 100.0)
                .withReorder(dice.nextInt(10) / 100.0));
    }

    private void authorizeOrNot(Seat seat) {
        if (!net.host("controller").isRunning()) return;
        if (seat.authorized) deauthorize(seat);
        else authorize(seat);
    }

    private void deauthorize(Seat seat) {
        seat.authorized = false;
        seat.lastTimestampMs = timestampOf(seat);
        scene.deauthorize(seat.network, seat.leaf.identity.address());
    }

    private void authorize(Seat seat) {
        seat.authorized = true;
        scene.authorize(seat.network, seat.leaf.identity.address());
    }

    private static long timestampOf(Seat seat) {
        NetworkView view = seat.leaf.node.view(seat.network);
        return view == null || view.config() == null ? 0 : view.config().timestamp();
    }

    // ---- what must hold all the time

    private void onFrame(Seat at, long source) {
        Seat from = byMac.get(source);
        if (from == null || from.network != at.network) {
            broken = new Broken(
                    "a frame of " + (from == null ? Mac.format(source) : from.leaf.name)
                            + " from another network came out at " + at.leaf.name,
                    from == null ? List.of(at.leaf.host) : List.of(at.leaf.host, from.leaf.host));
        } else if (!from.authorized && timestampOf(at) > from.lastTimestampMs + WINDOW_MS + 1000L * CUT_OFF_SECONDS) {
            broken = new Broken(
                    from.leaf.name + " was heard by " + at.leaf.name + " with a certificate that is too old",
                    List.of(at.leaf.host, from.leaf.host));
        }
    }

    private void run(int seconds) {
        net.runFor(seconds(seconds));
        if (broken != null) throw broken;
    }

    // ---- what must hold in the end

    private void allIsWellAgain() {
        net.healAll();
        net.weather(Line.ORDINARY);
        startRoots();
        if (!net.host("controller").isRunning()) startController();
        for (Leaf leaf : leaves) if (!leaf.host.isRunning()) start(leaf);
        for (Seat seat : seats) if (!seat.authorized) authorize(seat);
    }

    /** Each pings the next one in its network, until it is answered. */
    private void everybodyTalks() {
        List<Seat> silent = new ArrayList<>(seats);
        int[] answers = new int[seats.size()];
        for (int second = 0; second < RECOVERY_SECONDS && !silent.isEmpty(); second += STEP_SECONDS) {
            for (Seat seat : silent) {
                int i = seats.indexOf(seat);
                if (seat.isUp()) {
                    answers[i] = seat.stack().answers();
                    ping(seat, next(seat));
                } else answers[i] = 0;
            }
            run(STEP_SECONDS);
            silent.removeIf(seat -> seat.isUp() && seat.stack().answers() > answers[seats.indexOf(seat)]);
        }
        if (silent.isEmpty()) return;
        Seat first = silent.getFirst();
        throw new Broken(
                silent.size() + " pairs do not talk, the first " + first.leaf.name + " and " + next(first).leaf.name
                        + " in network " + Long.toHexString(first.network),
                List.of(first.leaf.host, next(first).leaf.host));
    }

    private void whoLosesItsAuthorizationIsCutOff() {
        Seat lost = one(seats);
        Seat neighbour = next(lost);
        deauthorize(lost);
        run(CUT_OFF_SECONDS);
        int before = neighbour.stack().frames();
        ping(lost, neighbour);
        run(2);
        if (neighbour.stack().frames() != before) throw notCutOff(lost, neighbour);
        run(NOTICED_SECONDS - CUT_OFF_SECONDS);
        before = lost.stack().frames();
        ping(neighbour, lost);
        run(2);
        if (lost.stack().frames() != before) throw notCutOff(lost, neighbour);
    }

    private static Broken notCutOff(Seat lost, Seat neighbour) {
        return new Broken(
                lost.leaf.name + " and " + neighbour.leaf.name + " still have a frame from each other",
                List.of(lost.leaf.host, neighbour.leaf.host));
    }

    private void nothingHasGrown() {
        long before = net.count(Fate.SENT);
        run(30);
        assertThat(net.count(Fate.SENT) - before)
                .as("datagrams in half an idle minute")
                .isLessThan(30L * MOST_IDLE_DATAGRAMS_PER_NODE_AND_SECOND * (LEAVES + 3));
        for (Leaf leaf : leaves) {
            List<PeerView> peers = leaf.node.peers();
            assertThat(peers.size()).as("peers of " + leaf.name).isLessThan(LEAVES + 3);
            for (PeerView peer : peers) {
                assertThat(peer.paths().size()).as("paths of " + leaf.name).isLessThanOrEqualTo(8);
            }
            Tables.in(leaf.node.engine())
                    .forEach((table, size) -> assertThat(size).as(table).isLessThanOrEqualTo(LARGEST_TABLE));
        }
    }

    // ---- helpers

    private void ping(Seat from, Seat to) {
        byte[] ip = to.network == from.network && to.isUp() ? to.stack().addressOf(4) : null;
        if (ip != null && from != to && from.stack().addressOf(4) != null)
            from.stack().ping(ip, 56);
    }

    private Seat next(Seat seat) {
        return next(seat, 1);
    }

    /** All members of a network stand in a ring. */
    private Seat next(Seat seat, int distance) {
        List<Seat> ring = rings.get(seat.network);
        return ring.get((ring.indexOf(seat) + distance) % ring.size());
    }

    private <T> T one(List<T> of) {
        return of.get(dice.nextInt(of.size()));
    }

    /** The hosts of that name in another run. */
    static Set<SimHost> in(SimNet net, List<String> names) {
        return Set.copyOf(names.stream().map(net::host).toList());
    }
}
