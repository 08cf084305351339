package io.wirecloset.kindtests.stock;

import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Shell;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Private planets for stock roots, and moons for anybody: identities made by our idtool, worlds signed by it. */
final class StockPlanet {
    private StockPlanet() {}

    static byte[] make(Path folder, Host rootHost, Dist dist) {
        try {
            Path home = Files.createDirectories(rootHost.folder().resolve("home-stock"));
            String tool = dist.program();
            makeIdentity(home, tool);
            Path planet = folder.resolve("planet");
            Shell.run(
                    tool,
                    "idtool",
                    "planet",
                    planet.toString(),
                    home.resolve("identity.public") + "=" + rootHost.address() + "/9993");
            return Files.readAllBytes(planet);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a node an identity and the file of a moon of which it is the root. */
    static void makeMoon(ZeroTierProcess node, Dist dist) {
        try {
            Path home = node.home();
            makeIdentity(home, dist.program());
            String root = home.resolve("identity.public") + "=" + node.host().address() + "/9993";
            Path json = home.resolve("moon.json");
            Files.writeString(json, Shell.run(dist.program(), "idtool", "initmoon", root));
            Path moons = Files.createDirectories(home.resolve("moons.d"));
            node.host().run("sh", "-c", "cd " + moons + " && " + dist.program() + " idtool genmoon " + json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeIdentity(Path home, String tool) {
        Shell.run(
                tool,
                "idtool",
                "generate",
                home.resolve("identity.secret").toString(),
                home.resolve("identity.public").toString());
    }

    static ZeroTierProcess root(Host rootHost, byte[] planet) {
        return ZeroTierProcess.stock(rootHost, planet);
    }
}
