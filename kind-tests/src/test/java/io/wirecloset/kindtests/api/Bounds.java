package io.wirecloset.kindtests.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * A schema's plain rules (types, lengths, patterns, numbers, enumerations, required fields), read as an API server reads
 * them: what a value breaks, and values that break each of them.
 */
final class Bounds {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Bounds() {}

    /** What is wrong with the value, each with its path; nothing when it fits. Unknown fields are wrong too. */
    static List<String> broken(JsonNode schema, JsonNode value) {
        List<String> broken = new ArrayList<>();
        check("", schema, value, broken);
        return broken;
    }

    private static void check(String at, JsonNode schema, JsonNode value, List<String> broken) {
        String type = schema.path("type").asText();
        if (!isOfType(type, value)) {
            broken.add(at + ": is no " + type);
            return;
        }
        switch (type) {
            case "object" -> checkObject(at, schema, value, broken);
            case "array" -> checkArray(at, schema, value, broken);
            case "string" -> checkText(at, schema, value.textValue(), broken);
            case "integer" -> checkNumber(at, schema, value.longValue(), broken);
            default -> {}
        }
    }

    private static boolean isOfType(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new IllegalArgumentException("a schema of type " + type);
        };
    }

    private static void checkObject(String at, JsonNode schema, JsonNode value, List<String> broken) {
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                broken.add(at + "." + name.asText() + ": is required");
            }
        });
        JsonNode known = schema.path("properties");
        value.properties().forEach(field -> {
            String there = at + "." + field.getKey();
            if (known.has(field.getKey())) {
                check(there, known.path(field.getKey()), field.getValue(), broken);
            } else {
                broken.add(there + ": is unknown");
            }
        });
    }

    private static void checkArray(String at, JsonNode schema, JsonNode value, List<String> broken) {
        if (value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)
                || value.size() < schema.path("minItems").asInt(0)) {
            broken.add(at + ": has " + value.size() + " entries");
        }
        for (int i = 0; i < value.size(); i++) {
            check(at + "[" + i + "]", schema.path("items"), value.get(i), broken);
        }
    }

    private static void checkText(String at, JsonNode schema, String text, List<String> broken) {
        if (text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)
                || text.length() < schema.path("minLength").asInt(0)) {
            broken.add(at + ": has " + text.length() + " characters");
        }
        if (schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").asText())
                        .matcher(text)
                        .find()) {
            broken.add(at + ": does not match");
        }
        if (schema.has("enum") && !contains(schema.path("enum"), text)) {
            broken.add(at + ": is none of " + schema.path("enum"));
        }
    }

    private static boolean contains(JsonNode texts, String text) {
        for (JsonNode one : texts) {
            if (one.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static void checkNumber(String at, JsonNode schema, long number, List<String> broken) {
        if (number < schema.path("minimum").asLong(Long.MIN_VALUE)
                || number > schema.path("maximum").asLong(Long.MAX_VALUE)) {
            broken.add(at + ": is " + number);
        }
    }

    /**
     * One broken value for each bound.
     *
     * @param path of what is wrong, as an API server names it
     * @param what which bound
     */
    record Breach(String path, String what, JsonNode value) {
        @Override
        public String toString() {
            return path + " " + what;
        }
    }

    /** @param whole a value that fits, with every field set: each breach is it but for one place */
    static List<Breach> breaches(JsonNode schema, JsonNode whole) {
        List<Breach> breaches = new ArrayList<>();
        collect("", schema, whole, (at, changed) -> breaches.add(new Breach(at.path, at.what, changed)));
        return breaches;
    }

    private record Place(String path, String what) {}

    /** Walks down and hands each change up, where it is put into a copy of what is around it. */
    private static void collect(String at, JsonNode schema, JsonNode value, BiConsumer<Place, JsonNode> out) {
        switch (schema.path("type").asText()) {
            case "object" -> collectObject(at, schema, value, out);
            case "array" -> collectArray(at, schema, value, out);
            case "string" -> collectText(at, schema, out);
            case "integer" -> collectNumber(at, schema, out);
            case "boolean" -> out.accept(new Place(at, "type"), TextNode.valueOf("yes"));
            default -> throw new IllegalArgumentException(at);
        }
    }

    private static void collectObject(String at, JsonNode schema, JsonNode value, BiConsumer<Place, JsonNode> out) {
        schema.path("required")
                .forEach(name -> out.accept(
                        new Place(at + "." + name.asText(), "required"),
                        ((ObjectNode) value.deepCopy()).without(name.asText())));
        schema.path("properties").properties().forEach(field -> {
            String name = field.getKey();
            if (!value.has(name)) {
                throw new IllegalArgumentException(at + "." + name + " is not set in complete.yaml");
            }
            collect(
                    at + "." + name,
                    field.getValue(),
                    value.path(name),
                    (place, changed) -> out.accept(place, ((ObjectNode) value.deepCopy()).set(name, changed)));
        });
    }

    private static void collectArray(String at, JsonNode schema, JsonNode value, BiConsumer<Place, JsonNode> out) {
        if (schema.has("maxItems")) {
            ArrayNode many = JSON.arrayNode();
            for (int i = 0; i <= schema.path("maxItems").asInt(); i++) {
                many.add(value.get(0));
            }
            out.accept(new Place(at, "maxItems"), many);
        }
        if (schema.has("minItems")) {
            out.accept(new Place(at, "minItems"), JSON.arrayNode());
        }
        collect(at + "[0]", schema.path("items"), value.get(0), (place, changed) -> {
            ArrayNode copy = ((ArrayNode) value).deepCopy();
            copy.set(0, changed);
            out.accept(place, copy);
        });
    }

    private static void collectText(String at, JsonNode schema, BiConsumer<Place, JsonNode> out) {
        if (schema.has("maxLength")) {
            out.accept(
                    new Place(at, "maxLength"),
                    TextNode.valueOf("1".repeat(schema.path("maxLength").asInt() + 1)));
        }
        if (schema.path("minLength").asInt(0) > 0) {
            out.accept(new Place(at, "minLength"), TextNode.valueOf(""));
        }
        if (schema.has("pattern")) {
            out.accept(new Place(at, "pattern"), TextNode.valueOf("!"));
        }
        if (schema.has("enum")) {
            out.accept(new Place(at, "enum"), TextNode.valueOf("none"));
        }
        out.accept(new Place(at, "type"), JSON.numberNode(1));
    }

    private static void collectNumber(String at, JsonNode schema, BiConsumer<Place, JsonNode> out) {
        if (schema.has("minimum")) {
            out.accept(
                    new Place(at, "minimum"),
                    JSON.numberNode(schema.path("minimum").asLong() - 1));
        }
        if (schema.has("maximum")) {
            out.accept(
                    new Place(at, "maximum"),
                    JSON.numberNode(schema.path("maximum").asLong() + 1));
        }
        out.accept(new Place(at, "type"), TextNode.valueOf("1"));
    }
}
