package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Hosts on one switch, each a namespace without a name, so that nothing is left when the test ends in whatever way; and a
 * planet whose only root is the first host's node.
 */
final class Lab implements AutoCloseable {
    static final int PORT = 9993;
    private static final long PROGRAM_LIMIT_SECONDS = 60;
    private static final long PLANET_ID = 0x0100_7e57_0001L;

    /** Made for these tests alone. */
    static final List<Identity> IDENTITIES = identities();

    private final Path folder;
    private final NetworkNamespace wire;
    private final Map<String, NetworkNamespace> hosts = new HashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final SigningKeys planetKeys;

    Lab(Path folder) throws IOException {
        this.folder = folder;
        planetKeys = SigningKeys.generate(RandomSource.of(new SecureRandom()));
        wire = keep(NetworkNamespace.create());
        try (Netlink netlink = Netlink.openIn(wire)) {
            netlink.createLink("bridge", LinkSettings.named("switch").setUp());
        }
    }

    static boolean mayMakeNamespaces() {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            return made.fd() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Identity> identities() {
        try (InputStream in = Lab.class.getResourceAsStream("identities")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(Identity::parse)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.push(opened);
        return opened;
    }

    /** A host with an address on the switch: 10.5.0.number/24. */
    NetworkNamespace host(int number) throws IOException {
        NetworkNamespace known = hosts.get("h" + number);
        if (known != null) {
            return known;
        }
        NetworkNamespace made = keep(NetworkNamespace.create());
        try (Netlink left = Netlink.openIn(wire);
                Netlink right = Netlink.openIn(made)) {
            int port = left.createVeth(
                    LinkSettings.named("p" + number).setUp(),
                    LinkSettings.named("eth0").setUp().in(made));
            left.setMaster(port, left.indexOf("switch"));
            right.setUp(right.indexOf("lo"));
            right.putAddress(Address.of(right.indexOf("eth0"), IpPrefix.parse(ip(number) + "/24")));
        }
        hosts.put("h" + number, made);
        return made;
    }

    static String ip(int number) {
        return "10.5.0." + number;
    }

    HomeDirectory home(int number) {
        return HomeDirectory.open(folder.resolve("home" + number));
    }

    /** Whose only root is on host 1. @param timestampMs larger for a later edition */
    World planet(long timestampMs) {
        World.Root root = new World.Root(IDENTITIES.getFirst(), List.of(Endpoint.parse(ip(1) + "/" + PORT)));
        return World.sign(WorldType.PLANET, PLANET_ID, timestampMs, planetKeys.publicKey(), List.of(root), planetKeys);
    }

    /** A node on a host, with the identity of that number or the last; not started yet, and closed by whoever starts it. */
    NodeBuilder node(int number) throws IOException {
        return Node.builder(home(number))
                .identity(IDENTITIES.get(Math.min(number, IDENTITIES.size()) - 1))
                .planet(planet(1_000))
                .withoutPublicPlanet()
                .port(PORT)
                .namespace(host(number));
    }

    Node started(int number) throws IOException {
        return keep(node(number).start());
    }

    /** Runs a program on a host. @return what it printed; null when it failed */
    String run(int number, String... command) throws IOException, InterruptedException {
        NetworkNamespace host = host(number);
        List<String> line = new ArrayList<>(
                List.of("nsenter", "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + host.fd()));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(PROGRAM_LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : null;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Names of a host's interfaces. */
    List<String> interfaces(int number) throws IOException {
        try (Netlink netlink = Netlink.openIn(host(number))) {
            return netlink.links().stream().map(link -> link.name()).sorted().toList();
        }
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
