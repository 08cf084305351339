package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Namespaces;
import io.wirecloset.kindtests.lab.PacketSocket;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Tcp;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One table of more than 200 rules in a network with all leaves. The first leaf of each kind has tag 10 and the capability,
 * the second tag 20 and none.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Universes.class)
@NeedsStockClient
class PolicyIT {
    private static final String SECTION = "Rules, tags and capabilities";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PINGS = 5;

    private static final int FORBIDDEN_PORTS = 5000;
    private static final int FORBIDDEN_PORTS_COUNT = 100;
    private static final int OPEN_PORT = 6000;
    /** Among members of one tag only. */
    private static final int TAGGED_PORT = 9000;
    /** For holders of the capability only, like the next one, which no capability opens. */
    private static final int CAPABILITY_PORT = 8080;

    private static final int NOBODYS_PORT = 8081;

    private final Map<String, String> networks = new HashMap<>();

    private static int watchedPort(Kind watcher) {
        return 7771 + watcher.ordinal();
    }

    private String network(Cast cast) {
        return networks.computeIfAbsent(cast.column(), any -> make(cast));
    }

    private static String make(Cast cast) {
        cast.universe().tearDownTheWalls();
        String policy = ",\"rules\":[" + rules(cast.universe()) + "],\"tags\":[{\"id\":1,\"default\":null}],"
                + "\"capabilities\":[{\"id\":5,\"default\":false,\"rules\":["
                + "{\"type\":\"MATCH_IP_DEST_PORT_RANGE\",\"start\":" + CAPABILITY_PORT + ",\"end\":" + CAPABILITY_PORT
                + "},{\"type\":\"ACTION_ACCEPT\"}]}]";
        String network = cast.universe().network(cast.controller(), policy);
        for (Kind kind : Kind.values()) {
            Vl2Network.set(
                    cast.controllerNode(),
                    network,
                    cast.universe().leaf(kind, 1),
                    "{\"tags\":[[1,10]],\"capabilities\":[5]}");
            Vl2Network.set(cast.controllerNode(), network, cast.universe().leaf(kind, 2), "{\"tags\":[[1,20]]}");
        }
        return network;
    }

    private static String rules(Universe universe) {
        StringBuilder rules = new StringBuilder();
        for (Kind watcher : Kind.values()) {
            rules.append("{\"type\":\"MATCH_IP_PROTOCOL\",\"ipProtocol\":17},");
            rules.append(destinationPort(watchedPort(watcher)));
            rules.append("{\"type\":\"ACTION_TEE\",\"length\":0,\"flags\":0,\"address\":\"")
                    .append(universe.leaf(watcher, 2).address())
                    .append("\"},");
        }
        rules.append(destinationPort(TAGGED_PORT));
        rules.append("{\"type\":\"MATCH_TAGS_DIFFERENCE\",\"id\":1,\"value\":0,\"not\":true},");
        rules.append("{\"type\":\"ACTION_DROP\"},");
        rules.append("{\"type\":\"MATCH_IP_PROTOCOL\",\"ipProtocol\":6},");
        rules.append("{\"type\":\"MATCH_IP_DEST_PORT_RANGE\",\"start\":8080,\"end\":8081},");
        rules.append("{\"type\":\"MATCH_CHARACTERISTICS\",\"mask\":\"0000000000000002\"},");
        rules.append("{\"type\":\"MATCH_CHARACTERISTICS\",\"mask\":\"0000000000000010\",\"not\":true},");
        rules.append("{\"type\":\"ACTION_BREAK\"},");
        for (int i = 0; i < FORBIDDEN_PORTS_COUNT; i++) {
            rules.append(destinationPort(FORBIDDEN_PORTS + i)).append("{\"type\":\"ACTION_DROP\"},");
        }
        return rules.append("{\"type\":\"ACTION_ACCEPT\"}").toString();
    }

