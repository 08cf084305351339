package io.wirecloset.kindtests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes, each behind a router of its own that translates, and a root that both reach. */
class NatIT {
    private static final Duration DIRECT_WITHIN = Duration.ofSeconds(10);
    private static final int PINGS = 25;

    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
    }

    @Test
    void behindPortRestrictedNatsTheyMeetDirectlyWithinTenSeconds() {
        try (Lab lab = new Lab("np")) {
            Pair pair = Pair.behind(lab, Nat.PORT_RESTRICTED);
            Ping.once(pair.a.host(), pair.addressOfB);
            Lab.await("a direct path after the first packet", DIRECT_WITHIN, () -> {
                Ping.once(pair.a.host(), pair.addressOfB);
                return pair.isDirect();
            });
            assertThat(Ping.count(pair.b.host(), pair.addressOfA, PINGS).received())
                    .isGreaterThanOrEqualTo(PINGS - 1);
        }
    }

    @Test
    void behindSymmetricNatsTheyKeepTalkingThroughTheRoot() {
        try (Lab lab = new Lab("ns")) {
            Pair pair = Pair.behind(lab, Nat.SYMMETRIC);
            assertThat(Ping.count(pair.a.host(), pair.addressOfB, PINGS).received())
                    .isGreaterThanOrEqualTo(PINGS - 1);
            // Both have tried to punch by now; the pings after it must still arrive.
            assertThat(Ping.count(pair.b.host(), pair.addressOfA, 3 * PINGS).received())
                    .isGreaterThanOrEqualTo(3 * PINGS - 2);
            assertThat(pair.isDirect()).isFalse();
        }
    }

    private record Pair(ZeroTierProcess a, ZeroTierProcess b, String addressOfA, String addressOfB) {
        static Pair behind(Lab lab, Nat nat) {
            Dist dist = Dist.current();
            Host rootHost = lab.publicHost("root");
            ZeroTierProcess root = ZeroTierProcess.root(rootHost, dist).start();
            ZeroTierProcess controller = ZeroTierProcess.ours(
                            lab.publicHost("c"), dist, "controller", root.planet(), Map.of())
                    .start();
            ZeroTierProcess a = ZeroTierProcess.ours(lab.behindNat("a", nat), dist, "node", root.planet(), Map.of())
                    .start();
            ZeroTierProcess b = ZeroTierProcess.ours(lab.behindNat("b", nat), dist, "node", root.planet(), Map.of())
                    .start();
            String network = Vl2Network.with(controller, a, b);
            return new Pair(a, b, a.awaitAddress(network), b.awaitAddress(network));
        }

        boolean isDirect() {
            return a.hasDirectPathTo(b.address()) && b.hasDirectPathTo(a.address());
        }
    }
}
