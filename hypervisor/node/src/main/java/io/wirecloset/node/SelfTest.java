package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import io.wirecloset.vl2.network.NetworkStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * {@code wirecloset selftest}: two nodes, one of them root and controller, meet and carry a stream through a network
 * between two namespaces of this process. Tells whether this machine can run nodes; and the build runs it once so that
 * the JVM can write down what every start loads and compiles ({@code lib/node/wirecloset.aot}).
 */
final class SelfTest {
    private static final System.Logger LOG = System.getLogger(SelfTest.class.getName());

    private static final String USAGE = """
            wirecloset selftest
              Two nodes in network namespaces of this process, one of them root and controller, meet and carry a stream.
              Tells whether this machine can run nodes. Touches nothing else and leaves nothing behind.
              Needs root, or:  unshare --user --map-root-user --net wirecloset selftest
            """;

    private static final int PORT = 9993;
    private static final long PATIENCE_MS = 30_000;
    private static final long PLANET_ID = 0x0100_7e57_0002L;
    private static final int STREAM_MIB = 64;
    private static final long STREAM_BYTES = (long) STREAM_MIB << 20;
    private static final String NETWORK = """
            {"private":false,"v4AssignMode":{"zt":true},"routes":[{"target":"10.90.0.0/24"}],
             "ipAssignmentPools":[{"ipRangeStart":"10.90.0.1","ipRangeEnd":"10.90.0.9"}]}""";

    private final Path folder;
    private final PrintStream out;
    private final RandomSource random = RandomSource.of(new SecureRandom());
    private final SigningKeys planetKeys = SigningKeys.generate(random);
    private long stepNs = System.nanoTime();

    private SelfTest(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    static int run(List<String> words, PrintStream out) throws IOException {
        if (words.contains("--help")) {
            out.println(USAGE.strip());
            return 0;
        }
        new CommandLine("wirecloset selftest", Set.of(), words).noArguments("wirecloset selftest");
        Logger.getLogger("io.wirecloset").setLevel(Level.WARNING);
        Path folder = Files.createTempDirectory("wirecloset-selftest");
        try {
            new SelfTest(folder, out).play();
            return 0;
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void play() throws IOException {
        try (NetworkNamespace left = NetworkNamespace.create();
                NetworkNamespace right = NetworkNamespace.create()) {
            connect(left, right);
            done("two network namespaces with a link between them");
            Node root = node(left, 1);
            try (StandAloneController controller = StandAloneController.start(root);
                    Node leaf = node(right, 2)) {
                done("two identities, one node each");
                World planet = planet(root);
                root.planet(planet);
                leaf.planet(planet);
                await(leaf::online);
                done("the leaf found its root");
                long network = NetworkIds.parse(left.run(() -> makeNetwork(root)));
                root.join(network, NetworkSettings.DEFAULT);
                leaf.join(network, NetworkSettings.DEFAULT);
                InetAddress target = addressOn(leaf, network);
                addressOn(root, network);
                done("both joined network " + NetworkIds.format(network));
                stream(left, right, target);
                done(STREAM_MIB + " MiB from one to the other, encrypted");
            }
        }
    }

    private void done(String what) {
        long nowNs = System.nanoTime();
        out.printf(Locale.ROOT, "ok  %6.2f s  %s%n", (nowNs - stepNs) / 1e9, what);
        stepNs = nowNs;
    }

    private static void connect(NetworkNamespace left, NetworkNamespace right) throws IOException {
        try (Netlink a = Netlink.openIn(left);
                Netlink b = Netlink.openIn(right)) {
            a.createVeth(
                    LinkSettings.named("eth0").setUp(),
                    LinkSettings.named("eth0").setUp().in(right));
            a.setUp(a.indexOf("lo"));
            b.setUp(b.indexOf("lo"));
            a.putAddress(Address.of(a.indexOf("eth0"), IpPrefix.parse(ip(1) + "/24")));
            b.putAddress(Address.of(b.indexOf("eth0"), IpPrefix.parse(ip(2) + "/24")));
        }
    }

    private static String ip(int number) {
        return "10.5.0." + number;
    }

    private Node node(NetworkNamespace host, int number) throws IOException {
        return Node.builder(HomeDirectory.open(folder.resolve("node" + number)))
                .withoutPublicPlanet()
                .port(PORT)
                .namespace(host)
                .start();
    }

    private World planet(Node root) {
        World.Root only = new World.Root(root.identity(), List.of(Endpoint.parse(ip(1) + "/" + PORT)));
        return World.sign(WorldType.PLANET, PLANET_ID, 1, planetKeys.publicKey(), List.of(only), planetKeys);
    }

    /** @return its id */
    private static String makeNetwork(Node controller) throws IOException {
        URI api = URI.create("http://127.0.0.1:" + PORT + "/controller/network/" + controller.address() + "000001");
        HttpURLConnection connection = (HttpURLConnection) api.toURL().openConnection();
        connection.setRequestProperty(
                "X-ZT1-Auth", controller.home().authToken(() -> Token.fresh(controller.random())));
        connection.setDoOutput(true);
        connection.getOutputStream().write(NETWORK.getBytes(StandardCharsets.UTF_8));
        try (InputStream answer = connection.getInputStream()) {
            answer.readAllBytes();
        }
        return controller.address() + "000001";
    }

    private static InetAddress addressOn(Node node, long network) throws IOException {
        await(() -> node.view(network)
                .filter(view -> view.status() == NetworkStatus.OK)
                .isPresent());
        byte[] ip = node.view(network)
                .orElseThrow()
                .config()
                .staticAddresses()
                .getFirst()
                .ip();
        return InetAddress.getByAddress(ip);
    }

    /** One way a stream of large segments, the other way their acknowledgements. */
    private static void stream(NetworkNamespace from, NetworkNamespace to, InetAddress target) throws IOException {
        try (ServerSocketChannel server =
                to.run(() -> ServerSocketChannel.open().bind(new InetSocketAddress(0)))) {
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            SocketChannel out = connected(from, new InetSocketAddress(target, port));
            try (SocketChannel in = server.accept()) {
                Thread.ofPlatform().daemon().start(() -> send(out));
                ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
                long received = 0;
                for (int n; (n = in.read(buffer.clear())) >= 0; ) {
                    received += n;
                }
                if (received != STREAM_BYTES) {
                    throw new IOException("only " + received + " of " + STREAM_BYTES + " bytes arrived");
                }
            }
        }
    }

    /** What goes wrong here is missed at the other end. */
    private static void send(SocketChannel to) {
        try (to) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
            for (long sent = 0; sent < STREAM_BYTES; ) {
                sent += to.write(buffer.hasRemaining() ? buffer : buffer.clear());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the stream broke: {0}", e.getMessage());
        }
    }

    /** The address may take a moment to arrive on the device. */
    private static SocketChannel connected(NetworkNamespace from, InetSocketAddress to) throws IOException {
        Callable<SocketChannel> attempt = () -> SocketChannel.open(to);
        long until = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (true) {
            try {
                return from.run(attempt);
            } catch (IOException e) {
                if (System.nanoTime() > until) {
                    throw new IOException("nothing gets through the network: " + e.getMessage(), e);
                }
                pause();
            }
        }
    }

    private static void await(BooleanSupplier condition) throws IOException {
        long until = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new IOException("the nodes did not meet within " + PATIENCE_MS / 1000 + " s");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
