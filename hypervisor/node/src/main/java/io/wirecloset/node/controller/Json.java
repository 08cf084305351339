package io.wirecloset.node.controller;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.TreeMap;

/** JSON objects from bytes and back. What is read is bounded in depth; what is written has its names in order. */
final class Json {
    /** The stock controller's own objects are five deep. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_NUMBER_CHARS = 64;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_CHARS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // What is only kept is written as it was read, to the last digit.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** @throws Refusal with status 400 and the place where reading ended */
    static ObjectNode object(byte[] bytes) {
        try {
            if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
            throw new Refusal(400, "expected a JSON object");
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Refusal(400, "cannot be read: " + e.getMessage());
        }
    }

    /** Anything; missing for no bytes. @throws JsonProcessingException for what is no JSON */
    static JsonNode tree(byte[] bytes) throws IOException {
        return MAPPER.readTree(bytes);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** One line, the outermost names in order, as stock controllers write their files. */
    static byte[] bytes(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(sorted(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can be written", e);
        }
    }

    static ObjectNode sorted(ObjectNode object) {
        TreeMap<String, JsonNode> fields = new TreeMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        ObjectNode sorted = object();
        sorted.setAll(fields);
        return sorted;
    }
}
