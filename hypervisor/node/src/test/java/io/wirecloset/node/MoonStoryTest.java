package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A root of one's own on host 3: node 4 orbits its moon, as a laptop does by the words of the command line. */
// VL1 checklist 58, 59
@NeedsRoot
class MoonStoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOON_ROOT = 3;
    private static final int LEAF = 4;
    private static final Identity SEED = Lab.IDENTITIES.get(MOON_ROOT - 1);
    private static final long ID = SEED.address();
    private static final SigningKeys KEYS = SigningKeys.of(new byte[64]);

    @TempDir
    Path folder;

    private static World moon(long timestampMs) {
        Endpoint at = Endpoint.parse(Lab.ip(MOON_ROOT) + "/" + Lab.PORT);
        World.Root root = new World.Root(SEED, List.of(at));
        return World.sign(WorldType.MOON, ID, timestampMs, KEYS.publicKey(), List.of(root), KEYS);
    }

    @Test
    void aMoonIsOrbitedBySeedUpdatedRememberedAndLeft() throws Exception {
        try (Lab lab = new Lab(folder)) {
            lab.started(1);
            Path file = lab.home(LEAF).path().resolve("moons.d/" + NetworkIds.format(ID) + ".moon");
            lab.home(MOON_ROOT).saveMoon(ID, moon(1_000).toBytes());
            Node moonRoot = lab.started(MOON_ROOT);
            try (Node leaf = lab.node(LEAF).start()) {
                orbit(lab);
                await().atMost(PATIENCE).until(() -> isOrbited(lab, 1_000));
                await().atMost(PATIENCE).until(() -> leaf.peerViews().stream()
                        .anyMatch(peer -> peer.address() == ID && peer.role() == PeerView.Role.MOON));
                await().atMost(PATIENCE).until(() -> Files.exists(file));
            }
            assertThat(moonRoot.orbit(moon(2_000))).isTrue();
            try (Node again = lab.node(LEAF).start()) {
                await().atMost(PATIENCE).until(() -> isOrbited(lab, 2_000));
                await().atMost(PATIENCE).until(again::online);
                assertThat(command(lab, "deorbit", String.format("%010x", ID))).contains("200 deorbit OK");
                assertThat(again.orbits().moons()).isEmpty();
                assertThat(file).doesNotExist();
            }
        }
    }

    private static void orbit(Lab lab) throws Exception {
        String id = String.format("%010x", ID);
        assertThat(command(lab, "orbit", id, id)).contains("200 orbit OK");
    }

    private static boolean isOrbited(Lab lab, long timestampMs) throws Exception {
        JsonNode moons = new LocalHttp(lab.host(LEAF), lab.home(LEAF).path())
                .get("/moon")
                .body();
        JsonNode first = moons.path(0);
        return moons.size() == 1
                && !first.get("waiting").asBoolean()
                && first.get("timestamp").asLong() == timestampMs;
    }

    /** The unmodified client where there is one, else what it would ask. */
    private static String command(Lab lab, String... words) throws Exception {
        Path home = lab.home(LEAF).path();
        String stock = System.getenv(StockNode.VARIABLE);
        if (stock == null) {
            LocalHttp api = new LocalHttp(lab.host(LEAF), home);
            LocalHttp.Answer answer = words[0].equals("orbit")
                    ? api.post("/moon/" + words[1], "{\"seed\":\"" + words[2] + "\"}")
                    : api.delete("/moon/" + words[1]);
            return answer.status() + " " + words[0] + " OK";
        }
        String[] line = new String[words.length + 2];
        line[0] = Path.of(stock).resolveSibling("zerotier-cli").toString();
        line[1] = "-D" + home;
        System.arraycopy(words, 0, line, 2, words.length);
        return lab.run(LEAF, line);
    }

    @Test
    @EnabledIfEnvironmentVariable(named = StockNode.VARIABLE, matches = ".+")
    void theStockClientListsWhatWeOrbit() throws Exception {
        try (Lab lab = new Lab(folder)) {
            try (Node leaf = lab.node(LEAF).start()) {
                assertThat(leaf.orbit(moon(1_000))).isTrue();
                assertThat(command(lab, "listmoons"))
                        .contains("\"id\": \"" + NetworkIds.format(ID) + "\"")
                        .contains("\"waiting\": false");
            }
        }
    }
}
