package io.wirecloset.agent.overlay;

import io.wirecloset.agent.attach.Attachment;
import io.wirecloset.agent.attach.AttachmentStore;
import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.agent.attach.CrashPoints;
import io.wirecloset.agent.attach.HostFilter;
import io.wirecloset.agent.attach.Networks;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.engine.Engine;
import io.wirecloset.node.Node;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Real nodes in namespaces on one wire: a controller that is also the root, and hosts with pods as agents make them. All
 * namespaces are without a name and gone when closed.
 */
public final class Mesh implements AutoCloseable {
    public static final Identity CONTROLLER = TestIdentities.get(0);
    public static final long NETWORK = CONTROLLER.address() << 24 | 1;
    private static final int PORT = 9993;

    private final Path folder;
    private final boolean ipv6Alone;
    private final NetworkNamespace wire;
    private final NetworkNamespace controllerHost;
    private final Node controllerNode;
    private final Controller controller;
    private final World planet;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Host> hosts = new ArrayList<>();

    public Mesh(Path folder) throws IOException {
        this(folder, false);
    }

    /** @param ipv6Alone whether the wire and the network have no IPv4 */
    public Mesh(Path folder, boolean ipv6Alone) throws IOException {
        NodeRig.assumeRoot();
        this.folder = folder;
        this.ipv6Alone = ipv6Alone;
        wire = closing(NetworkNamespace.create());
        NodeRig.run(wire, "ip", "link", "add", "br0", "type", "bridge");
        NodeRig.run(wire, "ip", "link", "set", "br0", "up");
        controllerHost = newHost(1);
        SigningKeys keys = SigningKeys.generate(RandomSource.of(new SecureRandom()));
        planet = World.sign(
                WorldType.PLANET,
                77,
                1_700_000_000_000L,
                keys.publicKey(),
                List.of(new World.Root(CONTROLLER.withoutSecret(), List.of(underlay(1)))),
                keys);
        controllerNode = closing(Node.builder(HomeDirectory.open(folder.resolve("controller")))
                .identity(CONTROLLER)
                .planet(planet)
                .withoutPublicPlanet()
                .port(PORT)
                .namespace(controllerHost)
                .withoutLocalApi()
                .start());
        controller = new Controller(
                CONTROLLER, new MemoryStore(), controllerNode.sender(), Listener.NOBODY, controllerNode.random());
        controllerNode.carry(controller, Completion.NOBODY);
        NetworkSpec spec = NetworkSpec.builder()
                .name("pods")
                .isPrivate(true)
                .assignV4(!ipv6Alone)
                .sixPlane(true)
                .routes(ipv6Alone ? List.of() : List.of(Route.onLink(InetCidr.parse("10.80.0.0/16"))))
                .build();
        controllerNode.engine().post(() -> controller.putNetwork(NETWORK, spec, Completion.NOBODY));
    }

    private <T extends AutoCloseable> T closing(T thing) {
        toClose.add(thing);
        return thing;
    }

    /** Where the machine of this number is met. */
    public Endpoint underlay(int number) {
        return Endpoint.parse(ip(number) + "/" + PORT);
    }

    private String ip(int number) {
        return (ipv6Alone ? "2001:db8:51::" : "198.51.100.") + number;
    }

    /** A machine on the wire. */
    public NetworkNamespace newHost(int number) throws IOException {
        NetworkNamespace host = closing(NetworkNamespace.create());
        try (Netlink on = Netlink.openIn(wire)) {
            int port = on.createVeth(
                    LinkSettings.named("p" + number).setUp(),
                    LinkSettings.named("eth0").in(host).setUp());
            on.setUp(port);
        }
        NodeRig.run(wire, "ip", "link", "set", "p" + number, "master", "br0");
        NodeRig.run(host, "ip", "link", "set", "lo", "up");
        if (ipv6Alone) {
            NodeRig.run(host, "ip", "addr", "add", ip(number) + "/64", "dev", "eth0", "nodad");
            if (number != 1) {
                NodeRig.run(host, "ip", "-6", "route", "add", "default", "via", ip(1), "dev", "eth0");
            }
        } else {
            NodeRig.run(host, "ip", "addr", "add", ip(number) + "/24", "dev", "eth0");
        }
        return host;
    }

    /** One node of the cluster. Its number is that of its block, its addresses and its identity. */
    public final class Host implements AutoCloseable {
        public final int number;
        public final NetworkNamespace namespace;
        public final PodNetwork pods;
        final Networks networks = new Networks();
        final Identity identity;
        List<Acquaintance> others = List.of();
        Netlink netlink;
        HostFilter filter;
        TapHost taps;
        NodeOverlay overlay;
        Attachments attachments;
        Node node;

        Host(int number, PodNetwork pods) throws IOException {
            this.number = number;
            this.pods = pods;
            this.identity = TestIdentities.get(number);
            this.namespace = newHost(number);
            networks.replace(List.of(pods));
            start();
        }

        void start() throws IOException {
            netlink = Netlink.openIn(namespace);
            filter = new HostFilter(Nftables.openIn(namespace));
            taps = new TapHost(namespace, this::putInOrder);
            overlay = new NodeOverlay(taps, netlink);
            attachments = new Attachments(
                    AttachmentStore.open(folder.resolve("attachments" + number)),
                    new NodeRig.TestBoot(),
                    networks,
                    overlay,
                    netlink,
                    filter,
                    CrashPoints.none(),
                    new Attachments.Settings(20_000, ""));
            attachments.reconcile();
            overlay.join(pods);
            node = Node.builder(HomeDirectory.open(folder.resolve("home" + number)))
                    .identity(identity)
                    .planet(planet)
                    .withoutPublicPlanet()
                    .port(PORT)
                    .namespace(namespace)
                    .networkHost(taps)
                    .skipInterfaces(List.of("wc", TapNames.PREFIX))
                    .withoutLocalApi()
                    .start();
            overlay.start(node);
            node.introduce(CONTROLLER.withoutSecret(), List.of(underlay(1)));
            node.acquaint(others);
        }

