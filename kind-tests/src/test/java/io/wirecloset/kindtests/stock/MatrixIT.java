package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Transfer;
import io.wirecloset.kindtests.lab.UdpGroup;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import io.wirecloset.kindtests.lab.ZeroTierProcess.AddressKind;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Root, controller and leaves, each ours or stock, in every combination: whoever plays a part, it is played the same. */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Universes.class)
@NeedsStockClient
class MatrixIT {
    private static final String SECTION = "Root, controller and leaves";
    private static final int PINGS = 5;
    private static final long TRANSFER_BYTES = 20_000_000;
    private static final String GROUP = "239.1.2.3";
    private static final int GROUP_PORT = 4711;
    private static final Duration DIRECT_WITHIN = Duration.ofSeconds(90);
    /** Nodes that have not met ask for a group's members once a minute. */
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(150);

    @BeforeAll
    static void comeUp() {
        Universes.beginBoth();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    @Order(1)
    void theyJoin(Cast cast) throws Exception {
        Matrix.enter(SECTION, "join: " + cast.from(), cast.column(), () -> {
            for (int i = 1; i <= 2; i++) {
                ZeroTierProcess leaf = cast.universe().leaf(cast.from(), i);
                for (AddressKind kind : AddressKind.values()) {
                    assertThat(leaf.awaitAddress(cast.network(), kind)).isNotEmpty();
                }
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(2)
    void throughTheRootTheyTalk(Cast cast) throws Exception {
        assumeTrue(cast.universe().isWalled(), "needs leaves that never met: run it before the other classes");
        enter("ping through the root", cast, () -> {
            pings(cast, AddressKind.IPV4);
            assertThat(cast.speaker().hasDirectPathTo(cast.listener().address()))
                    .isFalse();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(3)
    void theyFindADirectPath(Cast cast) throws Exception {
        cast.universe().tearDownTheWalls();
        String address = cast.listener().awaitAddress(cast.network());
        enter(
                "direct path",
                cast,
                () -> Lab.await(cast + ": a direct path", DIRECT_WITHIN, () -> {
                    Ping.once(cast.speaker().host(), address);
                    return cast.speaker().hasDirectPathTo(cast.listener().address())
                            && cast.listener().hasDirectPathTo(cast.speaker().address());
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(4)
    void theyPing(Cast cast) throws Exception {
        enter("ping", cast, () -> pings(cast, AddressKind.IPV4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(5)
    void theyPingBySixPlane(Cast cast) throws Exception {
        enter("ping, IPv6 by 6PLANE", cast, () -> pings(cast, AddressKind.SIX_PLANE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(6)
    void theyPingByRfc4193(Cast cast) throws Exception {
        enter("ping, IPv6 by RFC4193", cast, () -> pings(cast, AddressKind.RFC4193));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#all")
    @Order(7)
    void theyMoveBytesOverTcp(Cast cast) throws Exception {
        enter("TCP, 20 MB", cast, () -> {
            Host to = cast.listener().host();
            String address = cast.listener().awaitAddress(cast.network());
            Transfer.Moved moved = Transfer.bytes(cast.speaker().host(), to, address, TRANSFER_BYTES);
            assertThat(moved.bytes()).isEqualTo(TRANSFER_BYTES);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    @Order(8)
    void whatOneSaysToAGroupTheOthersHear(Cast cast) throws Exception {
        ZeroTierProcess own = cast.universe().leaf(cast.from(), 2);
        Matrix.enter(
                SECTION,
                "multicast, UDP group of three: " + cast.from() + " to " + cast.from() + " and " + cast.to(),
                cast.column(),
                () -> {
                    try (UdpGroup speaker = seat(cast, cast.speaker());
                            UdpGroup one = seat(cast, own);
                            UdpGroup other = seat(cast, cast.listener())) {
                        hearsWhatIsSaid(cast, speaker, one);
                        hearsWhatIsSaid(cast, speaker, other);
                    }
                });
    }

    private static UdpGroup seat(Cast cast, ZeroTierProcess node) {
        return UdpGroup.join(node.host(), node.device(cast.network()), GROUP, GROUP_PORT);
    }

    private static void hearsWhatIsSaid(Cast cast, UdpGroup speaker, UdpGroup listener) {
        Lab.await(cast + ": the group hears", HEARD_WITHIN, () -> {
            speaker.say(cast.toString());
            return listener.hears(cast.toString());
        });
    }

    private static void pings(Cast cast, AddressKind kind) {
        String address = cast.listener().awaitAddress(cast.network(), kind);
        assertThat(Ping.count(cast.speaker().host(), address, PINGS).received()).isGreaterThanOrEqualTo(PINGS - 1);
    }

    private static void enter(String what, Cast cast, Matrix.Deed deed) throws Exception {
        Matrix.enter(SECTION, what + ": " + cast.from() + " to " + cast.to(), cast.column(), deed);
    }
}
