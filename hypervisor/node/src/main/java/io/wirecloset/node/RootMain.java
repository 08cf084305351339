package io.wirecloset.node;

import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.HomeLock;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** {@code wirecloset root}: a root server. Makes a planet of its own when there is none, and keeps the key that signs it. */
final class RootMain {
    private static final String USAGE = """
            wirecloset root --home DIR [--port N] [--endpoint IP/PORT]…
              --home DIR           as for wirecloset node. The file "planet" is what its nodes need in their home directories.
              --port N             UDP, and TCP on loopback for the local API; 9993 unless local.conf says otherwise
              --endpoint IP/PORT   where nodes reach this root; repeat it for further addresses. Needed when there is no planet
                                   yet. Others than the planet has: a new edition is signed, which nodes take over by themselves.

            The key that signs the planet is in planet.key: keep a copy, and keep it secret.
            """;

    private static final String KEY_FILE = "planet.key";
    private static final HexFormat HEX = HexFormat.of();

    private final HomeDirectory home;
    private final RandomSource random = RandomSource.of(new SecureRandom());

    RootMain(HomeDirectory home) {
        this.home = home;
    }

    static int run(List<String> words) throws IOException {
        if (words.contains("--help")) {
            System.out.println(USAGE.strip());
            return 0;
        }
        CommandLine line = new CommandLine("wirecloset root", Set.of("home", "port", "endpoint"), words);
        line.noArguments("wirecloset root");
        List<Endpoint> endpoints =
                line.all("endpoint").stream().map(RootMain::endpoint).toList();
        RootMain root = new RootMain(HomeDirectory.open(Path.of(line.required("home"))));
        try (HomeLock lock = HomeLock.take(root.home)) {
            root.preparePlanet(endpoints);
        }
        NodeBuilder builder = Node.builder(root.home).withoutPublicPlanet();
        line.ifGiven("port", () -> builder.port(line.port(Wire.DEFAULT_PORT)));
        return Foreground.run(builder.start());
    }

    private static Endpoint endpoint(String text) {
        try {
            return Endpoint.parse(text);
        } catch (MalformedException | IllegalArgumentException e) {
            throw new UsageException("--endpoint " + text + " is not ip/port, such as 192.0.2.1/9993");
        }
    }

    /** Leaves a planet in the home directory that names this node as a root, reachable at these endpoints if any are given. */
    void preparePlanet(List<Endpoint> endpoints) throws IOException {
        Identity self = OwnIdentity.loadOrMake(home, random);
        byte[] bytes = home.planet().orElse(null);
        if (bytes == null) {
            firstPlanet(self, endpoints);
            return;
        }
        World planet = read(bytes);
        World.Root listed = planet.roots().stream()
                .filter(root -> root.identity().equals(self))
                .findFirst()
                .orElseThrow(() -> new IOException("the planet in " + home.path()
                        + " does not name this node as a root;" + " remove the file to make a planet of its own"));
        if (!endpoints.isEmpty() && !endpoints.equals(listed.endpoints())) {
            nextPlanet(planet, self, endpoints);
        }
    }

    private World read(byte[] bytes) throws IOException {
        try {
            return World.read(bytes);
        } catch (MalformedException e) {
            throw new IOException(
                    home.path().resolve("planet") + " holds no planet (" + e.getMessage()
                            + "); restore it, or remove it to make a new one",
                    e);
        }
    }

    private void firstPlanet(Identity self, List<Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            throw new UsageException("wirecloset root: there is no planet in " + home.path()
                    + " yet; say with --endpoint ip/port where nodes will reach this root, and it is made");
        }
        SigningKeys keys = SigningKeys.generate(random);
        home.writeSecret(KEY_FILE, HEX.formatHex(keys.secretKey()).getBytes(StandardCharsets.US_ASCII));
        List<World.Root> roots = List.of(new World.Root(self, endpoints));
        home.savePlanet(IdTool.newPlanet(roots, keys, random, System.currentTimeMillis())
                .toBytes());
    }

    private void nextPlanet(World planet, Identity self, List<Endpoint> endpoints) throws IOException {
        byte[] key = home.read(KEY_FILE)
                .orElseThrow(
                        () -> new IOException("other endpoints need a new edition of the planet, and the key that must"
                                + " sign it is not in " + home.path().resolve(KEY_FILE)));
        SigningKeys keys = SigningKeys.of(HEX.parseHex(new String(key, StandardCharsets.US_ASCII).trim()));
        List<World.Root> roots = planet.roots().stream()
                .map(root -> root.identity().equals(self) ? new World.Root(self, endpoints) : root)
                .toList();
        long wallMs = Math.max(System.currentTimeMillis(), planet.timestampMs() + 1);
        World next = World.sign(WorldType.PLANET, planet.id(), wallMs, planet.nextUpdateKey(), roots, keys);
        if (!next.mayReplace(planet)) {
            throw new IOException(home.path().resolve(KEY_FILE) + " is not the key that the planet says must sign it");
        }
        home.savePlanet(next.toBytes());
    }
}
