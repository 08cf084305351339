package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.CipherSuites;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.PacketSocket;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stock client beside ours: neither may be able to tell the other from its own kind. */
@NeedsStockClient
class StockClientIT {
    private static final Dist DIST = Dist.current();
    private static final int PINGS = 20;

    @BeforeEach
    void needsRootAndTheStockClient() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
    }

    @Test
    void twoStockLeavesMeetDirectlyOverOurRoot() {
        try (Lab lab = new Lab("sl")) {
            ZeroTierProcess root = ourRoot(lab);
            ZeroTierProcess controller =
                    ZeroTierProcess.stock(lab.publicHost("c"), root.planet()).start();
            ZeroTierProcess a = ZeroTierProcess.stock(lab.behindNat("a", Nat.PORT_RESTRICTED), root.planet())
                    .start();
            ZeroTierProcess b = ZeroTierProcess.stock(lab.behindNat("b", Nat.PORT_RESTRICTED), root.planet())
                    .start();
            String network = Vl2Network.with(controller, a, b);
            bothReachEachOther(network, a, b);
            Lab.await("a direct path", Duration.ofSeconds(40), () -> {
                a.host().tryRun("ping", "-c1", "-W1", address(b, network));
                return a.hasDirectPathTo(b.address()) && b.hasDirectPathTo(a.address());
            });
        }
    }

    @Test
    void ourNodeJoinsANetworkOfAStockControllerOverAStockRoot() {
        try (Lab lab = new Lab("sc")) {
            Host rootHost = lab.publicHost("root");
            byte[] planet = StockPlanet.make(lab.folder(), rootHost, DIST);
            ZeroTierProcess root = StockPlanet.root(rootHost, planet).start();
            ZeroTierProcess controller =
                    ZeroTierProcess.stock(lab.publicHost("c"), planet).start();
            ZeroTierProcess stock = ZeroTierProcess.stock(lab.behindNat("a", Nat.PORT_RESTRICTED), planet)
                    .start();
            ZeroTierProcess ours = ZeroTierProcess.ours(
                            lab.behindNat("b", Nat.PORT_RESTRICTED), DIST, "node", planet, Map.of())
                    .start();
            String network = Vl2Network.with(controller, stock, ours);
            bothReachEachOther(network, stock, ours);
            theySeal(network, stock, 3, ours, 3);
            assertThat(ours.cli("info")).contains("200 info " + ours.address()).contains("ONLINE");
            assertThat(ours.cli("listnetworks")).contains(network).contains("OK PRIVATE");
            assertThat(ours.cli("listpeers")).contains(root.address() + " ").contains("PLANET");
            assertThat(ours.cli("leave", network)).contains("200 leave OK");
        }
    }

    /** One suite in each direction: what one sends follows from what the other announced. */
    @Test
    void suiteOneIsSpokenWithANodeThatAnnouncesProtocolEleven() {
        try (Lab lab = new Lab("s1")) {
            ZeroTierProcess root = ourRoot(lab);
            ZeroTierProcess controller =
                    ZeroTierProcess.stock(lab.publicHost("c"), root.planet()).start();
            ZeroTierProcess stock =
                    ZeroTierProcess.stock(lab.publicHost("a"), root.planet()).start();
            ZeroTierProcess ours = ZeroTierProcess.ours(
                            lab.publicHost("b"), DIST, "node", root.planet(), Map.of("WIRECLOSET_TEST_PROTOCOL", "11"))
                    .start();
            String network = Vl2Network.with(controller, stock, ours);
            bothReachEachOther(network, stock, ours);
            theySeal(network, stock, 1, ours, 3);
        }
    }

    @Test
    void aStockNodeJoinsANetworkOfOurController() {
        try (Lab lab = new Lab("so")) {
            ZeroTierProcess root = ourRoot(lab);
            ZeroTierProcess controller = ZeroTierProcess.ours(
                            lab.publicHost("c"), DIST, "controller", root.planet(), Map.of())
                    .start();
            ZeroTierProcess stock = ZeroTierProcess.stock(lab.behindNat("a", Nat.PORT_RESTRICTED), root.planet())
                    .start();
            ZeroTierProcess ours = ZeroTierProcess.ours(
                            lab.behindNat("b", Nat.PORT_RESTRICTED), DIST, "node", root.planet(), Map.of())
                    .start();
            String network = Vl2Network.with(controller, stock, ours);
            bothReachEachOther(network, stock, ours);
        }
    }

    private static ZeroTierProcess ourRoot(Lab lab) {
        return ZeroTierProcess.root(lab.publicHost("root"), DIST).start();
    }

    private static void bothReachEachOther(String network, ZeroTierProcess a, ZeroTierProcess b) {
        String addressOfA = a.awaitAddress(network);
        String addressOfB = b.awaitAddress(network);
        assertThat(Ping.count(a.host(), addressOfB, PINGS).received()).isGreaterThanOrEqualTo(PINGS - 1);
        assertThat(Ping.count(b.host(), addressOfA, PINGS).received()).isGreaterThanOrEqualTo(PINGS - 1);
    }

    /** Listens to the wire of a while they ping. */
    private static void theySeal(String network, ZeroTierProcess a, int suiteOfA, ZeroTierProcess b, int suiteOfB) {
        try (PacketSocket wire = PacketSocket.open(a.host())) {
            Ping.burst(a.host(), b.awaitAddress(network), PINGS);
            List<PacketSocket.Frame> frames = wire.drain();
            assertThat(CipherSuites.of(frames, a.address(), b.address())).containsExactly(suiteOfA);
            assertThat(CipherSuites.of(frames, b.address(), a.address())).containsExactly(suiteOfB);
        }
    }

    private static String address(ZeroTierProcess node, String network) {
        return node.awaitAddress(network);
    }
}
