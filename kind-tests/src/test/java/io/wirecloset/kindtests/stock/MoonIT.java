package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A root of one's own beside those of the planet, found by its address alone. */
@ExtendWith(Universes.class)
@NeedsStockClient
class MoonIT {
    private static final String SECTION = "Moons";
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    record Sky(Kind root, Kind moon) {
        String column() {
            return "root " + root + ", moon " + moon;
        }

        @Override
        public String toString() {
            return column();
        }
    }

    static Stream<Sky> skies() {
        return Stream.of(Kind.values()).flatMap(root -> Stream.of(Kind.values()).map(moon -> new Sky(root, moon)));
    }

    /** Both leaves are told where to look, then start anew with nothing but the moon to ask. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("skies")
    void leavesFindAMoonByItsSeedAndEachOtherThroughIt(Sky sky) throws Exception {
        Universe universe = Universes.around(sky.root);
        universe.tearDownTheWalls();
        ZeroTierProcess ours = universe.leaf(Kind.OURS, 1);
        ZeroTierProcess stock = universe.leaf(Kind.STOCK, 1);
        ZeroTierProcess moon = universe.moon(sky.moon, "moon-" + sky.moon).start();
        try {
            moon.awaitOnline();
            for (ZeroTierProcess leaf : List.of(ours, stock)) {
                String kind = leaf == ours ? "ours" : "stock";
                Matrix.enter(SECTION, "orbit by seed: " + kind, sky.column(), () -> orbits(leaf, moon));
            }
            String network = universe.network(Kind.STOCK);
            String address = stock.awaitAddress(network);
            Matrix.enter(SECTION, "they meet when the planet's root is gone: ours and stock", sky.column(), () -> {
                universe.root().stop();
                for (ZeroTierProcess leaf : List.of(ours, stock)) {
                    leaf.stop();
                    forgetPeers(leaf);
                }
                ours.start();
                stock.start();
                Ping.await(ours.host(), address, PATIENCE);
                assertThat(role(ours, moon)).isEqualTo("MOON");
            });
        } finally {
            if (!universe.root().daemon().isAlive()) {
                universe.root().start();
            }
            for (ZeroTierProcess leaf : List.of(ours, stock)) {
                leaf.tryCli("deorbit", moon.address());
            }
            moon.stop();
            universe.allLeaves().forEach(ZeroTierProcess::awaitOnline);
        }
    }

    private static void orbits(ZeroTierProcess leaf, ZeroTierProcess moon) {
        assertThat(leaf.cli("orbit", moon.address(), moon.address())).contains("200 orbit OK");
        Lab.await(
                leaf.host().name() + " orbits the moon",
                PATIENCE,
                () -> role(leaf, moon).equals("MOON") && leaf.hasDirectPathTo(moon.address()));
        assertThat(leaf.cli("listmoons")).contains(moon.address()).doesNotContain("\"waiting\": true");
        assertThat(leaf.cli("listpeers")).containsPattern("200 listpeers " + moon.address() + " .* MOON");
    }

    private static String role(ZeroTierProcess leaf, ZeroTierProcess of) {
        return leaf.api("GET", "/peer/" + of.address(), null).path("role").asText();
    }

    private static void forgetPeers(ZeroTierProcess leaf) {
        try (Stream<Path> files = Files.walk(leaf.home().resolve("peers.d"))) {
            for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
