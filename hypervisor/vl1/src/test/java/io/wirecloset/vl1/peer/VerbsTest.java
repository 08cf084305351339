package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.Vectors.Case;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every given packet of the verbs VL1 owns: opened, read, compared, written again, sealed again, the same bytes. */
// VL1 checklist 32, 34, 37, 38, 43, 45, 47, 48, 50 (layouts)
class VerbsTest {
    private static final Armor ARMOR = new Armor();

    static Stream<Case> cases() {
        return Vectors.cases("vl1-verbs");
    }

    private static Stream<Case> of(int... verbs) {
        return cases().filter(c -> Arrays.stream(verbs).anyMatch(verb -> verb == c.number("verb")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPacketOpensToItsPayload(Case c) {
        assertThat(opened(c)).isEqualTo(c.hex("payload"));
    }

    static Stream<Case> hellos() {
        return of(Verb.HELLO);
    }

    @ParameterizedTest
    @MethodSource("hellos")
    void hello(Case c) {
        JsonNode parsed = c.json().get("parsed");
        byte[] plain = c.hex("plain");
        WireReader in = new WireReader(plain, PacketHeader.LENGTH, plain.length - PacketHeader.LENGTH);
        Hello hello = Hello.read(in);
        assertThat(hello.version()).isEqualTo(version(parsed));
        assertThat(hello.clockMs()).isEqualTo(parsed.get("timestamp").asLong());
        assertThat(hello.sender()).isEqualTo(Identity.parse(text(parsed, "identity")));
        assertThat(hello.sentTo()).isEqualTo(endpoint(text(parsed, "physical_destination")));
        assertThat(hello.planetId()).isEqualTo(id(text(parsed, "planet_id")));
        assertThat(hello.planetTimestampMs())
                .isEqualTo(parsed.get("planet_timestamp").asLong());

        int section = in.offset();
        assertThat(section).isEqualTo(parsed.get("encrypted_section_offset").asInt());
        ARMOR.cryptHelloSection(plain, 0, section, plain.length - section, keys(c));
        Moons moons = Moons.read(in);
        List<Moons.Entry> listed = list(parsed.get("moons")).stream()
                .map(moon -> new Moons.Entry(
                        id(text(moon, "id")), moon.get("timestamp").asLong()))
                .toList();
        assertThat(moons.entries()).isEqualTo(listed);

        byte[] again = new byte[plain.length];
        PacketHeader.put(
                again,
                0,
                id(c.text("packet_id_before")),
                Addresses.parse(c.text("dest")),
                Addresses.parse(c.text("source")),
                Verb.HELLO);
        WireWriter out = new WireWriter(again, PacketHeader.LENGTH, again.length);
        hello.write(out);
        moons.write(out);
        ARMOR.cryptHelloSection(again, 0, section, again.length - section, keys(c));
        ARMOR.seal(again, 0, again.length, keys(c), c.number("suite"));
        assertThat(again).isEqualTo(c.hex("wire"));
    }

    static Stream<Case> answers() {
        return of(Verb.OK);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void ok(Case c) {
        JsonNode parsed = c.json().get("parsed");
        byte[] payload = c.hex("payload");
        WireReader in = new WireReader(payload);
        InRe inRe = InRe.read(in);
        assertThat(inRe.verb()).isEqualTo(parsed.get("in_re_verb").asInt());
        assertThat(inRe.packetId()).isEqualTo(id(text(parsed, "in_re_packet_id")));
        WireWriter out = new WireWriter(64);
        inRe.write(out);
        switch (inRe.verb()) {
            case Verb.HELLO -> helloOk(parsed, in, out);
            case Verb.WHOIS -> whoisOk(parsed, in, out);
            default -> out.bytes(in.bytes(in.remaining()));
        }
        assertThat(out.toByteArray()).isEqualTo(payload);
    }

    private static void helloOk(JsonNode parsed, WireReader in, WireWriter out) {
        HelloOk ok = HelloOk.read(in);
        assertThat(ok.clockMs()).isEqualTo(parsed.get("timestamp_echo").asLong());
        assertThat(ok.version()).isEqualTo(version(parsed));
        assertThat(ok.seenAs()).isEqualTo(endpoint(text(parsed, "physical_destination")));
        assertThat(ok.worlds().stream().map(World::id).toList())
                .isEqualTo(list(parsed.get("world_ids")).stream()
                        .map(worldId -> id(worldId.asText()))
                        .toList());
        ok.write(out);
    }

    private static void whoisOk(JsonNode parsed, WireReader in, WireWriter out) {
        for (JsonNode identity : parsed.get("identities")) {
            Identity read = Identity.read(in);
            assertThat(read).isEqualTo(Identity.parse(identity.asText()));
            read.write(out, false);
        }
        assertThat(in.hasRemaining()).isFalse();
    }

    static Stream<Case> errors() {
        return of(Verb.ERROR);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void error(Case c) {
        JsonNode parsed = c.json().get("parsed");
        ErrorAnswer error = ErrorAnswer.read(new WireReader(c.hex("payload")));
        assertThat(error.inRe().verb()).isEqualTo(parsed.get("in_re_verb").asInt());
        assertThat(error.inRe().packetId()).isEqualTo(id(text(parsed, "in_re_packet_id")));
        assertThat(error.code()).isEqualTo(parsed.get("error_code").asInt());
        String network = parsed.has("network") ? text(parsed, "network") : "";
        String rest = parsed.has("rest") ? text(parsed, "rest") : "";
        assertThat(HexFormat.of().formatHex(error.data())).isEqualTo(network + rest);
        WireWriter out = new WireWriter(64);
        error.write(out);
        assertThat(out.toByteArray()).isEqualTo(c.hex("payload"));
    }

    static Stream<Case> rendezvous() {
        return of(Verb.RENDEZVOUS);
    }

    @ParameterizedTest
    @MethodSource("rendezvous")
    void rendezvous(Case c) {
        JsonNode parsed = c.json().get("parsed");
        Rendezvous rendezvous = Rendezvous.read(new WireReader(c.hex("payload")));
        assertThat(rendezvous.flags()).isEqualTo(parsed.get("flags").asInt());
        assertThat(rendezvous.peer()).isEqualTo(Addresses.parse(text(parsed, "peer")));
        assertThat(rendezvous.endpoint())
                .isEqualTo(Endpoint.parse(text(parsed, "address") + "/" + text(parsed, "port")));
        WireWriter out = new WireWriter(64);
        rendezvous.write(out);
        assertThat(out.toByteArray()).isEqualTo(c.hex("payload"));
    }

    @Test
    void rendezvousWithoutPortOrWithAnAddressOfOddLengthIsMalformed() {
        byte[] good = HexFormat.of().parseHex("001c4735dc48a112" + "04" + "cb007137");
        byte[] noPort = good.clone();
        noPort[6] = 0;
        noPort[7] = 0;
        byte[] oddLength = good.clone();
        oddLength[8] = 3;
        assertThat(Rendezvous.read(new WireReader(good)).endpoint().port()).isEqualTo(0xa112);
        for (byte[] bad : List.of(noPort, oddLength)) {
            assertThatThrownBy(() -> Rendezvous.read(new WireReader(bad))).isInstanceOf(MalformedException.class);
        }
    }

    static Stream<Case> pushes() {
        return of(Verb.PUSH_DIRECT_PATHS);
    }

    @ParameterizedTest
    @MethodSource("pushes")
    void pushDirectPaths(Case c) {
        JsonNode parsed = c.json().get("parsed");
        byte[] payload = opened(c);
        if (c.toString().contains("compressed")) {
            byte[] longer = new byte[Wire.MAX_PACKET_BYTES];
            byte[] packet = c.hex("plain");
            int length = Compression.decompress(packet, 0, packet.length, longer, 0);
            payload = Arrays.copyOfRange(longer, PacketHeader.LENGTH, length);
        }
        DirectPaths push = DirectPaths.read(new WireReader(payload));
        List<JsonNode> paths = list(parsed.get("paths"));
        assertThat(push.offers()).hasSameSizeAs(paths);
        for (int i = 0; i < paths.size(); i++) {
            DirectPaths.Offer offer = push.offers().get(i);
            assertThat(offer.flags()).isEqualTo(paths.get(i).get("flags").asInt());
            assertThat(offer.extension()).hasSize(paths.get(i).get("ext_length").asInt());
            assertThat(offer.endpoint()).isEqualTo(Endpoint.parse(text(paths.get(i), "address")));
        }
        WireWriter out = new WireWriter(64);
        push.write(out);
        assertThat(out.toByteArray()).isEqualTo(payload);
    }

    @Test
    void recordsOfUnknownTypeAreLeftOut() {
        byte[] payload =
                HexFormat.of().parseHex("0002" + "00000009" + "03" + "aabbcc" + "00000004" + "06" + "0a0100011f40");
        DirectPaths push = DirectPaths.read(new WireReader(payload));
        assertThat(push.offers()).hasSize(1);
        assertThat(push.offers().getFirst().endpoint()).isEqualTo(Endpoint.parse("10.1.0.1/8000"));
    }

    @Test
    void aHelloMayEndBehindIdentityOrAddress() {
        Case full = hellos().findFirst().orElseThrow();
        byte[] payload = full.hex("payload");
        Hello short1 = Hello.read(new WireReader(payload, 0, 84));
        Hello short2 = Hello.read(new WireReader(payload, 0, 91));
        assertThat(short1.sentTo()).isNull();
        assertThat(short2.sentTo()).isNotNull();
        assertThat(short2.planetId()).isZero();
        for (int cut = 0; cut < 84; cut++) {
            WireReader in = new WireReader(payload, 0, cut);
            assertThatThrownBy(() -> Hello.read(in)).isInstanceOf(MalformedException.class);
        }
    }

    // ---- reading the file

    private static byte[] opened(Case c) {
        byte[] wire = c.hex("wire");
        assertThat(ARMOR.open(wire, 0, wire.length, keys(c))).isTrue();
        return Arrays.copyOfRange(wire, PacketHeader.LENGTH, wire.length);
    }

    private static SessionKeys keys(Case c) {
        return SessionKeys.of(c.hex("key48"));
    }

    private static Version version(JsonNode parsed) {
        return new Version(
                parsed.get("protocol_version").asInt(),
                parsed.get("major").asInt(),
                parsed.get("minor").asInt(),
                parsed.get("revision").asInt());
    }

    private static Endpoint endpoint(String text) {
        return text.isEmpty() ? null : Endpoint.parse(text);
    }

    private static long id(String hex) {
        return Long.parseUnsignedLong(hex, 16);
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).asText();
    }

    private static List<JsonNode> list(JsonNode array) {
        return array == null
                ? List.of()
                : java.util.stream.StreamSupport.stream(array.spliterator(), false)
                        .toList();
    }
}
