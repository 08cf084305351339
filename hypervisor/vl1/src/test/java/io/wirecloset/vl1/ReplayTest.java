package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each node of each recorded exchange is replaced by ours, under its identity, and told what the recording says it was
 * told, when it was told. What the stock node said then, ours must say at the same time, to the last byte of every packet's
 * content. The differences are those of decision 012, each of which is checked too.
 */
// VL1 checklist 29, 31, 37, 38, 46, 58, 61-67, 69
class ReplayTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Version STOCK = new Version(12, 1, 14, 1);
    private static final int DELAY_MS = 10;
    static final int STEP_MS = 5;

    record Part(String file, String node) {
        @Override
        public String toString() {
            return file + " as " + node;
        }
    }

    static Stream<Part> parts() {
        return Stream.of("relay", "keepalive", "address-change", "planet-update", "moon-orbit")
                .flatMap(file -> {
                    List<Part> parts = new ArrayList<>();
                    Vectors.file("vl1-transcript-" + file)
                            .get("nodes")
                            .forEach(node ->
                                    parts.add(new Part(file, node.get("name").asText())));
                    return parts.stream();
                });
    }

    private JsonNode file;
    private long epochMs;
    private String name;
    private Bench node;
    private Differences differences;
    private Identity self;
    private final Map<Long, Identity> identities = new HashMap<>();
    /** Ids on the wire of the packets the stock node sent, and those of ours in their place. */
    private final Map<Long, Long> ours = new HashMap<>();

    private final Map<Said, Long> idsRecorded = new HashMap<>();

    private record Answer(Endpoint from, byte[] bytes) {}

    private final TreeMap<Long, Answer> answers = new TreeMap<>();
    private final Map<Long, Endpoint> places = new HashMap<>();

    private final List<Said> unmatched = new ArrayList<>();
    private final List<Said> more = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("parts")
    void oursSaysWhatTheStockNodeSaid(Part part) {
        read(part);
        TreeMap<Long, List<JsonNode>> arriving = new TreeMap<>();
        TreeMap<Long, List<Said>> due = new TreeMap<>();
        for (JsonNode entry : file.get("entries")) {
            long atMs = epochMs + entry.get("t_ms").asLong();
            if (!entry.has("wire")) {
                continue;
            }
            if (entry.get("from").asText().equals(name) && !isByTheRecorder(entry)) {
                Said said = recorded(entry, atMs);
                due.computeIfAbsent(atMs, first -> new ArrayList<>()).add(said);
                differences.recorded.add(said);
            } else if (goesToUs(entry) && !entry.has("note")) {
                arriving.computeIfAbsent(atMs + DELAY_MS, first -> new ArrayList<>())
                        .add(entry);
            }
        }
        long endMs = epochMs + Math.min(due.lastKey() - epochMs + 1_000, 412_000);
        for (long nowMs = epochMs; nowMs <= endMs; nowMs += STEP_MS) {
            act((int) (nowMs - epochMs), nowMs);
            hearWhatWasLeftOut((int) (nowMs - epochMs), nowMs);
            for (JsonNode entry : arriving.getOrDefault(nowMs, List.of())) {
                hear(Endpoint.parse(entry.get("from_address").asText()), translated(entry), nowMs);
            }
            for (Answer answer : answers.headMap(nowMs, true).values()) {
                hear(answer.from, answer.bytes, nowMs);
            }
            answers.headMap(nowMs, true).clear();
            node.poll(nowMs);
            match(due.getOrDefault(nowMs, List.of()), nowMs);
        }
        unmatched.removeIf(differences::isAllowedToBeMissing);
        assertThat(unmatched).as("what ours did not say").isEmpty();
        negotiationIsShort();
        more.removeIf(differences::isAllowedToBeSaid);
        assertThat(more).as("what only ours said").isEmpty();
        eventsAgree();
    }

    // ---- the recording

    private void read(Part part) {
        file = Vectors.file("vl1-transcript-" + part.file);
        name = part.node;
        epochMs = file.get("epoch_ms").asLong();
        JsonNode mine = null;
        for (JsonNode one : file.get("nodes")) {
            Identity identity = Identity.parse(one.get("identity_secret").asText());
            identities.put(identity.address(), identity);
            places.put(
                    identity.address(),
                    Endpoint.parse(one.get("physical_address").asText()));
            if (one.get("name").asText().equals(name)) {
                mine = one;
                self = identity;
            }
        }
        for (String world : List.of("planet", "moon", "planet_of_R", "planet_of_A_at_start")) {
            if (file.has(world)) {
                World.read(HEX.parseHex(file.get(world).asText()))
                        .roots()
                        .forEach(root -> identities.putIfAbsent(root.identity().address(), root.identity()));
            }
        }
        assertThat(mine).isNotNull();
        String planet = file.has("planet") ? "planet" : name.equals("R") ? "planet_of_R" : "planet_of_A_at_start";
        World world = World.read(HEX.parseHex(file.get(planet).asText()));
        node = new Bench(self, world, false, settings -> settings.withVersion(STOCK));
        differences = new Differences(file, node.vl1, places);
    }

    private boolean goesToUs(JsonNode entry) {
        Endpoint to = Endpoint.parse(entry.get("to_address").asText());
        for (JsonNode one : file.get("nodes")) {
            if (Endpoint.parse(one.get("physical_address").asText()).equals(to)) {
                return one.get("name").asText().equals(name);
            }
        }
        // where a node was before it moved
        return name.equals("A");
    }

    /** Packets of this kind the recording program made, not the node. */
    private static boolean isByTheRecorder(JsonNode entry) {
        return entry.get("decoded").path("verb").asText().equals("FRAME");
    }

    private Said recorded(JsonNode entry, long atMs) {
        byte[] wire = HEX.parseHex(entry.get("wire").asText());
        Endpoint to = Endpoint.parse(entry.get("to_address").asText());
        Said said = said(atMs, to, wire);
        if (wire.length >= PacketHeader.LENGTH) {
            idsRecorded.put(said, PacketHeader.packetId(wire, 0));
        }
        return said;
    }

    /** An answer names the packet it answers: ours, not the stock node's. All else is as it was. */
    private byte[] translated(JsonNode entry) {
        byte[] wire = HEX.parseHex(entry.get("wire").asText());
        JsonNode decoded = entry.get("decoded");
        boolean whole = decoded.get("kind").asText().equals("packet")
                && !decoded.get("fragmented").asBoolean()
                && PacketHeader.destination(wire, 0) == self.address();
        if (!whole || !decoded.get("verb").asText().equals("OK")) {
            return wire;
        }
        int hops = PacketHeader.hops(wire, 0);
        int suite = PacketHeader.suite(wire, 0);
        Identity from = identities.get(PacketHeader.source(wire, 0));
        Armor armor = new Armor();
        assertThat(armor.open(wire, 0, wire.length, from.agree(self))).isTrue();
        WireReader in = new WireReader(wire, PacketHeader.LENGTH + 1, 8);
        long inRe = in.u64();
        long answered = ours.getOrDefault(inRe, inRe);
        for (int i = 0; i < 8; i++) {
            wire[PacketHeader.LENGTH + 1 + i] = (byte) (answered >>> 56 - 8 * i);
        }
        armor.seal(wire, 0, wire.length, from.agree(self), suite);
        PacketHeader.hops(wire, 0, hops);
        return wire;
    }

    // ---- ours

    private void act(int atMs, long nowMs) {
        switch (file.get("name").asText().replace("vl1-transcript-", "") + " " + name + " " + atMs) {
            case "relay A 2000", "keepalive A 2000", "address-change A 2000" -> say(0, nowMs);
            case "relay A 3500", "keepalive A 410000", "address-change A 31000" -> say(1, nowMs);
            case "relay B 4500" -> say(0, nowMs);
            case "moon-orbit M 0" ->
                node.vl1.orbit(World.read(HEX.parseHex(file.get("moon").asText())));
            case "moon-orbit A 2000" -> {
                long seed = Addresses.parse("3ff4636b4f");
                node.vl1.orbit(seed, seed);
            }
            default -> {}
        }
    }

    /** The user message of that number that this node sent to the other leaf. */
    private void say(int number, long nowMs) {
        List<byte[]> payloads = new ArrayList<>();
        long to = 0;
        for (JsonNode entry : file.get("entries")) {
            JsonNode decoded = entry.path("decoded");
            if (entry.path("from").asText().equals(name)
                    && decoded.path("source").asText().equals(Addresses.format(self.address()))) {
                boolean head = decoded.path("fragmented").asBoolean();
                if (head || decoded.path("verb").asText().equals("USER_MESSAGE")) {
                    byte[] payload = new byte[3_008];
                    payload[7] = (byte) 0x99;
                    payloads.add(
                            head ? payload : HEX.parseHex(decoded.get("payload").asText()));
                    to = Addresses.parse(decoded.get("dest").asText());
                }
            }
        }
        byte[] payload = payloads.get(number);
        node.vl1.send(to, Verb.USER_MESSAGE, payload, 0, payload.length, 0, nowMs);
    }

    /** Pairs what ours says now with what the stock node said now. */
    private void match(List<Said> due, long nowMs) {
        List<Said> left = new ArrayList<>(due);
        for (Bench.Sent sent : node.take()) {
            Said said = said(nowMs, sent.to(), sent.bytes());
            Said twin = left.stream().filter(said::sameAs).findFirst().orElse(null);
            differences.oursSaid.add(said);
            if (twin == null) {
                more.add(said);
                if (said.verb() >= 0) {
                    answer(said, PacketHeader.packetId(sent.bytes(), 0), nowMs);
                }
                continue;
            }
            left.remove(twin);
            if (idsRecorded.containsKey(twin)) {
                ours.put(idsRecorded.get(twin), PacketHeader.packetId(sent.bytes(), 0));
            }
        }
        unmatched.addAll(left);
    }

    /** What ours says beyond the recording is answered as the stock node would have. */
    private void answer(Said said, long packetId, long nowMs) {
        Identity by = identities.get(said.destination());
        boolean met = differences.heard.containsKey(said.to()) && said.to().equals(places.get(said.destination()));
        if (!by.hasSecret() || !met || isLost(said, nowMs)) {
            return;
        }
        WireWriter ok = new WireWriter(128);
        new InRe(said.verb(), packetId).write(ok);
        switch (said.verb()) {
            case Verb.ECHO -> ok.bytes(HEX.parseHex(said.content()));
            case Verb.HELLO -> new HelloOk(nowMs, STOCK, selfAt(nowMs), List.of()).write(ok);
            case Verb.WHOIS -> {
                Identity asked = identities.get(Addresses.parse(said.content()));
                if (asked == null) {
                    return;
                }
                asked.write(ok, false);
            }
            default -> {
                return;
            }
        }
        byte[] packet = new byte[PacketHeader.LENGTH + ok.length()];
        PacketHeader.put(packet, 0, 0x5eed_0000_0000_0000L + nowMs, self.address(), by.address(), Verb.OK);
        System.arraycopy(ok.toByteArray(), 0, packet, PacketHeader.LENGTH, ok.length());
        new Armor().seal(packet, 0, packet.length, by.agree(self), Wire.SUITE_AES_GMAC_SIV);
        answers.put(nowMs + 2 * DELAY_MS + answers.size() % 2, new Answer(said.to(), packet));
    }

    private void hear(Endpoint from, byte[] datagram, long nowMs) {
        byte[] opened = datagram.clone();
        Identity sender = opened.length < PacketHeader.LENGTH ? null : identities.get(PacketHeader.source(opened, 0));
        if (sender != null
                && PacketHeader.destination(opened, 0) == self.address()
                && new Armor().open(opened, 0, opened.length, self.agree(sender))
                && PacketHeader.verb(opened, 0) == Verb.RENDEZVOUS) {
            int length = opened.length - PacketHeader.LENGTH;
            differences.introductions.put(
                    nowMs,
                    Rendezvous.read(new WireReader(opened, PacketHeader.LENGTH, length))
                            .endpoint());
        }
        node.datagram(from, datagram, nowMs);
        differences.heard.computeIfAbsent(from, first -> new ArrayList<>()).add(nowMs);
    }

    /** Of the WHOIS by which stock leaves let their root hear of them every 5 s most were not recorded. */
    private void hearWhatWasLeftOut(int atMs, long nowMs) {
        if (!file.has("left_out") || !name.equals("R") || atMs < 15_000 || atMs % 5_000 != DELAY_MS) {
            return;
        }
        for (JsonNode leaf : file.get("nodes")) {
            Identity from = Identity.parse(leaf.get("identity_secret").asText());
            Endpoint at = placeOf(leaf, nowMs - DELAY_MS);
            if (from.equals(self) || isCut(nowMs) && leaf.get("name").asText().equals("B")) {
                continue;
            }
            byte[] packet = new byte[PacketHeader.LENGTH + Wire.ADDRESS_BYTES];
            PacketHeader.put(packet, 0, nowMs, self.address(), from.address(), Verb.WHOIS);
            Addresses.put(packet, PacketHeader.LENGTH, self.address());
            new Armor().seal(packet, 0, packet.length, from.agree(self), Wire.SUITE_AES_GMAC_SIV);
            hear(at, packet, nowMs);
        }
    }

    private boolean isCut(long nowMs) {
        return file.get("name").asText().endsWith("keepalive") && nowMs - epochMs >= 150_000;
    }

    private Endpoint placeOf(JsonNode one, long atMs) {
        boolean beforeTheMove = file.get("name").asText().endsWith("address-change") && atMs - epochMs < 30_000;
        boolean moves = one.get("name").asText().equals("A");
        return Endpoint.parse(
                beforeTheMove && moves
                        ? "10.9.1.2/9993"
                        : one.get("physical_address").asText());
    }

    private boolean isLost(Said said, long nowMs) {
        return isCut(nowMs) && (name.equals("B") || said.to().equals(Endpoint.parse("10.9.2.3/9993")));
    }

    /** Where others see us. */
    private Endpoint selfAt(long nowMs) {
        for (JsonNode one : file.get("nodes")) {
            if (one.get("name").asText().equals(name)) {
                return placeOf(one, nowMs);
            }
        }
        throw new AssertionError();
    }

    private Said said(long atMs, Endpoint to, byte[] datagram) {
        if (datagram.length < FragmentHeader.LENGTH) {
            return new Said(atMs, to, 0, -1, 0, 0, "junk");
        }
        if (FragmentHeader.isFragment(datagram, 0)) {
            // where a packet is cut is free, and ours cuts it into pieces of one length
            String which =
                    "fragment " + FragmentHeader.number(datagram, 0) + " of " + FragmentHeader.total(datagram, 0);
            return new Said(atMs, to, FragmentHeader.destination(datagram, 0), -1, 0, 0, which);
        }
        byte[] packet = datagram.clone();
        int suite = PacketHeader.suite(packet, 0);
        int hops = PacketHeader.hops(packet, 0);
        long destination = PacketHeader.destination(packet, 0);
        if (PacketHeader.isFragmented(packet, 0)) {
            return new Said(atMs, to, destination, -1, suite, hops, "head");
        }
        if (PacketHeader.source(packet, 0) != self.address()) {
            return new Said(atMs, to, destination, -1, suite, hops, "passed on: " + HEX.formatHex(packet));
        }
        Identity receiver = identities.get(destination);
        assertThat(new Armor().open(packet, 0, packet.length, self.agree(receiver)))
                .isTrue();
        int verb = PacketHeader.verb(packet, 0);
        if (verb == Verb.HELLO) {
            WireReader in = new WireReader(packet, PacketHeader.LENGTH, packet.length - PacketHeader.LENGTH);
            Hello.read(in);
            new Armor().cryptHelloSection(packet, 0, in.offset(), in.remaining(), self.agree(receiver));
        }
        String content = HEX.formatHex(packet, PacketHeader.LENGTH, packet.length);
        return new Said(atMs, to, destination, verb, suite, hops, content);
    }

    /** Is it one of ours? A few questions to each node, and nothing else on the wire is different because of them. */
    private void negotiationIsShort() {
        Map<Long, Integer> questions = new HashMap<>();
        more.stream()
                .filter(said -> said.verb() == Verb.NEGOTIATE)
                .forEach(said -> questions.merge(said.destination(), 1, Integer::sum));
        assertThat(questions.values()).allMatch(times -> times <= Limits.NEGOTIATE_ATTEMPTS);
        more.removeIf(said -> said.verb() == Verb.NEGOTIATE);
    }

    private void eventsAgree() {
        for (JsonNode entry : file.get("entries")) {
            if (!entry.path("node").asText().equals(name)) {
                continue;
            }
            switch (entry.get("event").asText()) {
                case "moon stored", "planet stored" -> {
                    World stored = World.read(HEX.parseHex(entry.get("data").asText()));
                    boolean atStart = entry.get("t_ms").asInt() == 0;
                    if (!atStart) {
                        assertThat(node.events).contains(new NodeEvent.WorldUpdated(stored));
                    }
                }
                case "online" -> assertThat(node.vl1.online()).isTrue();
                case "user message delivered" ->
                    assertThat(node.seen)
                            .anyMatch(seen -> seen.verb() == Verb.USER_MESSAGE
                                    && seen.payload().length
                                            == entry.get("length").asInt() + 8);
                default -> {}
            }
        }
    }
}
