package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.world.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What a root and two leaves of the stock kind said to each other from first contact to the direct path; ours, told to do
 * the same, say all of it too, in the same order, in the same suites.
 */
// VL1 checklist 29, 31, 37, 46, 61, 63, 65
class TranscriptTest {
    private static final JsonNode FILE = Vectors.file("vl1-transcript-relay");
    private static final long EPOCH_MS = FILE.get("epoch_ms").asLong();
    private static final int DELAY_MS = 10;
    private static final int STEP_MS = 5;
    /** Behind it comes upkeep, whose times are our own. */
    private static final int END_MS = 4_600;

    private record Flying(long atMs, Endpoint from, Endpoint to, byte[] bytes) {}

    private final Map<Endpoint, String> names = new LinkedHashMap<>();
    private final Map<Long, Identity> identities = new TreeMap<>();
    private final Map<String, Bench> nodes = new LinkedHashMap<>();
    private final Map<String, Endpoint> places = new LinkedHashMap<>();
    private final Deque<Flying> flying = new ArrayDeque<>();
    /** By "sender > receiver". */
    private final Map<String, List<String>> said = new TreeMap<>();

    /** Those of the nodes that ask who is one of our own. */
    private Set<String> negotiating = Set.of("R", "A", "B");

    @Test
    void oursSayWhatStockNodesSaid() {
        build();
        for (long nowMs = EPOCH_MS; nowMs <= EPOCH_MS + END_MS; nowMs += STEP_MS) {
            act((int) (nowMs - EPOCH_MS), nowMs);
            deliver(nowMs);
            for (Map.Entry<String, Bench> node : nodes.entrySet()) {
                node.getValue().poll(nowMs);
                launch(node.getKey(), nowMs);
            }
        }
        Map<String, List<String>> stock = stock();
        assertThat(stock).hasSize(6);
        stock.forEach((pair, lines) -> assertThat(said.get(pair)).as(pair).containsSubsequence(lines));
        assertThat(texts("B")).containsExactly("first message through the relay", "3000 bytes");
        assertThat(texts("A")).containsExactly("reply");
    }

    /**
     * Where stock nodes let an introduction lapse because one side did not know the other yet, ours follow it up; that
     * and repeated greetings are all that ours say more.
     */
    @Test
    void oursSayMoreOnlyToMeet() {
        oursSayWhatStockNodesSaid();
        Map<String, List<String>> more = new TreeMap<>();
        said.forEach((pair, lines) -> {
            List<String> rest = new ArrayList<>(lines);
            stock().get(pair).forEach(rest::remove);
            more.put(pair, rest);
        });
        for (List<String> lines : more.values()) {
            assertThat(lines).allMatch(line -> Set.of("HELLO", "junk", "OK", "RENDEZVOUS", "ECHO", "NEGOTIATE")
                    .contains(line.split(" ", 2)[0]));
            assertThat(lines).hasSizeLessThan(8);
        }
    }

    /** Stock nodes hear a question or two that they do not understand; every other datagram is as it was. */
    @Test
    void aNodeThatAsksWhoIsOneOfItsOwnDisturbsNobody() {
        negotiating = Set.of();
        oursSayWhatStockNodesSaid();
        Map<String, List<String>> before = new TreeMap<>(said);
        negotiating = Set.of("A");
        oursSayWhatStockNodesSaid();
        int questions = 0;
        for (Map.Entry<String, List<String>> pair : said.entrySet()) {
            List<String> lines = new ArrayList<>(pair.getValue());
            lines.removeIf(line -> line.startsWith("NEGOTIATE"));
            assertThat(lines).as(pair.getKey()).isEqualTo(before.get(pair.getKey()));
            int more = pair.getValue().size() - lines.size();
            assertThat(more).as(pair.getKey()).isLessThanOrEqualTo(Limits.NEGOTIATE_ATTEMPTS);
            questions += more;
        }
        assertThat(questions).as("to the root and to B").isGreaterThanOrEqualTo(2);
    }

    // ---- ours

    private void build() {
        names.clear();
        said.clear();
        World planet = World.read(HexFormat.of().parseHex(FILE.get("planet").asText()));
        for (JsonNode node : FILE.get("nodes")) {
            Identity self = Identity.parse(node.get("identity_secret").asText());
            Endpoint at = Endpoint.parse(node.get("physical_address").asText());
            String name = node.get("name").asText();
            names.put(at, name);
            places.put(name, at);
            identities.put(self.address(), self);
            nodes.put(name, new Bench(self, planet, false, settings -> settings.withVersion(new Version(12, 1, 14, 1))
                    .withNegotiation(negotiating.contains(name))));
        }
    }

