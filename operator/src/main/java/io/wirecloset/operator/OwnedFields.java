package io.wirecloset.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which fields of a resource's spec the operator applied earlier: an apply that leaves one out gives it up, so each has
 * to name them again.
 */
final class OwnedFields {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode spec;

    private OwnedFields(JsonNode spec) {
        this.spec = spec;
    }

    /** Of the entry that server-side apply keeps; without one, nothing is owned. */
    static OwnedFields of(HasMetadata resource) {
        return new OwnedFields(resource.getMetadata().getManagedFields().stream()
                .filter(f -> Apply.FIELD_MANAGER.equals(f.getManager()) && "Apply".equals(f.getOperation()))
                .map(ManagedFieldsEntry::getFieldsV1)
                .filter(Objects::nonNull)
                .map(OwnedFields::tree)
                .map(t -> t.path("f:spec"))
                .filter(s -> !s.isMissingNode())
                .findFirst()
                .orElse(JSON.createObjectNode()));
    }

    private static JsonNode tree(FieldsV1 fields) {
        return JSON.valueToTree(fields);
    }

    boolean has(String field) {
        return spec.has("f:" + field);
    }

    /** The values of a list of type set. */
    List<String> setValues(String field) {
        List<String> values = new ArrayList<>();
        spec.path("f:" + field).fieldNames().forEachRemaining(key -> {
            if (key.startsWith("v:")) {
                values.add(text(key.substring(2)));
            }
        });
        return values;
    }

    private static String text(String json) {
        try {
            return JSON.readTree(json).asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }
}
