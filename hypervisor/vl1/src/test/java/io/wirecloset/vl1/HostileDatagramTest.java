package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.world.World;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid datagrams, cut and bent in every way, into a node that knows their sender: nothing happens, and nobody throws. */
// VL1 checklist 78
class HostileDatagramTest {
    private static final JsonNode FILE = Vectors.file("vl1-node-probes");
    private static final long EPOCH_MS = FILE.get("epoch_ms").asLong();
    private static final Endpoint FROM = Endpoint.parse("10.9.4.4/9993");

    record Probe(String name, byte[] hello, byte[] datagram) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Every authentic datagram of the probes, with the HELLO that makes its sender known. */
    static Stream<Probe> probes() {
        return Vectors.cases("vl1-node-probes")
                .filter(c -> c.json().get("steps").size() > 1)
                .filter(c -> c.json().get("steps").get(0).has("note"))
                .filter(c -> c.json().get("steps").get(1).get("decoded").has("verb"))
                .filter(c -> !c.json()
                        .get("steps")
                        .get(1)
                        .get("decoded")
                        .get("verb")
                        .asText()
                        .startsWith("("))
                .filter(c -> !c.json()
                        .get("steps")
                        .get(1)
                        .get("decoded")
                        .get("verb")
                        .asText()
                        .equals("HELLO"))
                .map(c -> new Probe(c.toString(), step(c.json(), 0), step(c.json(), 1)));
    }

    @ParameterizedTest
    @MethodSource("probes")
    void aDatagramCutAnywhereHasNoEffect(Probe probe) {
        for (boolean withLane : new boolean[] {false, true}) {
            Bench bench = knowing(probe.hello, withLane);
            String before = state(bench);
            for (int length = 0; length < probe.datagram.length; length++) {
                bench.datagram(FROM, Arrays.copyOf(probe.datagram, length), EPOCH_MS + 200);
                assertNothingHappened(bench, before, "cut at " + length + ", lane " + withLane);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("probes")
    void aDatagramWithAnyByteBentHasNoEffect(Probe probe) {
        for (boolean withLane : new boolean[] {false, true}) {
            Bench bench = knowing(probe.hello, withLane);
            String before = state(bench);
            for (int i = 0; i < probe.datagram.length; i++) {
                bend(bench, before, probe.datagram, i);
            }
        }
    }

    private static void bend(Bench bench, String before, byte[] datagram, int i) {
        for (int flip : new int[] {0x01, 0x80, 0xff}) {
            boolean onlyHops = i == PacketHeader.FLAGS && (flip & ~PacketHeader.HOPS_MASK) == 0;
            if (!onlyHops) {
                byte[] bent = datagram.clone();
                bent[i] ^= (byte) flip;
                bench.datagram(FROM, bent, EPOCH_MS + 200);
                assertNothingHappened(bench, before, "byte " + i + " xor " + flip);
            }
        }
    }

    @Test
    void aHelloCutOrBentAnywhereMakesNobodyKnown() {
        byte[] hello = probes().findFirst().orElseThrow().hello;
        for (int length = 0; length < hello.length; length++) {
            assertStaysUnknown(Arrays.copyOf(hello, length));
        }
        for (int i = 0; i < hello.length; i++) {
            if (i != PacketHeader.FLAGS) {
                byte[] bent = hello.clone();
                bent[i] ^= 1;
                assertStaysUnknown(bent);
            }
        }
    }

    @Test
    void randomDatagramsDoNothing() {
        Bench bench = knowing(probes().findFirst().orElseThrow().hello, true);
        String before = state(bench);
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] datagram = new byte[random.nextInt(200)];
            random.nextBytes(datagram);
            if (datagram.length > PacketHeader.SOURCE && random.nextBoolean()) {
                Addresses.put(
                        datagram, PacketHeader.DESTINATION, bench.vl1.self().address());
            }
            bench.datagram(FROM, datagram, EPOCH_MS + 200);
            assertNothingHappened(bench, before, "datagram " + i);
        }
        assertThat(bench.vl1.drops().total()).isPositive();
    }

    private static void assertStaysUnknown(byte[] hello) {
        Bench bench = fresh(false);
        bench.datagram(FROM, hello, EPOCH_MS + 100);
        assertThat(bench.take().stream().filter(sent -> sent.to().equals(FROM))).isEmpty();
        assertThat(bench.vl1.peerViews(EPOCH_MS)).hasSize(1);
    }

    private static void assertNothingHappened(Bench bench, String before, String what) {
        assertThat(bench.take()).as(what).isEmpty();
        assertThat(bench.seen).as(what).isEmpty();
        assertThat(bench.events).as(what).isEmpty();
        assertThat(state(bench)).as(what).isEqualTo(before);
    }

    private static String state(Bench bench) {
        TreeMap<String, String> peers = new TreeMap<>();
        bench.vl1
                .peerViews(EPOCH_MS + 200)
                .forEach(peer -> peers.put(Addresses.format(peer.address()), peer.toString()));
        return peers + " " + bench.vl1.surface(EPOCH_MS + 200) + " " + bench.vl1.peers();
    }

    private static Bench knowing(byte[] hello, boolean withLane) {
        Bench bench = fresh(withLane);
        bench.datagram(FROM, hello, EPOCH_MS + 100);
        bench.take();
        bench.poll(EPOCH_MS + 200);
        bench.take();
        assertThat(bench.vl1.peerViews(EPOCH_MS)).hasSize(2);
        return bench;
    }

    private static Bench fresh(boolean withLane) {
        Identity self = Identity.parse(FILE.get("node_secret").asText());
        World planet = World.read(HexFormat.of().parseHex(FILE.get("planet").asText()));
        Bench bench = new Bench(self, planet, withLane, settings -> settings);
        bench.poll(EPOCH_MS);
        bench.take();
        return bench;
    }

    private static byte[] step(JsonNode probe, int index) {
        return HexFormat.of()
                .parseHex(probe.get("steps").get(index).get("datagram").asText());
    }

    /** Keeps the list of what these tests feed from becoming empty unnoticed. */
    @Test
    void thereIsSomethingToBend() {
        List<Probe> all = probes().toList();
        assertThat(all).hasSizeGreaterThan(15);
    }
}
