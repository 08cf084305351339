package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Vectors.Case;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fixed datagrams go into a fresh node; what comes out is what the stock node was seen to answer. */
// VL1 checklist 20, 22, 23, 26, 27, 29, 30, 33, 35-37, 39, 40, 43, 45-48, 50, 51, 53, 61, 64
class ProbeTest {
    /** The layer above VL1 has the say: its tests show what it makes of these. */
    private static final Set<String> FOR_THE_LAYER_ABOVE = Set.of("network-config-request", "remote-trace-two");
    /** Optional: beacons come from nodes too old to be spoken to, unauthenticated, and the answer is longer. */
    private static final String LEFT_OUT = "legacy-beacon";

    private static final JsonNode FILE = Vectors.file("vl1-node-probes");
    private static final long EPOCH_MS = FILE.get("epoch_ms").asLong();
    private static final Identity SELF = Identity.parse(FILE.get("node_secret").asText());
    private static final Map<Long, SessionKeys> KEYS = keys();

    /** What was sent or is expected, as one line that says all that counts. */
    private record Reaction(long atMs, String what) {}

    static Stream<Case> cases() {
        return Vectors.cases("vl1-node-probes")
                .filter(c -> !FOR_THE_LAYER_ABOVE.contains(c.toString())
                        && !c.toString().equals(LEFT_OUT));
    }

