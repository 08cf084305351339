package io.wirecloset.vl1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The given test vectors, by the name of their file. */
public final class Vectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Vectors() {}

    public static JsonNode file(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException("vectors " + name, e);
        }
    }

    public static Stream<Case> cases(String name) {
        return cases(name, "cases");
    }

    /** @param list the field of the file that holds the cases */
    public static Stream<Case> cases(String name, String list) {
        return StreamSupport.stream(file(name).get(list).spliterator(), false).map(json -> new Case(name, json));
    }

    /** One case; shows as its id. */
    public record Case(String file, JsonNode json) {
        public boolean has(String field) {
            return json.has(field);
        }

        public String text(String field) {
            return json.get(field).asText();
        }

        public byte[] hex(String field) {
            return HexFormat.of().parseHex(text(field));
        }

        public int number(String field) {
            return json.get(field).asInt();
        }

        public boolean flag(String field) {
            return json.get(field).asBoolean();
        }

        @Override
        public String toString() {
            return json.has("id") ? json.get("id").asText() : json.toString();
        }
    }
}
