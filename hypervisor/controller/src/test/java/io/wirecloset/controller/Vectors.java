package io.wirecloset.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** The given vectors: one file, its cases by number and name. */
final class Vectors {
    private Vectors() {}

    static List<JsonNode> read(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(in).get("cases").forEach(cases::add);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> of(String name) {
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode one : read(name)) {
            cases.add(Arguments.of(
                    Named.of(name + " #" + cases.size() + " " + one.path("name").asText(""), one)));
        }
        return cases.stream();
    }
}