        /** From now on and at every start it knows from the cluster who the others are and where. */
        void knows(List<Host> all) {
            others = all.stream()
                    .filter(host -> host != this)
                    .map(host -> new Acquaintance(host.identity.withoutSecret(), List.of(underlay(host.number))))
                    .toList();
        }

        /** As on a machine that was installed anew: whom it met in its earlier life is forgotten. */
        void forgetPeers() throws IOException {
            Path peers = folder.resolve("home" + number).resolve("peers.d");
            if (Files.isDirectory(peers)) {
                try (Stream<Path> files = Files.list(peers)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
            }
        }

        private void putInOrder() {
            try {
                Set<Long> open = new HashSet<>(taps.open());
                attachments.repair();
                overlay.wired(open);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** As a stop of the process: what pods use stays. */
        void stop() {
            if (node != null) {
                node.close();
                attachments.close();
                filter.close();
                netlink.close();
                node = null;
            }
        }

        public NetworkNamespace pod(String id) throws IOException {
            NetworkNamespace pod = closing(NetworkNamespace.create());
            attach(id, pod);
            return pod;
        }

        public Attachment attach(String id, NetworkNamespace pod) throws IOException {
            return attachments.attach(NodeRig.request(id, pod)).attachment();
        }

        @Override
        public void close() {
            stop();
        }
    }

    /** Nodes 2 and up, each with a block, knowing of the others. */
    public List<Host> nodes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = i + 2;
            Identity identity = TestIdentities.get(number);
            admit(identity, "10.80.0." + number);
        }
        List<Integer> numbers = IntStream.range(2, count + 2).boxed().toList();
        for (int number : numbers) {
            List<Integer> others = numbers.stream().filter(n -> n != number).toList();
            hosts.add(closing(new Host(number, network(number, others, ipv6Alone))));
        }
        return hosts;
    }

    /** The only root and the controller are away, for good. */
    public void loseRootAndController() {
        controllerNode.close();
    }

    /** Lets somebody into the network, with this address where it has IPv4. */
    public void admit(Identity identity, String ip) {
        List<IpAddress> addresses = ipv6Alone ? List.of() : List.of(IpAddress.parse(ip));
        MemberSpec member = new MemberSpec(identity, true, false, false, addresses);
        controllerNode
                .engine()
                .post(() -> controller.putMember(NETWORK, identity.address(), member, Completion.NOBODY));
    }

    /** The root says to somebody that its address is another's. */
    public void tellOfCollision(long address) {
        byte[] error = new byte[Wire.IN_RE_BYTES + 1];
        error[0] = Verb.HELLO;
        error[Wire.IN_RE_BYTES] = ErrorCode.IDENTITY_COLLISION;
        Engine engine = controllerNode.engine();
        engine.post(() -> engine.vl1().send(address, Verb.ERROR, error, 0, error.length, 0, engine.nowMs()));
    }

    public World planet() {
        return planet;
    }

    /** What the cluster tells the node of this number, which gets the block of that number. */
    public static PodNetwork network(int number, List<Integer> otherNodes) {
        return network(number, otherNodes, false);
    }

    private static PodNetwork network(int number, List<Integer> otherNodes, boolean ipv6Alone) {
        IpPrefix plane = plane(number);
        List<IpPrefix> pools = new ArrayList<>(List.of(plane.network()));
        List<InetAddress> addresses = new ArrayList<>(List.of(plane.ip()));
        List<PodNetwork.RemoteBlock> others = new ArrayList<>();
        for (int other : otherNodes) {
            long node = TestIdentities.get(other).address();
            IpPrefix theirs = plane(other);
            if (!ipv6Alone) {
                others.add(new PodNetwork.RemoteBlock(block(other), InetAddress.ofLiteral("10.80.0." + other), node));
            }
            others.add(new PodNetwork.RemoteBlock(new IpPrefix(theirs.ip(), 80).network(), theirs.ip(), node));
        }
        if (!ipv6Alone) {
            pools.addFirst(IpPrefix.parse("10.80.0.0/16"));
            addresses.addFirst(InetAddress.ofLiteral("10.80.0." + number));
        }
        return new PodNetwork(
                "pods",
                NETWORK,
                true,
                2800,
                pools,
                ipv6Alone ? null : block(number),
                new IpPrefix(plane.ip(), 80).network(),
                addresses,
                others,
                List.of(new PodNetwork.HostPort("tcp", 10_250)),
                List.of());
    }

    private static IpPrefix block(int number) {
        return IpPrefix.parse("10.80." + (128 + number) + ".0/24");
    }

    /** The node's own address in 6PLANE. */
    private static IpPrefix plane(int number) {
        return IpPrefix.of(
                DerivedAddresses.sixPlane(NETWORK, TestIdentities.get(number).address()),
                DerivedAddresses.SIX_PLANE_PREFIX);
    }

    @Override
    public void close() {
        for (AutoCloseable thing : toClose.reversed()) {
            try {
                thing.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
