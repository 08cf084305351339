package io.wirecloset.kindtests.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart's definitions of our kinds, and YAML to try on them. */
final class Kinds {
    static final Path CHART = Path.of("..", "helm");
    static final String GROUP_VERSION = "wirecloset.io/v1alpha1";

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Kinds() {}

    /** The schema of each kind, by its name. */
    static Map<String, JsonNode> schemas() {
        Map<String, JsonNode> schemas = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(CHART.resolve("custom-resources"))) {
            for (Path file : files.sorted().toList()) {
                JsonNode crd = documents(Files.newInputStream(file)).getFirst();
                schemas.put(crd.at("/spec/names/kind").asText(), crd.at("/spec/versions/0/schema/openAPIV3Schema"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return schemas;
    }

    /** The documents of a file among the tests' resources. */
    static List<JsonNode> resource(String name) {
        return documents(Kinds.class.getResourceAsStream("/api/" + name));
    }

    static List<JsonNode> documents(InputStream yaml) {
        try (yaml) {
            List<JsonNode> documents = new ArrayList<>();
            JsonParser parser = YAML.createParser(yaml);
            for (JsonNode next = YAML.readTree(parser); next != null; next = YAML.readTree(parser)) {
                documents.add(next);
            }
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode object(String kind, String name, JsonNode spec) {
        ObjectNode object = YAML.createObjectNode();
        object.put("apiVersion", GROUP_VERSION).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (kind.equals("ZeroTierMember")) {
            metadata.put("namespace", "wirecloset-system");
        }
        object.set("spec", spec);
        return object;
    }
}
