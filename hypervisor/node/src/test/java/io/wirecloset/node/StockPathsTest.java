package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Moons and trusted paths between ours and the stock client, each in either part. */
// VL1 checklist 15, 38, 58, 59
@NeedsRoot
@EnabledIfEnvironmentVariable(named = StockNode.VARIABLE, matches = ".+")
class StockPathsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int OURS = 3;
    private static final int STOCK = 4;
    private static final SigningKeys KEYS = SigningKeys.of(new byte[64]);

    @TempDir
    Path folder;

    private static World moon(Identity root, int host) {
        Endpoint at = Endpoint.parse(Lab.ip(host) + "/" + Lab.PORT);
        List<World.Root> roots = List.of(new World.Root(root, List.of(at)));
        return World.sign(WorldType.MOON, root.address(), 1_000, KEYS.publicKey(), roots, KEYS);
    }

    /** The root is not among those who are trusted, as it trusts nobody: it would drop what is not sealed. */
    private static String trusting(int host) {
        return "{\"" + Lab.ip(host) + "/32\":{\"trustedPathId\":77}}";
    }

    @Test
    void theStockClientOrbitsOurMoon() throws Exception {
        try (Lab lab = new Lab(folder)) {
            lab.started(1);
            Identity root = Lab.IDENTITIES.get(OURS - 1);
            lab.home(OURS).saveMoon(root.address(), moon(root, OURS).toBytes());
            lab.started(OURS);
            try (StockNode stock = new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000))) {
                String id = Addresses.format(root.address());
                stock.api().post("/moon/" + id, "{\"seed\":\"" + id + "\"}");
                await().atMost(PATIENCE)
                        .until(() -> stock.api().get("/moon").body().size() == 1);
                JsonNode moon = stock.api().get("/moon").body().get(0);
                assertThat(moon.get("waiting").asBoolean()).isFalse();
                assertThat(moon.at("/roots/0/identity").asText()).isEqualTo(root.toPublicText());
                await().atMost(PATIENCE).until(() -> stock.api()
                        .get("/peer/" + id)
                        .body()
                        .path("role")
                        .asText()
                        .equals("MOON"));
            }
        }
    }

    @Test
    void weOrbitAMoonOfTheStockClient() throws Exception {
        try (Lab lab = new Lab(folder)) {
            lab.started(1);
            Path home = folder.resolve("stock");
            new StockNode(lab, STOCK, home, lab.planet(1_000)).close();
            Identity root = Identity.parse(Files.readString(home.resolve("identity.public")));
            HomeDirectory.open(home).saveMoon(root.address(), moon(root, STOCK).toBytes());
            try (StockNode stock = new StockNode(lab, STOCK, home, lab.planet(1_000));
                    Node ours = lab.node(OURS).start()) {
                assertThat(stock.api().get("/moon").body()).hasSize(1);
                assertThat(ours.orbits().orbit(root.address(), root.address())).isPresent();
                await().atMost(PATIENCE).until(() -> ours.orbits().moons().stream()
                        .allMatch(moon -> moon.world() != null && moon.world().equals(moon(root, STOCK))));
                await().atMost(PATIENCE).until(() -> ours.peerViews().stream()
                        .anyMatch(peer -> peer.address() == root.address()
                                && peer.role() == PeerView.Role.MOON
                                && peer.isDirect()));
            }
        }
    }

    @Test
    void overATrustedPathTheStockClientJoinsOurNetworkUnsealed() throws Exception {
        try (Lab lab = new Lab(folder)) {
            lab.started(1);
            Path conf = lab.home(OURS).path().resolve("local.conf");
            Files.writeString(conf, "{\"physical\":" + trusting(STOCK) + "}");
            try (StandAloneController ours =
                            StandAloneController.start(lab.node(OURS).start());
                    StockNode stock =
                            new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000), trusting(OURS))) {
                assertThat(ours).isNotNull();
                LocalHttp owner = new LocalHttp(lab.host(OURS), lab.home(OURS).path());
                String controller =
                        Addresses.format(Lab.IDENTITIES.get(OURS - 1).address());
                String id = controller + "000abc";
                owner.post(
                        "/controller/network/" + id, "{\"v6AssignMode\":{\"6plane\":true},\"name\":\"in the clear\"}");
                owner.post("/controller/network/" + id + "/member/" + stock.address(), "{\"authorized\":true}");
                stock.api().post("/network/" + id, "{}");
                await().atMost(PATIENCE).until(() -> stock.api()
                        .get("/network/" + id)
                        .body()
                        .path("status")
                        .asText()
                        .equals("OK"));
                await().atMost(PATIENCE).until(() -> trustedPathId(stock.api(), controller) == 77);
                assertThat(trustedPathId(owner, stock.address())).isEqualTo(77);
                // from now on both speak unsealed: a change still reaches the member
                owner.post("/controller/network/" + id, "{\"name\":\"still here\"}");
                await().atMost(PATIENCE).until(() -> stock.api()
                        .get("/network/" + id)
                        .body()
                        .path("name")
                        .asText()
                        .equals("still here"));
            }
        }
    }

    @Test
    void whatTheStockClientSendsUnsealedIsBelievedOnlyWhereItIsTrusted() throws Exception {
        try (Lab lab = new Lab(folder)) {
            lab.started(1);
            try (Node ours = lab.node(OURS).start();
                    StockNode stock =
                            new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000), trusting(OURS))) {
                String controller =
                        Addresses.format(Lab.IDENTITIES.get(OURS - 1).address());
                // it asks us for a network, and is told unsealed that we carry none; we cannot hear the question
                stock.api().post("/network/" + controller + "000abc", "{}");
                await().atMost(PATIENCE).until(() -> ours.drops().getOrDefault(Drop.BAD_TRUSTED_PATH, 0L) > 0);
            }
        }
    }

    private static long trustedPathId(LocalHttp api, String peer) throws Exception {
        JsonNode paths = api.get("/peer/" + peer).body().path("paths");
        long id = 0;
        for (JsonNode path : paths) {
            id = Math.max(id, path.path("trustedPathId").asLong());
        }
        return id;
    }
}
