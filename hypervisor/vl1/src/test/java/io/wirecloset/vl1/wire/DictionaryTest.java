package io.wirecloset.vl1.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

// VL1 checklist 76
class DictionaryTest {
    static Stream<Vectors.Case> encodings() {
        return Vectors.cases("vl1-dictionary");
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        Dictionary.Writer out = Dictionary.writer();
        for (JsonNode entry : vector.json().get("entries")) {
            out.put(entry.get("key").asText(), hex(entry.get("value").asText()));
        }
        assertThat(out.toBytes()).isEqualTo(vector.hex("encoded"));
        Dictionary read = Dictionary.read(vector.hex("encoded"));
        for (JsonNode lookup : vector.json().get("lookup")) {
            assertThat(read.getBytes(lookup.get("key").asText()))
                    .isEqualTo(hex(lookup.get("value").asText()));
        }
        assertThat(read.toBytes()).isEqualTo(vector.hex("encoded"));
    }

    static Stream<Vectors.Case> typed() {
        return Vectors.cases("vl1-dictionary", "typed");
    }

    @ParameterizedTest
    @MethodSource("typed")
    void writesTypedValuesAsTheStockNodeDoes(Vectors.Case vector) {
        Dictionary.Writer out = Dictionary.writer();
        Dictionary read = Dictionary.read(vector.hex("encoded"));
        if (vector.has("boolean")) {
            out.put("k", vector.flag("boolean"));
            assertThat(read.getBoolean("k", !vector.flag("boolean"))).isEqualTo(vector.flag("boolean"));
        } else {
            long value = Long.parseUnsignedLong(vector.text(vector.has("value") ? "value" : "node_address"), 16);
            out.put("k", value);
            assertThat(read.getLong("k", 1)).isEqualTo(value);
        }
        assertThat(out.toBytes()).isEqualTo(vector.hex("encoded"));
    }

    static Stream<Vectors.Case> rawLookups() {
        return Vectors.cases("vl1-dictionary", "raw_lookups");
    }

    @ParameterizedTest
    @MethodSource("rawLookups")
    void findsValuesInHandWrittenInput(Vectors.Case vector) {
        byte[] value = Dictionary.read(vector.hex("raw")).getBytes(vector.text("key"));
        if (vector.number("length") < 0) {
            assertThat(value).isNull();
        } else {
            assertThat(value).isEqualTo(vector.hex("value"));
        }
    }

    @Test
    void anAdditionThatDoesNotFitChangesNothing() {
        Dictionary.Writer out = Dictionary.writer(10);
        out.put("a", "12");
        assertThat(out.tryPut("b", new byte[2])).isFalse();
        assertThatThrownBy(() -> out.put("b", "123")).isInstanceOf(IllegalStateException.class);
        // a=12, LF, b=12 and the NUL: ten bytes
        assertThat(out.tryPut("b", "12".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(new String(out.toBytes(), StandardCharsets.UTF_8)).isEqualTo("a=12\nb=12");
    }

    @Test
    void numbersAreReadAsFarAsTheyAreHex() {
        Dictionary d =
                Dictionary.read("a=1F\nb=12xyz\nc=\nd=zz\ne=True\nf=0\ng=00000000000000001\nh=0x1f\ni=10000000000000000"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(d.getLong("a", 0)).isEqualTo(0x1f);
        assertThat(d.getLong("b", 0)).isEqualTo(0x12);
        assertThat(d.getLong("c", 7)).isEqualTo(7);
        assertThat(d.getLong("d", 7)).isZero();
        assertThat(d.getLong("g", 7)).isEqualTo(1);
        assertThat(d.getLong("h", 7)).isEqualTo(0x1f);
        assertThat(d.getLong("i", 7)).isEqualTo(-1);
        assertThat(d.getLong("missing", 7)).isEqualTo(7);
        assertThat(d.getBoolean("e", false)).isTrue();
        assertThat(d.getBoolean("f", true)).isFalse();
        assertThat(d.getBoolean("c", true)).isFalse();
        assertThat(d.getBoolean("missing", true)).isTrue();
        assertThat(d.getString("e", "")).isEqualTo("True");
        assertThat(d.keys()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i");
    }

    @Test
    void whateverIsPutIsFoundAgain() {
        Random random = new Random(21);
        for (int round = 0; round < 500; round++) {
            byte[] value = new byte[random.nextInt(80)];
            for (int i = 0; i < value.length; i++) {
                value[i] = (byte) "\0\r\n\\=xen0 ".charAt(random.nextInt(10));
            }
            Dictionary read =
                    Dictionary.writer().put("x", value).put("y", value).toDictionary();
            assertThat(read.getBytes("x")).isEqualTo(value);
            assertThat(read.getBytes("y")).isEqualTo(value);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
