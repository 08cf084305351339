package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The given vectors that a module below this one reads too: they are in its folder, once. */
final class Vectors {
    private Vectors() {}

    static List<JsonNode> of(String module, String name) {
        Path file = Path.of("..", module, "src", "test", "resources", "vectors", name + ".json");
        try {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(file.toFile()).get("cases").forEach(cases::add);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