    static Stream<Case> casesForTheLayerAbove() {
        return Vectors.cases("vl1-node-probes").filter(c -> FOR_THE_LAYER_ABOVE.contains(c.toString()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutLane(Case c) {
        assertThat(reactions(probe(c, false))).containsExactlyInAnyOrderElementsOf(expected(c));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withALaneInFront(Case c) {
        assertThat(reactions(probe(c, true))).containsExactlyInAnyOrderElementsOf(expected(c));
    }

    @ParameterizedTest
    @MethodSource("casesForTheLayerAbove")
    void whatTheLayerAboveAnswersReachesItWhole(Case c) {
        JsonNode asked = c.json().get("steps").get(1).get("decoded");
        for (boolean withLane : new boolean[] {false, true}) {
            Bench bench = probe(c, withLane);
            assertThat(bench.seen).hasSize(1);
            Bench.Seen seen = bench.seen.getFirst();
            assertThat(Verb.name(seen.verb())).isEqualTo(asked.get("verb").asText());
            assertThat(HexFormat.of().formatHex(seen.payload()))
                    .isEqualTo(asked.get("payload").asText());
            assertThat(reactions(bench)).allMatch(reaction -> reaction.atMs < 300);
        }
    }

    @Test
    void theBeaconOfOldNodesIsNotAnswered() {
        Case c = Vectors.cases("vl1-node-probes")
                .filter(probe -> probe.toString().equals(LEFT_OUT))
                .findFirst()
                .orElseThrow();
        for (boolean withLane : new boolean[] {false, true}) {
            assertThat(reactions(probe(c, withLane)))
                    .containsExactlyInAnyOrderElementsOf(expected(c).stream()
                            .filter(reaction -> reaction.atMs < 300)
                            .toList());
        }
    }

    private static Bench probe(Case c, boolean withLane) {
        World planet = World.read(HexFormat.of().parseHex(FILE.get("planet").asText()));
        Bench bench = new Bench(SELF, planet, withLane, settings -> settings.withVersion(new Version(12, 1, 14, 1)));
        if (c.toString().equals("identity-collision")) {
            byte[] otherKey = SELF.publicKey();
            long address = Identity.parse(
                            FILE.get("peers").get(0).get("identity_secret").asText())
                    .address();
            bench.vl1.introduce(Identity.of(address, otherKey, null), List.of(), EPOCH_MS);
        }
        bench.poll(EPOCH_MS);
        bench.take();
        for (JsonNode step : c.json().get("steps")) {
            byte[] datagram = HexFormat.of().parseHex(step.get("datagram").asText());
            long atMs = EPOCH_MS + step.get("t_ms").asLong();
            bench.datagram(Endpoint.parse(step.get("from").asText()), datagram, atMs);
        }
        return bench;
    }

    // ---- what was seen of the stock node

    private static List<Reaction> expected(Case c) {
        List<Reaction> expected = new ArrayList<>();
        for (JsonNode observed : c.json().get("observed")) {
            String what = observed.has("event") ? event(observed) : packet(observed);
            if (what != null) {
                expected.add(new Reaction(observed.get("t_ms").asLong(), what));
            }
        }
        return expected;
    }

    private static String event(JsonNode observed) {
        return switch (observed.get("event").asText()) {
            case "identity collision, node must stop" -> "collision";
            case "user message delivered" ->
                "message " + observed.get("type_id").asText()
                        + observed.get("data").asText();
            default -> throw new IllegalArgumentException(observed.toString());
        };
    }

    private static String packet(JsonNode observed) {
        String to = observed.get("to").asText();
        String socket = observed.get("socket").asText().equals("all") ? "all" : "one";
        if (!observed.has("verb")) {
            return "junk of " + observed.get("length") + ", ttl " + observed.get("ttl") + " to " + to + " from "
                    + socket;
        }
        if (isToRoot(Long.parseLong(observed.get("dest").asText(), 16))) {
            return null;
        }
        return line(
                observed.get("verb").asText(),
                observed.get("suite").asInt(),
                to,
                socket,
                observed.get("length").asInt(),
                observed.get("payload").asText());
    }

    // ---- what came out of ours

    private static List<Reaction> reactions(Bench bench) {
        List<Reaction> reactions = new ArrayList<>();
        Reassembler reassembler = new Reassembler(new DropCounters());
        for (Bench.Sent sent : bench.sent) {
            String what = reaction(sent, reassembler);
            if (what != null) {
                reactions.add(new Reaction(sent.atMs() - EPOCH_MS, what));
            }
        }
        for (Bench.Seen seen : bench.seen) {
            if (seen.verb() == Verb.USER_MESSAGE) {
                reactions.add(new Reaction(300, "message " + HexFormat.of().formatHex(seen.payload())));
            }
        }
        if (bench.events.contains(new NodeEvent.IdentityCollision())) {
            reactions.add(new Reaction(300, "collision"));
        }
        return reactions;
    }

    private static String reaction(Bench.Sent sent, Reassembler reassembler) {
        String socket = sent.socket() < 0 ? "all" : "one";
        byte[] packet = sent.bytes();
        if (packet.length < PacketHeader.LENGTH) {
            return "junk of " + packet.length + ", ttl " + sent.ttl() + " to " + sent.to() + " from " + socket;
        }
        assertThat(packet.length)
                .as("cut, unless seven pieces do not hold it")
                .matches(bytes -> bytes <= Wire.DEFAULT_MTU || bytes > 9_928);
        if (FragmentHeader.isFragment(packet, 0) || PacketHeader.isFragmented(packet, 0)) {
            int length = FragmentHeader.isFragment(packet, 0)
                    ? reassembler.onFragment(sent.to(), packet, 0, packet.length, 0)
                    : reassembler.onHead(0, sent.to(), packet, 0, packet.length, 0);
            if (length == 0) {
                return null;
            }
            packet = Arrays.copyOfRange(reassembler.packet(), reassembler.packetAt(), reassembler.packetAt() + length);
        }
        long destination = PacketHeader.destination(packet, 0);
        if (isToRoot(destination)) {
            return null;
        }
        int suite = PacketHeader.suite(packet, 0);
        assertThat(new Armor().open(packet, 0, packet.length, KEYS.get(destination)))
                .isTrue();
        String payload = HexFormat.of().formatHex(packet, PacketHeader.LENGTH, packet.length);
        String verb = Verb.name(PacketHeader.verb(packet, 0));
        return line(verb, suite, sent.to().toString(), socket, packet.length, payload);
    }

    private static String line(String verb, int suite, String to, String socket, int length, String payload) {
        // the moon list at the end of HELLO is encrypted under the packet id
        int shown = verb.equals("HELLO") ? payload.length() - 4 : Math.min(payload.length(), 700);
        return verb + " in suite " + suite + " to " + to + " from " + socket + ", " + length + " bytes: "
                + payload.substring(0, shown);
    }

    private static boolean isToRoot(long address) {
        return address == root().address();
    }

    private static Identity root() {
        return Identity.parse(FILE.get("root").get("identity_secret").asText());
    }

    private static Map<Long, SessionKeys> keys() {
        Map<Long, SessionKeys> keys = new HashMap<>();
        for (JsonNode peer : FILE.get("peers")) {
            Identity identity = Identity.parse(peer.get("identity_secret").asText());
            keys.put(identity.address(), SELF.agree(identity));
        }
        return keys;
    }
}
