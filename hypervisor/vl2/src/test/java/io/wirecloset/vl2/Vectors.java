package io.wirecloset.vl2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** The given vectors: one file, its cases by number and note, and the few conversions they need. */
public final class Vectors {
    private static final HexFormat HEX = HexFormat.of();

    private Vectors() {}

    /** The cases of {@code vectors/NAME.json}, each named so that a failure says which one it was. */
    public static Stream<Arguments> of(String name) {
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode one : read(name)) {
            String note = one.path("kind").asText("") + " "
                    + one.path("note").asText(one.path("name").asText(""));
            cases.add(Arguments.of(Named.of((name + " #" + cases.size() + " " + note).strip(), one)));
        }
        return cases.stream();
    }

    /** The cases of one kind. */
    public static Stream<Arguments> of(String name, String kind) {
        return of(name).filter(one -> ((JsonNode) ((Named<?>) one.get()[0]).getPayload())
                .path("kind")
                .asText()
                .equals(kind));
    }

    public static List<JsonNode> read(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
            JsonNode file = new ObjectMapper().readTree(in);
            List<JsonNode> cases = new ArrayList<>();
            file.path("cases").forEach(cases::add);
            file.path("vectors").forEach(cases::add);
            if (cases.isEmpty()) {
                throw new IllegalStateException("no cases in " + name);
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(JsonNode hex) {
        return HEX.parseHex(hex.asText());
    }

    public static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }

    public static long id(JsonNode hex) {
        return Long.parseUnsignedLong(hex.asText(), 16);
    }
}
