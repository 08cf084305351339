package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.PingStream;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is in and who is out. */
@ExtendWith(Universes.class)
@NeedsStockClient
class MembershipIT {
    private static final String SECTION = "Members";
    /** What the acceptance allows. */
    private static final long CUT_WITHIN_MS = 5_000;

    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int NETWORKS = 20;

    @BeforeEach
    void withoutWalls() {
        for (Kind root : Kind.values()) {
            Universes.around(root).tearDownTheWalls();
        }
    }

    /** The speaker loses its authorisation under the eyes of another of its kind and one of the other. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    void aMemberThatLosesItsAuthorisationIsCutOffWithinFiveSeconds(Cast cast) throws Exception {
        ZeroTierProcess controller = cast.controllerNode();
        ZeroTierProcess member = cast.speaker();
        ZeroTierProcess ownKind = cast.universe().leaf(cast.from(), 2);
        ZeroTierProcess otherKind = cast.listener();
        String network = cast.universe().network(cast.controller(), "", List.of(member, ownKind, otherKind));
        String address = member.awaitAddress(network);
        ownKind.awaitAddress(network);
        otherKind.awaitAddress(network);
        try (PingStream own = PingStream.between(ownKind.host(), address);
                PingStream other = PingStream.between(otherKind.host(), address)) {
            long start = System.currentTimeMillis();
            Vl2Network.set(controller, network, member, "{\"authorized\":false}");
            enterCut(cast, cast.from(), own, start);
            enterCut(cast, cast.to(), other, start);
        }
        Matrix.enter(SECTION, "authorised again: " + cast.from(), cast.column(), () -> {
            Vl2Network.set(controller, network, member, "{\"authorized\":true}");
            Ping.await(ownKind.host(), address, PATIENCE);
            Ping.await(otherKind.host(), address, PATIENCE);
        });
        for (ZeroTierProcess leaf : List.of(member, ownKind, otherKind)) {
            leaf.leave(network);
        }
    }

    private static void enterCut(Cast cast, Kind witness, PingStream pings, long startWallMs) throws Exception {
        String row = "no longer authorised: " + cast.from() + ", as " + witness + " sees it";
        Matrix.measure(SECTION, row, cast.column(), () -> {
            long cutMs = Math.max(0, pings.awaitSilence(SILENCE, PATIENCE) - startWallMs);
            assertThat(cutMs).isLessThanOrEqualTo(CUT_WITHIN_MS);
            return String.format("%.1f s", cutMs / 1000.0);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#hosts")
    void aNodeIsInTwentyNetworksAtOnce(Cast cast) throws Exception {
        List<ZeroTierProcess> members = List.of(cast.speaker(), cast.listener());
        List<String> networks = new ArrayList<>();
        Matrix.enter(SECTION, NETWORKS + " networks at once", cast.column(), () -> {
            for (int i = 0; i < NETWORKS; i++) {
                networks.add(cast.universe().network(cast.controller(), "", members));
            }
            for (String network : networks) {
                cast.speaker().awaitAddress(network);
                String address = cast.listener().awaitAddress(network);
                Ping.await(cast.speaker().host(), address, PATIENCE);
            }
        });
        networks.forEach(n -> members.forEach(m -> m.leave(n)));
    }
}