    private static String destinationPort(int port) {
        return "{\"type\":\"MATCH_IP_DEST_PORT_RANGE\",\"start\":" + port + ",\"end\":" + port + "},";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#withOurs")
    @Order(1)
    void aTableOfTwoHundredRulesIsKept(Cast cast) throws Exception {
        enter("over 200 rules", cast, () -> {
            String address = cast.listener().awaitAddress(network(cast));
            cast.speaker().awaitAddress(network(cast));
            assertThat(Ping.count(cast.speaker().host(), address, PINGS).received())
                    .isGreaterThanOrEqualTo(PINGS - 1);
            awaitsOpen(cast.speaker(), cast.listener(), address, OPEN_PORT);
            closed(cast.speaker(), cast.listener(), address, FORBIDDEN_PORTS);
            closed(cast.speaker(), cast.listener(), address, FORBIDDEN_PORTS + FORBIDDEN_PORTS_COUNT - 1);
        });
    }

    /** The speaker has tag 10. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    @Order(2)
    void tagsAllowAndForbid(Cast cast) throws Exception {
        enter("tags allow", cast, () -> {
            ZeroTierProcess same = cast.universe().leaf(cast.to(), 1);
            awaitsOpen(cast.speaker(), same, same.awaitAddress(network(cast)), TAGGED_PORT);
        });
        for (Kind kind : Kind.values()) {
            ZeroTierProcess other = cast.universe().leaf(kind, 2);
            String address = other.awaitAddress(network(cast));
            Matrix.enter(SECTION, "tags forbid: " + cast.from() + " to " + kind, cast.column(), () -> {
                awaitsOpen(cast.speaker(), other, address, OPEN_PORT);
                Lab.await("the tags forbid", PATIENCE, () -> !opens(cast.speaker(), other, address, TAGGED_PORT));
                closed(cast.speaker(), other, address, TAGGED_PORT);
            });
        }
    }

    /** First leaves have it, second ones have not. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#speakers")
    @Order(3)
    void aCapabilityAllowsWhatOthersMayNot(Cast cast) throws Exception {
        ZeroTierProcess holder = cast.speaker();
        ZeroTierProcess other = cast.universe().leaf(cast.to(), 2);
        String addressOfHolder = holder.awaitAddress(network(cast));
        String addressOfOther = other.awaitAddress(network(cast));
        enter("capability allows", cast, () -> {
            awaitsOpen(holder, other, addressOfOther, CAPABILITY_PORT);
            closed(holder, other, addressOfOther, NOBODYS_PORT);
        });
        Matrix.enter(
                SECTION, "without capability forbidden: " + cast.to() + " to " + cast.from(), cast.column(), () -> {
                    awaitsOpen(other, holder, addressOfHolder, OPEN_PORT);
                    closed(other, holder, addressOfHolder, CAPABILITY_PORT);
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.wirecloset.kindtests.stock.Cast#withOurs")
    @Order(4)
    void aThirdNodeGetsACopy(Cast cast) throws Exception {
        String address = cast.listener().awaitAddress(network(cast));
        for (Kind watcher : Kind.values()) {
            ZeroTierProcess third = cast.universe().leaf(watcher, 2);
            if (third == cast.listener()) {
                continue;
            }
            String row = "tee to " + watcher + ": " + cast.from() + " to " + cast.to();
            Matrix.enter(SECTION, row, cast.column(), () -> {
                String text = "copy of " + cast + " for " + watcher;
                try (PacketSocket seen = PacketSocket.open(third.host())) {
                    int device = third.host().device(third.device(network(cast)));
                    Lab.await(row, PATIENCE, () -> {
                        send(cast.speaker().host(), address, watchedPort(watcher), text);
                        return seen.drain().stream().anyMatch(f -> f.device() == device && contains(f.bytes(), text));
                    });
                }
            });
        }
    }

    private static boolean contains(byte[] frame, String text) {
        return new String(frame, StandardCharsets.ISO_8859_1).contains(text);
    }

    private static void send(Host from, String address, int port, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        try (DatagramSocket socket = Namespaces.in(from.namespacePath(), () -> new DatagramSocket())) {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Credentials may still be on their way. */
    private static void awaitsOpen(ZeroTierProcess from, ZeroTierProcess to, String address, int port) {
        Lab.await(
                from.host().name() + " connects to port " + port + " of "
                        + to.host().name(),
                PATIENCE,
                () -> opens(from, to, address, port));
    }

    private static void closed(ZeroTierProcess from, ZeroTierProcess to, String address, int port) {
        assertThat(opens(from, to, address, port))
                .as(
                        "%s connects to port %d of %s",
                        from.host().name(), port, to.host().name())
                .isFalse();
    }

    private static boolean opens(ZeroTierProcess from, ZeroTierProcess to, String address, int port) {
        try (ServerSocket server = Tcp.listen(to.host(), address, port)) {
            return server.isBound() && Tcp.connects(from.host(), address, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void enter(String what, Cast cast, Matrix.Deed deed) throws Exception {
        Matrix.enter(SECTION, what + ": " + cast.from() + " to " + cast.to(), cast.column(), deed);
    }
}
