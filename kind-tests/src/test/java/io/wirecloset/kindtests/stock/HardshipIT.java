package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Transfer;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Everybody restarts once, and datagrams are lost. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Universes.class)
@NeedsStockClient
class HardshipIT {
    private static final String SECTION = "Restarts and loss";
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final int PINGS = 30;
    /** Of 100 echo requests 81 are answered on average when 10 of 100 datagrams are lost each way. */
    private static final int ANSWERS_UNDER_LOSS = PINGS / 2;

    private static final long BYTES_UNDER_LOSS = 500_000;

    @BeforeEach
    void withoutWalls() {
        for (Kind root : Kind.values()) {
            Universes.around(root).tearDownTheWalls();
        }
    }

    /** The listener is stopped and started again, then killed and started again, while the speaker calls it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    @Order(1)
    void aLeafComesBack(Cast cast) throws Exception {
        String address = cast.listener().awaitAddress(cast.network());
        Ping.await(cast.speaker().host(), address, PATIENCE);
        String row = "restart: " + cast.to() + ", called by " + cast.from();
        measureReturn(row, cast, address, cast.listener()::stop);
        measureReturn(row + ", after SIGKILL", cast, address, cast.listener()::kill);
    }

    private static void measureReturn(String row, Cast cast, String address, Runnable end) throws Exception {
        Matrix.measure(SECTION, row, cast.column(), () -> {
            end.run();
            long start = System.nanoTime();
            cast.listener().start();
            Ping.await(cast.speaker().host(), address, PATIENCE);
            return String.format("%.1f s", (System.nanoTime() - start) / 1e9);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#hosts")
    @Order(2)
    void aControllerComesBack(Cast cast) throws Exception {
        Matrix.enter(SECTION, "restart: controller, then both leaves join anew", cast.column(), () -> {
            cast.controllerNode().stop();
            cast.controllerNode().start();
            for (ZeroTierProcess leaf : List.of(cast.speaker(), cast.listener())) {
                leaf.leave(cast.network());
                leaf.join(cast.network());
            }
            cast.speaker().awaitAddress(cast.network());
            Ping.await(cast.speaker().host(), cast.listener().awaitAddress(cast.network()), PATIENCE);
        });
    }

    /** While it is away nobody notices; when it is back, it hears from everybody again. */
    @ParameterizedTest(name = "root {0}")
    @EnumSource(Kind.class)
    @Order(3)
    void aRootComesBack(Kind root) throws Exception {
        for (Cast cast : Cast.hosts().filter(c -> c.root() == root).toList()) {
            String address = cast.listener().awaitAddress(cast.network());
            Matrix.enter(SECTION, "restart: root", cast.column(), () -> {
                cast.universe().root().stop();
                assertThat(Ping.count(cast.speaker().host(), address, 10).received())
                        .isGreaterThanOrEqualTo(9);
                cast.universe().root().start();
                for (ZeroTierProcess leaf : cast.universe().allLeaves()) {
                    Lab.await("the root hears from " + leaf.host().name(), PATIENCE, () -> cast.universe()
                            .root()
                            .hasDirectPathTo(leaf.address()));
                }
                assertThat(Ping.count(cast.speaker().host(), address, 10).received())
                        .isGreaterThanOrEqualTo(9);
            });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#withOurs")
    @Order(4)
    void theyTalkThoughATenthOfTheDatagramsIsLost(Cast cast) throws Exception {
        List<ZeroTierProcess> members = List.of(cast.speaker(), cast.listener());
        members.forEach(m -> lose(m, 10));
        try {
            String pair = cast.from() + " to " + cast.to();
            String network = cast.universe().network(cast.controller(), "", members);
            String address = cast.listener().awaitAddress(network);
            Matrix.enter(SECTION, "10 % loss, join and ping: " + pair, cast.column(), () -> {
                cast.speaker().awaitAddress(network);
                assertThat(Ping.count(cast.speaker().host(), address, PINGS).received())
                        .isGreaterThanOrEqualTo(ANSWERS_UNDER_LOSS);
            });
            Matrix.enter(SECTION, "10 % loss, TCP: " + pair, cast.column(), () -> assertThat(Transfer.bytes(
                                    cast.speaker().host(), cast.listener().host(), address, BYTES_UNDER_LOSS)
                            .bytes())
                    .isEqualTo(BYTES_UNDER_LOSS));
            members.forEach(m -> m.leave(network));
        } finally {
            members.forEach(m -> m.host().tryRun("nft", "delete", "table", "ip", "loss"));
        }
    }

    /** Of a hundred datagrams that reach the host, so many are lost. */
    private static void lose(ZeroTierProcess node, int ofHundred) {
        node.host().nft("""
                table ip loss {
                  chain in { type filter hook input priority filter; iifname "eth0" numgen random mod 100 < %d drop; }
                }
                """.formatted(ofHundred));
    }
}
