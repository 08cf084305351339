package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Tcp;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import io.wirecloset.kindtests.lab.ZeroTierProcess.AddressKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks without a controller: the id says which ports are open (vl2.md 4.6). */
@ExtendWith(Universes.class)
@NeedsStockClient
class AdHocIT {
    private static final String SECTION = "Ad-hoc networks";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PINGS = 5;
    private static final int FIRST_PORT = 7000;
    private static final int LAST_PORT = 7009;
    private static final String NETWORK = String.format("ff%04x%04x000000", FIRST_PORT, LAST_PORT);

    static Stream<Cast> leaves() {
        return Cast.withOurs().filter(c -> c.root() == Kind.OURS && c.controller() == Kind.OURS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leaves")
    void thePortsOfTheIdAreOpenAndNoOthers(Cast cast) throws Exception {
        cast.universe().tearDownTheWalls();
        cast.universe().allLeaves().forEach(l -> l.join(NETWORK));
        String row = cast.from() + " to " + cast.to();
        cast.speaker().awaitAddress(NETWORK, AddressKind.SIX_PLANE);
        String address = cast.listener().awaitAddress(NETWORK, AddressKind.SIX_PLANE);
        Matrix.enter(SECTION, row, "ping", () -> assertThat(
                        Ping.count(cast.speaker().host(), address, PINGS).received())
                .isGreaterThanOrEqualTo(PINGS - 1));
        Matrix.enter(SECTION, row, "TCP to open ports", () -> {
            for (int port : new int[] {FIRST_PORT, LAST_PORT}) {
                Lab.await("port " + port + " is open", PATIENCE, () -> opens(cast, address, port));
            }
        });
        Matrix.enter(SECTION, row, "TCP to others, refused", () -> {
            assertThat(opens(cast, address, FIRST_PORT - 1)).isFalse();
            assertThat(opens(cast, address, LAST_PORT + 1)).isFalse();
        });
    }

    private static boolean opens(Cast cast, String address, int port) {
        ZeroTierProcess to = cast.listener();
        try (ServerSocket server = Tcp.listen(to.host(), address, port)) {
            return server.isBound() && Tcp.connects(cast.speaker().host(), address, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
