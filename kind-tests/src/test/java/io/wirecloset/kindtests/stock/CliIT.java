package io.wirecloset.kindtests.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Shell;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import io.wirecloset.kindtests.lab.ZeroTierProcess.AddressKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The unmodified zerotier-cli, asked the same of one of our nodes and of a stock node in the same situation: but for
 * addresses and times it must print the same and end with the same code.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Universes.class)
@NeedsStockClient
class CliIT {
    private static final String SECTION = "zerotier-cli, unmodified: the same words to ours and to stock";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NOBODYS_NETWORK = "1122334455000001";
    private static final String NOBODYS_MOON = "1122334455";

    private Universe universe;
    private ZeroTierProcess ours;
    private ZeroTierProcess stock;
    private String network;

    @BeforeAll
    void bothAreMembersAndHaveMet() {
        universe = Universes.around(Kind.OURS);
        universe.tearDownTheWalls();
        ours = universe.leaf(Kind.OURS, 1);
        stock = universe.leaf(Kind.STOCK, 1);
        network = universe.network(Kind.STOCK);
        Ping.await(ours.host(), stock.awaitAddress(network), PATIENCE);
        for (ZeroTierProcess node : List.of(ours, stock)) {
            for (AddressKind kind : AddressKind.values()) {
                node.awaitAddress(network, kind);
            }
        }
    }

    @Test
    void info() throws Exception {
        same("info");
        sameShape("info", "-j");
    }

    @Test
    void listNetworks() throws Exception {
        same("listnetworks");
        sameShape("listnetworks", "-j");
    }