    private void act(int atMs, long nowMs) {
        switch (atMs) {
            case 2_000 ->
                say(
                        "A",
                        "B",
                        0x1122334455667788L,
                        "first message through the relay".getBytes(StandardCharsets.US_ASCII),
                        nowMs);
            case 3_500 -> say("A", "B", 0x99, new byte[3_000], nowMs);
            case 4_500 -> say("B", "A", 0x77, "reply".getBytes(StandardCharsets.US_ASCII), nowMs);
            default -> {}
        }
    }

    private void say(String from, String to, long type, byte[] text, long nowMs) {
        byte[] payload = new byte[8 + text.length];
        for (int i = 0; i < 8; i++) {
            payload[i] = (byte) (type >>> 56 - 8 * i);
        }
        System.arraycopy(text, 0, payload, 8, text.length);
        long destination = nodes.get(to).vl1.self().address();
        nodes.get(from).vl1.send(destination, Verb.USER_MESSAGE, payload, 0, payload.length, 0, nowMs);
        launch(from, nowMs);
    }

    private void deliver(long nowMs) {
        while (!flying.isEmpty() && flying.peek().atMs <= nowMs) {
            Flying next = flying.poll();
            String to = names.get(next.to);
            nodes.get(to).datagram(next.from, next.bytes, nowMs);
            launch(to, nowMs);
        }
    }

    private void launch(String from, long nowMs) {
        for (Bench.Sent sent : nodes.get(from).take()) {
            String pair = from + " > " + names.get(sent.to());
            said.computeIfAbsent(pair, first -> new ArrayList<>()).add(line(sent.bytes(), sent.ttl()));
            if (sent.ttl() == 0) {
                flying.add(new Flying(nowMs + DELAY_MS, places.get(from), sent.to(), sent.bytes()));
            }
        }
    }

    private String line(byte[] datagram, int ttl) {
        if (datagram.length < PacketHeader.LENGTH) {
            return "junk with ttl " + ttl;
        }
        if (FragmentHeader.isFragment(datagram, 0)) {
            return "fragment " + FragmentHeader.number(datagram, 0) + " of " + FragmentHeader.total(datagram, 0);
        }
        int suite = PacketHeader.suite(datagram, 0);
        int hops = PacketHeader.hops(datagram, 0);
        if (PacketHeader.isFragmented(datagram, 0)) {
            return "head in suite " + suite;
        }
        byte[] packet = datagram.clone();
        Identity source = identities.get(PacketHeader.source(packet, 0));
        Identity destination = identities.get(PacketHeader.destination(packet, 0));
        assertThat(new Armor().open(packet, 0, packet.length, source.agree(destination)))
                .isTrue();
        int verb = PacketHeader.verb(packet, 0);
        String payload = HexFormat.of().formatHex(packet, PacketHeader.LENGTH, packet.length);
        return line(Verb.name(verb), suite, hops, payload);
    }

    private static String line(String verb, int suite, int hops, String payload) {
        String what =
                switch (verb) {
                    case "OK" -> "OK to " + Verb.name(Integer.parseInt(payload.substring(0, 2), 16));
                    case "RENDEZVOUS", "WHOIS" -> verb + " " + payload;
                    case "USER_MESSAGE" -> verb + " " + payload.substring(0, 16);
                    default -> verb;
                };
        return what + " in suite " + suite + ", hops " + hops;
    }

    private List<String> texts(String name) {
        return nodes.get(name).seen.stream()
                .map(seen -> seen.payload().length > 3_000
                        ? "3000 bytes"
                        : new String(seen.payload(), 8, seen.payload().length - 8, StandardCharsets.US_ASCII))
                .toList();
    }

    // ---- theirs

    private Map<String, List<String>> stock() {
        Map<String, List<String>> stock = new TreeMap<>();
        for (JsonNode entry : FILE.get("entries")) {
            if (!entry.has("wire") || entry.get("t_ms").asInt() > END_MS) {
                continue;
            }
            Endpoint to = Endpoint.parse(entry.get("to_address").asText());
            String pair = entry.get("from").asText() + " > " + names.get(to);
            List<String> lines = stock.computeIfAbsent(pair, first -> new ArrayList<>());
            String line = stockLine(entry);
            // stock nodes ask WHOIS twice in a row, and are answered twice
            if (lines.isEmpty() || !lines.getLast().equals(line)) {
                lines.add(line);
            }
        }
        return stock;
    }

    private static String stockLine(JsonNode entry) {
        JsonNode decoded = entry.get("decoded");
        return switch (decoded.get("kind").asText()) {
            case "junk" -> "junk with ttl " + entry.get("ttl").asInt();
            case "fragment" ->
                "fragment " + decoded.get("fragment_no").asInt() + " of "
                        + decoded.get("total").asInt();
            default ->
                decoded.get("fragmented").asBoolean()
                        ? "head in suite " + decoded.get("suite").asInt()
                        : line(
                                decoded.get("verb").asText(),
                                decoded.get("suite").asInt(),
                                decoded.get("hops").asInt(),
                                decoded.get("payload").asText());
        };
    }
}
