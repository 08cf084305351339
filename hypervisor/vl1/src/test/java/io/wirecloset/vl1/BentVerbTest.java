package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Vectors.Case;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.ErrorAnswer;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every verb of the vectors inside the seal: cut at every length, and with every byte bent, from a peer and from the root,
 * both of whom have the keys to say what they like. Nobody throws; what does not parse has no effect at all; what does
 * changes nothing but what such a message from such a sender may.
 */
// VL1 checklist 44, 45, 50, 57, 59, 61, 78
class BentVerbTest {
    private static final JsonNode FILE = Vectors.file("vl1-node-probes");
    private static final long EPOCH_MS = FILE.get("epoch_ms").asLong();
    private static final Identity SELF = Identity.parse(FILE.get("node_secret").asText());
    private static final Identity ROOT =
            Identity.parse(FILE.get("root").get("identity_secret").asText());
    private static final Identity PEER =
            Identity.parse(FILE.get("peers").get(0).get("identity_secret").asText());
    private static final Endpoint AT_ROOT = Endpoint.parse("10.9.0.1/9993");
    private static final Endpoint AT_PEER = Endpoint.parse("10.9.4.4/9993");
    /** A stock node takes as many pushed endpoints from one message; each is tried from one socket here. */
    private static final int MOST_OUT = 8 * 2 * 2 + 2;

    private static final SessionKeys ROOT_KEYS = ROOT.agree(SELF);
    private static final SessionKeys PEER_KEYS = PEER.agree(SELF);
    private static final Armor ARMOR = new Armor();

    private static final World PLANET =
            World.read(HexFormat.of().parseHex(FILE.get("planet").asText()));

    private static final int HELLO_IDENTITY_AT = 13;

    private Bench node;
    private byte[] original;
    /** Where the encrypted section of a HELLO begins in its payload. */
    private int section;

    /** Whether something came from the peer that teaches the way it came. */
    private boolean learned;

    private long nowMs;
    private long packetId;

