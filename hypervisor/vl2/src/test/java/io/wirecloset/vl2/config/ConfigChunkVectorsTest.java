package io.wirecloset.vl2.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.config.ConfigAssembly.Arrival;
import io.wirecloset.vl2.credential.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 15, 16: chunks agree with the given vectors")
class ConfigChunkVectorsTest {
    static Stream<Arguments> signed() {
        return Vectors.of("vl2-netconf-chunks").filter(one -> payload(one).has("sends"));
    }

    static Stream<Arguments> legacy() {
        return Vectors.of("vl2-netconf-chunks").filter(one -> payload(one).has("chunk"));
    }

    private static JsonNode payload(Arguments one) {
        return (JsonNode) ((Named<?>) one.get()[0]).getPayload();
    }

    @ParameterizedTest
    @MethodSource("signed")
    void cutsAndSignsAsStockControllersDo(JsonNode given) {
        Identity controller = Identity.parse(given.get("controller").asText());
        List<byte[]> wire = chunks(given);
        ConfigChunk first = read(wire.getFirst());
        byte[] dictionary = whole(given, controller);
        assertThat(dictionary).hasSize(given.get("dictionaryLength").asInt());

        List<ConfigChunk> ours = ConfigChunk.cut(first.networkId(), dictionary, first.updateId(), controller);

        assertThat(ours).hasSameSizeAs(wire);
        for (int i = 0; i < wire.size(); i++) {
            assertThat(Vectors.hex(ours.get(i).toBytes())).isEqualTo(Vectors.hex(wire.get(i)));
            assertThat(Vectors.hex(read(wire.get(i)).toBytes())).isEqualTo(Vectors.hex(wire.get(i)));
            assertThat(ours.get(i).verify(a -> a == controller.address() ? controller : null))
                    .isEqualTo(Verdict.OK);
        }
        if (given.has("dictionary")) {
            assertThat(Vectors.hex(dictionary))
                    .isEqualTo(given.get("dictionary").asText());
        }
    }

    @ParameterizedTest
    @MethodSource("signed")
    void assemblesInAnyOrderAndIgnoresCopiesAndCorruption(JsonNode given) {
        Identity controller = Identity.parse(given.get("controller").asText());
        List<byte[]> wire = chunks(given);
        for (JsonNode feed : given.get("feeds")) {
            ConfigAssembly assembly = new ConfigAssembly();
            long source = Vectors.id(feed.get("source"));
            for (JsonNode step : feed.get("steps")) {
                byte[] chunk = wire.get(step.get("chunk").asInt()).clone();
                if (step.get("corrupted").asBoolean()) {
                    chunk[30] ^= 1;
                }
                Arrival arrival =
                        assembly.arrive(read(chunk), source, 1, a -> a == controller.address() ? controller : null);
                assertThat(updateIdOf(arrival)).as("%s", feed.get("note")).isEqualTo(Vectors.id(step.get("result")));
                if (arrival instanceof Arrival.Complete complete) {
                    assertThat(NetworkConfig.read(complete.dictionary()).revision())
                            .isEqualTo(feed.get("finalRevision").asLong());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("VL2 checklist 16: an unsigned configuration counts only from the controller")
    void legacy(JsonNode given) {
        for (JsonNode feed : given.get("feeds")) {
            ConfigChunk chunk = read(Vectors.bytes(given.get("chunk")));
            assertThat(chunk.isUnsigned()).isTrue();
            Arrival arrival = new ConfigAssembly()
                    .arrive(chunk, Vectors.id(feed.get("source")), Vectors.id(feed.get("packetId")), a -> null);
            assertThat(updateIdOf(arrival)).isEqualTo(Vectors.id(feed.get("result")));
        }
    }

    private static long updateIdOf(Arrival arrival) {
        return arrival instanceof Arrival.Complete complete ? complete.updateId() : 0;
    }

    private static byte[] whole(JsonNode given, Identity controller) {
        ConfigAssembly assembly = new ConfigAssembly();
        for (byte[] chunk : chunks(given)) {
            if (assembly.arrive(read(chunk), 0, 0, a -> controller) instanceof Arrival.Complete complete) {
                return complete.dictionary();
            }
        }
        throw new AssertionError("incomplete");
    }

    /** The chunks inside the packets' payloads: an OK has in-re fields before them. */
    private static List<byte[]> chunks(JsonNode given) {
        List<byte[]> chunks = new ArrayList<>();
        for (JsonNode send : given.get("sends")) {
            byte[] payload = Vectors.bytes(send.get("payload"));
            int skip = send.get("verb").asInt() == Verb.OK ? 9 : 0;
            chunks.add(Arrays.copyOfRange(payload, skip, payload.length));
        }
        return chunks;
    }

    private static ConfigChunk read(byte[] bytes) {
        return ConfigChunk.read(new WireReader(bytes));
    }
}
