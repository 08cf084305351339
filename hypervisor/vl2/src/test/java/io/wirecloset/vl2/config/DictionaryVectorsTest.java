package io.wirecloset.vl2.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.Vectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 6, 7, 8: dictionaries agree with the given vectors")
class DictionaryVectorsTest {
    static Stream<Arguments> vl2Dictionary() {
        return Vectors.of("vl2-dictionary");
    }

    @ParameterizedTest
    @MethodSource
    void vl2Dictionary(JsonNode given) {
        if (given.has("entries")) {
            assertThat(Vectors.hex(written(given.get("entries"))))
                    .isEqualTo(given.get("bytes").asText());
            return;
        }
        Dictionary read = Dictionary.read(Vectors.bytes(given.get("bytes")));
        String key = given.get("lookup").asText();
        if (given.has("value")) {
            assertThat(read.getBytes(key))
                    .isEqualTo(given.get("value").isNull() ? null : Vectors.bytes(given.get("value")));
        } else {
            assertThat(read.getLong(key, 0x99)).isEqualTo(Vectors.id(given.get("asU64")));
            assertThat(read.getBoolean(key, true)).isEqualTo(given.get("asBool").asBoolean());
        }
    }

    private static byte[] written(JsonNode entries) {
        Dictionary.Writer out = Dictionary.writer();
        for (JsonNode entry : entries) {
            String key = entry.get("key").asText();
            JsonNode value = entry.get("value");
            switch (entry.get("kind").asText()) {
                case "str" -> out.put(key, Vectors.bytes(value));
                case "bool" -> out.put(key, value.asBoolean());
                case "u64" -> out.put(key, Long.parseUnsignedLong(value.asText()));
                // a stock writer loses the sign of a negative number
                case "i64" -> out.put(key, Math.abs(Long.parseLong(value.asText())));
                default -> throw new IllegalStateException(entry.toString());
            }
        }
        return out.toBytes();
    }
}