    static Stream<Case> cases() {
        Set<String> seen = new HashSet<>();
        return Vectors.cases("vl1-verbs").filter(c -> seen.add(c.number("verb") + c.text("payload")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cutAtEveryLength(Case vector) {
        for (Identity from : List.of(PEER, ROOT)) {
            byte[] payload = restart(from, vector);
            for (int length = 0; length <= payload.length; length++) {
                feed(from, vector, Arrays.copyOf(payload, length), "cut at " + length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyByteBent(Case vector) {
        for (Identity from : List.of(PEER, ROOT)) {
            byte[] payload = restart(from, vector);
            for (int i = 0; i < payload.length; i++) {
                for (int flip : new int[] {0x01, 0x80, 0xff}) {
                    byte[] bent = payload.clone();
                    bent[i] ^= (byte) flip;
                    feed(from, vector, bent, "byte " + i + " xor " + flip);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void underEveryOtherVerb(Case vector) {
        for (Identity from : List.of(PEER, ROOT)) {
            byte[] payload = restart(from, vector);
            for (int verb = 0; verb < 32; verb++) {
                feed(from, verb, payload, "as " + Verb.name(verb));
            }
        }
    }

    // ---- one message

    /** @return what is to be bent: a HELLO with the identity of who says it, and its last section in the clear */
    private byte[] restart(Identity from, Case vector) {
        restart();
        original = vector.hex("payload");
        section = Wire.MAX_PACKET_BYTES;
        if (vector.number("verb") == Verb.HELLO) {
            JsonNode parsed = vector.json().get("parsed");
            section = parsed.get("encrypted_section_offset").asInt() - PacketHeader.LENGTH;
            byte[] clear = HexFormat.of()
                    .parseHex(parsed.get("encrypted_section_clear").asText());
            System.arraycopy(clear, 0, original, section, clear.length);
            WireWriter identity = new WireWriter(Wire.IDENTITY_BYTES);
            from.write(identity, false);
            System.arraycopy(identity.toByteArray(), 0, original, HELLO_IDENTITY_AT, Wire.IDENTITY_BYTES);
        }
        return original.clone();
    }

    private void restart() {
        nowMs = EPOCH_MS;
        learned = false;
        node = new Bench(SELF, PLANET, false, settings -> settings);
        Bench root = new Bench(ROOT, PLANET, false, settings -> settings);
        node.vl1.introduce(PEER.withoutSecret(), List.of(), nowMs);
        for (int round = 0; round < 4; round++) {
            node.poll(nowMs);
            node.take().stream()
                    .filter(sent -> sent.to().equals(AT_ROOT))
                    .forEach(sent -> root.datagram(Endpoint.parse("10.9.9.9/9993"), sent.bytes(), nowMs));
            root.take().forEach(sent -> node.datagram(AT_ROOT, sent.bytes(), nowMs));
        }
        node.take();
        node.seen.clear();
        node.events.clear();
    }

    private void feed(Identity from, Case vector, byte[] payload, String what) {
        feed(from, vector.number("verb"), payload, vector + " " + what);
    }

    /** Gates open again from one message to the next; no timer runs meanwhile. */
    private void feed(Identity from, int verb, byte[] payload, String what) {
        nowMs += verb == Verb.PUSH_DIRECT_PATHS ? 31_000 : 1_001;
        String name = what + " from " + (from == ROOT ? "the root" : "a peer");
        byte[] said = payload.clone();
        boolean answers = verb == Verb.OK && answering(from, said);
        String before = state();
        Set<Long> known = known();
        Set<Endpoint> mentioned = mentioned(from, verb, said);
        byte[] packet = sealed(from, verb, said);
        Endpoint where = from == ROOT ? AT_ROOT : AT_PEER;
        node.vl1.onHandedOver(Stage.SEALED, Bench.SOCKET, where, packet, 0, packet.length, nowMs);
        List<Bench.Sent> sent = node.take();
        boolean counts = parses(from, verb, said) && (verb != Verb.OK || answers);
        learned |= counts && verb == Verb.OK && from == PEER;
        if (!counts) {
            assertThat(state()).as(name).isEqualTo(before);
            assertThat(sent).as(name).isEmpty();
            assertThat(node.events).as(name).isEmpty();
            assertThat(node.seen).as(name).isEmpty();
        }
        assertThat(sent.size()).as(name).isLessThanOrEqualTo(MOST_OUT);
        assertThat(sent).as(name).allMatch(one -> mentioned.contains(one.to()));
        assertOnlyToldIdentities(from, verb, said, known, name);
        assertOnlyBelievedEvents(from, verb, said, name);
        assertThat(paths())
                .as(name)
                .allMatch(endpoint -> endpoint.equals(AT_ROOT) || learned && endpoint.equals(AT_PEER));
        node.seen.clear();
        node.events.clear();
    }

    /** An OK counts only as the answer to something, so we say something, unless the bend is just there. */
    private boolean answering(Identity to, byte[] said) {
        if (said.length < Wire.IN_RE_BYTES
                || original.length < Wire.IN_RE_BYTES
                || !Arrays.equals(said, 1, Wire.IN_RE_BYTES, original, 1, Wire.IN_RE_BYTES)) {
            return false;
        }
        long id = node.vl1.send(to.address(), Verb.ECHO, new byte[0], 0, 0, SendOptions.EXPECT_REPLY, nowMs);
        node.take();
        for (int i = 0; i < 8; i++) {
            said[1 + i] = (byte) (id >>> 56 - 8 * i);
        }
        return true;
    }

    private byte[] sealed(Identity from, int verb, byte[] payload) {
        byte[] packet = new byte[PacketHeader.LENGTH + payload.length];
        PacketHeader.put(packet, 0, ++packetId * 0x9e37_79b9_7f4a_7c15L, SELF.address(), from.address(), verb);
        System.arraycopy(payload, 0, packet, PacketHeader.LENGTH, payload.length);
        SessionKeys keys = from == ROOT ? ROOT_KEYS : PEER_KEYS;
        int sectionAt = verb == Verb.HELLO ? Math.min(packet.length, PacketHeader.LENGTH + section) : packet.length;
        // the section goes by the id on the wire, which suite 3 makes; a HELLO goes in suite 1
        int suite = verb == Verb.HELLO ? Wire.SUITE_SALSA_POLY1305 : Wire.SUITE_AES_GMAC_SIV;
        ARMOR.cryptHelloSection(packet, 0, sectionAt, packet.length - sectionAt, keys);
        ARMOR.seal(packet, 0, packet.length, keys, suite);
        return packet;
    }

    // ---- what may come of it

    private static boolean parses(Identity from, int verb, byte[] payload) {
        try {
            WireReader in = new WireReader(payload);
            return switch (verb) {
                case Verb.OK -> okParses(from, in);
                case Verb.ERROR -> ErrorAnswer.read(in) != null;
                case Verb.RENDEZVOUS -> Rendezvous.read(in) != null;
                case Verb.PUSH_DIRECT_PATHS -> DirectPaths.read(in) != null;
                case Verb.HELLO -> isGenuine(Hello.read(in), from) && Moons.read(in) != null;
                default -> true;
            };
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean isGenuine(Hello hello, Identity from) {
        return hello.version().protocol() >= Wire.PROTOCOL_VERSION_MIN
                && hello.sender().equals(from);
    }

    /** Nobody looks at identities that others than a root send. */
    private static boolean okParses(Identity from, WireReader in) {
        int verb = InRe.read(in).verb();
        if (verb == Verb.HELLO) {
            HelloOk.read(in);
        }
        while (verb == Verb.WHOIS && from == ROOT && in.hasRemaining()) {
            Identity.read(in);
        }
        return true;
    }

    private void assertOnlyToldIdentities(Identity from, int verb, byte[] payload, Set<Long> before, String what) {
        Set<Long> newcomers = known();
        newcomers.removeAll(before);
        if (newcomers.isEmpty()) {
            return;
        }
        assertThat(verb == Verb.OK && payload[0] == Verb.WHOIS && from == ROOT)
                .as(what + " made somebody known")
                .isTrue();
        Set<Long> told = new HashSet<>();
        WireReader in = new WireReader(payload, Wire.IN_RE_BYTES, payload.length - Wire.IN_RE_BYTES);
        while (in.hasRemaining()) {
            told.add(Identity.read(in).address());
        }
        assertThat(told).as(what).containsAll(newcomers);
    }

    private void assertOnlyBelievedEvents(Identity from, int verb, byte[] payload, String what) {
        for (NodeEvent event : node.events) {
            switch (event) {
                case NodeEvent.IdentityCollision c ->
                    assertThat(from == ROOT
                                    && verb == Verb.ERROR
                                    && payload[Wire.IN_RE_BYTES] == ErrorCode.IDENTITY_COLLISION)
                            .as(what)
                            .isTrue();
                // nobody in these tests has the key of this planet, so no edition is genuine
                case NodeEvent.WorldUpdated w -> throw new AssertionError(what + " changed a world");
                case NodeEvent.Online o -> {}
            }
        }
        assertThat(node.vl1.planet()).as(what).isEqualTo(PLANET);
        assertThat(node.vl1.upstreams()).as(what).containsExactly(ROOT.address());
    }

    private Set<Long> known() {
        Set<Long> known = new TreeSet<>();
        node.vl1.peerViews(nowMs).forEach(peer -> known.add(peer.address()));
        return known;
    }

    private List<Endpoint> paths() {
        List<Endpoint> paths = new ArrayList<>();
        node.vl1.peerViews(nowMs).forEach(peer -> peer.paths().forEach(path -> paths.add(path.endpoint())));
        return paths;
    }

    /** Where a message may make us send: where it came from, the root, and what it names. */
    private static Set<Endpoint> mentioned(Identity from, int verb, byte[] payload) {
        Set<Endpoint> mentioned = new HashSet<>(List.of(AT_ROOT, AT_PEER));
        if (parses(from, verb, payload) && verb == Verb.RENDEZVOUS) {
            mentioned.add(Rendezvous.read(new WireReader(payload)).endpoint());
        }
        if (parses(from, verb, payload) && verb == Verb.PUSH_DIRECT_PATHS) {
            DirectPaths.read(new WireReader(payload)).offers().forEach(offer -> mentioned.add(offer.endpoint()));
        }
        return mentioned;
    }

    private String state() {
        TreeSet<String> peers = new TreeSet<>();
        node.vl1.peerViews(nowMs).forEach(peer -> peers.add(Addresses.format(peer.address()) + peer));
        return peers + " " + node.vl1.surface(nowMs) + " " + node.vl1.moons() + node.vl1.wantedMoons();
    }
}