    /** Of the peers that both must have: the root and the controllers. */
    @Test
    void listPeers() throws Exception {
        List<String> common = List.of(
                universe.root().address(),
                universe.controller(Kind.OURS).address(),
                universe.controller(Kind.STOCK).address());
        UnaryOperator<String> commonLines = text -> text.lines()
                .filter(l -> l.contains("<ztaddr>") || common.stream().anyMatch(l::contains))
                .map(CliIT::withoutTimes)
                .sorted()
                .collect(Collectors.joining("\n"));
        for (String words : List.of("listpeers", "peers")) {
            enter(words, () -> await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(commonLines.apply(ours.cli(words)))
                            .isEqualTo(commonLines.apply(stock.cli(words)))
                            .contains(common)
                            .contains("PLANET")));
        }
        sameShape("listpeers", "-j");
    }

    private static String withoutTimes(String line) {
        return line.replaceAll("[\\d.]+/\\d+(;-?\\d+;-?\\d+)?", "PATH")
                .replaceAll("(?<= )-?\\d+(?= |$)", "N")
                .replaceAll(" +", " ");
    }

    @Test
    void get() throws Exception {
        for (String setting : List.of(
                "allowManaged",
                "allowGlobal",
                "allowDefault",
                "allowDNS",
                "status",
                "name",
                "type",
                "ip",
                "ip4",
                "ip6",
                "ip6plane",
                "ip6prefix",
                "nothing")) {
            same("get", network, setting);
        }
        same("get", NOBODYS_NETWORK, "allowManaged");
    }

    @Test
    void set() throws Exception {
        for (String setting : List.of(
                "allowGlobal=1",
                "allowDefault=true",
                "allowDefault=0",
                "allowDNS=1",
                "allowDNS=0",
                "allowGlobal=0",
                "allowManaged=0",
                "allowManaged=1",
                "nothing=1")) {
            sameShape("set", network, setting);
        }
        same("get", network, "allowGlobal");
        same("set", NOBODYS_NETWORK, "allowGlobal=1");
        for (ZeroTierProcess node : List.of(ours, stock)) {
            node.tryCli("leave", NOBODYS_NETWORK);
            node.awaitAddress(network);
        }
    }

    @Test
    void joinAndLeave() throws Exception {
        String other = universe.network(Kind.OURS, "", List.of(ours, stock));
        ours.leave(other);
        stock.leave(other);
        same("join", other);
        enter("listnetworks after join", () -> {
            ours.awaitAddress(other);
            stock.awaitAddress(other);
            assertThat(line(ours.cli("listnetworks"), other)).isEqualTo(line(stock.cli("listnetworks"), other));
        });
        same("leave", other);
        same("leave", other);
        same("join", "short");
        same("leave", "short");
        same("join");
        same("nonsense");
    }

    @Test
    void moons() throws Exception {
        same("listmoons");
        same("orbit", NOBODYS_MOON, NOBODYS_MOON);
        // Ours also lists a moon that it waits for.
        assertThat(ours.cli("listmoons")).contains(NOBODYS_MOON).contains("\"waiting\": true");
        same("deorbit", NOBODYS_MOON);
        same("listmoons");
        same("deorbit", NOBODYS_MOON);
        same("orbit", "x", "y");
    }

    private String line(String text, String with) {
        return masked(text.lines().filter(l -> l.contains(with)).collect(Collectors.joining("\n")));
    }

    /** The same text but for addresses, and the same exit code. */
    private void same(String... words) throws Exception {
        enter(String.join(" ", words), () -> {
            Shell.Result a = ours.tryCli(words);
            Shell.Result b = stock.tryCli(words);
            assertThat(masked(a.out()) + a.exitCode()).isEqualTo(masked(b.out()) + b.exitCode());
        });
    }

    /** JSON with the same keys and the same types of values. */
    private void sameShape(String... words) throws Exception {
        enter(String.join(" ", words), () -> {
            Shell.Result a = ours.tryCli(words);
            Shell.Result b = stock.tryCli(words);
            assertThat(shape(a.out()) + "\n" + a.exitCode()).isEqualTo(shape(b.out()) + "\n" + b.exitCode());
        });
    }

    private String masked(String text) {
        return text.lines()
                .sorted()
                .collect(Collectors.joining("\n"))
                .replace(ours.address(), "SELF")
                .replace(stock.address(), "SELF")
                .replaceAll("([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC")
                .replaceAll("\\b10\\.\\d+\\.\\d+\\.\\d+\\b", "IPV4")
                .replaceAll("\\bf[cd][0-9a-f]{2}:[0-9a-f:]+", "IPV6")
                .replace(NOBODYS_NETWORK, "NETWORK")
                .replace(network, "NETWORK")
                .replaceAll("\\b\\d{13}\\b", "TIME")
                // Read every five seconds there, at once here.
                .replaceAll("\"multicastSubscriptions\":\\[[^]]*]", "SUBSCRIPTIONS");
    }

    private static String shape(String text) {
        int start = Math.max(0, Math.min(indexOr(text, '{'), indexOr(text, '[')));
        try {
            return text.substring(0, start)
                    + String.join(
                            "\n",
                            shape(JSON.readTree(text.substring(start)), "").entrySet().stream()
                                    // Ours says with a field of its own why something is not applied.
                                    .filter(e -> !e.getKey().endsWith(".wirecloset"))
                                    .map(e -> e.getKey() + ": " + e.getValue())
                                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private static int indexOr(String text, char c) {
        int at = text.indexOf(c);
        return at < 0 ? text.length() : at;
    }

    /** Path of each value and the types seen there; elements of an array are at one path. */
    private static Map<String, TreeSet<String>> shape(JsonNode node, String path) {
        Map<String, TreeSet<String>> all = new TreeMap<>();
        all.computeIfAbsent(path, k -> new TreeSet<>()).add(node.getNodeType().toString());
        node.properties().forEach(p -> merge(all, shape(p.getValue(), path + "." + p.getKey())));
        if (node.isArray()) {
            node.forEach(e -> merge(all, shape(e, path + "[]")));
        }
        return all;
    }

    private static void merge(Map<String, TreeSet<String>> into, Map<String, TreeSet<String>> more) {
        more.forEach((k, v) -> into.computeIfAbsent(k, any -> new TreeSet<>()).addAll(v));
    }

    private void enter(String words, Matrix.Deed deed) throws Exception {
        String row = words;
        for (String id : Arrays.asList(network, NOBODYS_NETWORK)) {
            row = row.replace(id, id.equals(network) ? "<network>" : "<unknown network>");
        }
        Matrix.enter(SECTION, row.replaceAll("\\b[0-9a-f]{16}\\b", "<other network>"), "same answer", deed);
    }
}
