package io.wirecloset.kindtests.stock;

import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Shell;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A private planet for a stock root: its identity made by our idtool, the planet signed by it. */
final class StockPlanet {
    private StockPlanet() {}

    static byte[] make(Path folder, Host rootHost, Dist dist) {
        try {
            Path home = Files.createDirectories(rootHost.folder().resolve("home-stock"));
            String tool = dist.program();
            Shell.run(
                    tool,
                    "idtool",
                    "generate",
                    home.resolve("identity.secret").toString(),
                    home.resolve("identity.public").toString());
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

    static ZeroTierProcess root(Host rootHost, byte[] planet) {
        return ZeroTierProcess.stock(rootHost, planet);
    }
}
