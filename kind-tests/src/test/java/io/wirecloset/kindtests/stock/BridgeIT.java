package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Transfer;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A member whose device is in a Linux bridge, and a machine on the other side of it that knows nothing of all this. */
@ExtendWith(Universes.class)
@NeedsStockClient
class BridgeIT {
    private static final String SECTION = "Bridges";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PINGS = 5;
    private static final long TRANSFER_BYTES = 5_000_000;

    record Span(Kind controller, Kind bridge) {
        String column() {
            return "controller " + controller + ", bridge " + bridge;
        }

        @Override
        public String toString() {
            return column();
        }
    }

    static Stream<Span> spans() {
        return Stream.of(Kind.values())
                .flatMap(controller -> Stream.of(Kind.values()).map(bridge -> new Span(controller, bridge)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spans")
    void whatIsBehindABridgeIsReached(Span span) throws Exception {
        Universe universe = Universes.around(Kind.OURS);
        universe.tearDownTheWalls();
        ZeroTierProcess controller = universe.controller(span.controller);
        ZeroTierProcess bridge = universe.leaf(span.bridge, 2);
        List<ZeroTierProcess> others = List.of(universe.leaf(Kind.OURS, 1), universe.leaf(Kind.STOCK, 1));
        String network = universe.network(span.controller, "", List.of(bridge));
        Vl2Network.set(controller, network, bridge, "{\"activeBridge\":true,\"noAutoAssignIps\":true}");
        Lab.await("the bridge is one", PATIENCE, () -> {
            JsonNode seen = bridge.network(network);
            return seen.path("status").asText().equals("OK")
                    && seen.path("bridge").asBoolean();
        });
        Vl2Network.admit(controller, network, others);
        List<String> addresses = new ArrayList<>();
        others.forEach(o -> addresses.add(o.awaitAddress(network)));
        String outside = addresses.getFirst().replaceFirst("\\.\\d+\\.\\d+$", ".255.200");
        Host machine = behind(universe, bridge, bridge.device(network), outside);
        try {
            for (int i = 0; i < others.size(); i++) {
                ZeroTierProcess member = others.get(i);
                String address = addresses.get(i);
                String kind = Kind.values()[i].toString();
                Matrix.enter(SECTION, "ping, " + kind + " to the machine behind", span.column(), () -> {
                    Ping.await(member.host(), outside, PATIENCE);
                    assertThat(Ping.count(member.host(), outside, PINGS).received())
                            .isGreaterThanOrEqualTo(PINGS - 1);
                });
                Matrix.enter(SECTION, "ping, the machine behind to " + kind, span.column(), () -> assertThat(
                                Ping.count(machine, address, PINGS).received())
                        .isGreaterThanOrEqualTo(PINGS - 1));
                Matrix.enter(SECTION, "TCP, " + kind + " to the machine behind", span.column(), () -> assertThat(
                                Transfer.bytes(member.host(), machine, outside, TRANSFER_BYTES)
                                        .bytes())
                        .isEqualTo(TRANSFER_BYTES));
            }
        } finally {
            universe.lab().remove(machine);
            bridge.host().tryRun("ip", "link", "del", "br0");
            bridge.leave(network);
            others.forEach(o -> o.leave(network));
        }
    }

    private static Host behind(Universe universe, ZeroTierProcess bridge, String device, String address) {
        Host host = bridge.host();
        host.run("ip", "link", "add", "br0", "type", "bridge");
        host.run("ip", "link", "set", device, "master", "br0");
        host.run("ip", "link", "set", "br0", "up");
        Host machine = universe.lab().behindBridge("machine-" + bridge.host().name(), host, "br0");
        machine.run("ip", "addr", "add", address + "/16", "dev", "eth0");
        return machine;
    }
}
