package io.wirecloset.engine;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.simnet.Site;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import io.wirecloset.vl2.config.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What every story begins with: a planet with a root or two, and on demand a controller with networks, and leaves. */
final class Scene {
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Identity CONTROLLER = TestIdentities.get(1);
    private static final Identity SECOND_ROOT = TestIdentities.get(63);
    static final long NETWORK = CONTROLLER.address() << 24 | 1;

    final SimNet net;
    SimNode root;
    private final World planet;
    private final Map<String, Identity> identities = new HashMap<>();
    private final Map<String, SimDisk> disks = new HashMap<>();
    private final MemoryStore store = new MemoryStore();
    private Controller controller;

    Scene(SimNet net) {
        this(net, false);
    }

    /** @param twoRoots on hosts "root" and "root 2" */
    Scene(SimNet net, boolean twoRoots) {
        this.net = net;
        net.describe(Scene::describe);
        List<World.Root> roots = new ArrayList<>();
        roots.add(new World.Root(ROOT, List.of(endpointOf(net.host("root")))));
        if (twoRoots) roots.add(new World.Root(SECOND_ROOT, List.of(endpointOf(net.host("root 2")))));
        SigningKeys keys = SigningKeys.of(new byte[64]);
        planet = World.sign(WorldType.PLANET, 0x1234567, 1_700_000_000_000L, keys.publicKey(), roots, keys);
        startRoot();
        if (twoRoots) startSecondRoot();
    }

    private static Endpoint endpointOf(SimHost host) {
        return Endpoint.ofV4(host.ip(), Wire.DEFAULT_PORT);
    }

    /** Starts the root, perhaps again, knowing nobody. */
    void startRoot() {
        root = net.host("root").runs(host -> new SimNode(host, ROOT, planet));
    }

    void startSecondRoot() {
        net.host("root 2").runs(host -> new SimNode(host, SECOND_ROOT, planet));
    }

    /** A node on the internet, started. */
    SimNode leaf(String name) {
        return leaf(name, TestIdentities.get(2 + identities.size()));
    }

    SimNode leaf(String name, Identity identity) {
        identities.put(name, identity);
        return start(name);
    }

    /** The same behind a NAT of its own. */
    SimNode leaf(String name, Nat nat) {
        return leaf(name, net.site(nat));
    }

    SimNode leaf(String name, Site site) {
        net.host(name).behind(site);
        return leaf(name);
    }

    /** Starts it again, on the same host with the same identity and nothing else. */
    SimNode start(String name) {
        disks.put(name, new SimDisk());
        return restart(name);
    }

    /** Starts it again, with what it saved before. */
    SimNode restart(String name) {
        return net.host(name).runs(host -> new SimNode(host, identities.get(name), planet, disks.get(name)));
    }

    /**
     * Started again with its networks, whom somebody told it of, and nothing it found out itself: as a machine that was
     * reinstalled, or nodes that never met.
     */
    SimNode restartKnowing(String name, List<Acquaintance> told) {
        disks.get(name).forgetContacts();
        disks.get(name).tell(told);
        return restart(name);
    }

    /** All nodes where they would be found, and the controller. Who is behind a NAT is not found there. */
    List<Acquaintance> everybody() {
        List<Acquaintance> all = new ArrayList<>();
        all.add(new Acquaintance(CONTROLLER.withoutSecret(), List.of(endpointOf(net.host("controller")))));
        identities.forEach((name, identity) ->
                all.add(new Acquaintance(identity.withoutSecret(), List.of(endpointOf(net.host(name))))));
        return all;
    }

    /** A private network with addresses of both families, on a node of its own. */
    SimNode controllerOf(NetworkSpec spec) {
        SimNode node = startController();
        network(NETWORK, spec);
        return node;
    }

    /** Starts the controller, perhaps again, with what it stored. */
    SimNode startController() {
        SimNode node = net.host("controller").runs(host -> new SimNode(host, CONTROLLER, planet));
        controller = node.control(store);
        return node;
    }

    SimNode controller() {
        return controllerOf(privateNetwork("10.147.17").build());
    }

    /** @param slash24 the three numbers its addresses begin with; 6PLANE they have too */
    static NetworkSpec.Builder privateNetwork(String slash24) {
        return NetworkSpec.builder()
                .name("story")
                .assignV4(true)
                .sixPlane(true)
                .routes(List.of(Route.onLink(InetCidr.parse(slash24 + ".0/24"))))
                .pools(List.of(new AddressPool(IpAddress.parse(slash24 + ".1"), IpAddress.parse(slash24 + ".200"))));
    }

    /** Makes or changes a network of the controller's. */
    void network(long id, NetworkSpec spec) {
        controller.putNetwork(id, spec, OR_FAIL);
    }

    void authorize(SimNode... nodes) {
        for (SimNode node : nodes) authorize(NETWORK, node.address());
    }

    void authorize(long network, long member) {
        controller.putMember(network, member, MemberSpec.AUTHORIZED, OR_FAIL);
    }

    void deauthorize(SimNode node) {
        deauthorize(NETWORK, node.address());
    }

    void deauthorize(long network, long member) {
        controller.deauthorize(network, member, OR_FAIL);
    }

    static final Completion OR_FAIL = new Completion() {
        @Override
        public void done() {}

        @Override
        public void failed(String why) {
            throw new AssertionError(why);
        }
    };

    /** As much as an onlooker without keys can tell. */
    private static String describe(byte[] payload) {
        if (payload.length <= FragmentHeader.LENGTH) return "JUNK";
        if (FragmentHeader.isFragment(payload, 0)) return "FRAGMENT";
        if (payload.length < PacketHeader.LENGTH) return "JUNK";
        int suite = PacketHeader.suite(payload, 0);
        String what = suite == Wire.SUITE_POLY1305 ? Verb.name(PacketHeader.verb(payload, 0)) : "suite " + suite;
        return what + " " + Addresses.format(PacketHeader.source(payload, 0)) + " → "
                + Addresses.format(PacketHeader.destination(payload, 0)) + " hops " + PacketHeader.hops(payload, 0);
    }
}
