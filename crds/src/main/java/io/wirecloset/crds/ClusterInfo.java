package io.wirecloset.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What the operator tells every agent: the planet (roots) and the controllers, so that reaching a controller needs no
 * root. Lives in the ConfigMap {@link #NAME} in the operator's namespace; agents keep a copy on disk.
 *
 * @param planet the signed world as bytes, also when it is the public one; empty when the operator has none
 * @param controllers the controllers of this cluster's networks
 */
public record ClusterInfo(byte[] planet, List<ControllerInfo> controllers) {
    public static final String NAME = "wirecloset-cluster";
    /** Base64 of the signed world. */
    public static final String KEY_PLANET = "planet";
    /** JSON list of {@link ControllerInfo}. */
    public static final String KEY_CONTROLLERS = "controllers";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param identity full public identity, {@code address:0:128 digits}
     * @param endpoints where it listens, {@code ip/port}; may be empty when only roots know
     */
    public record ControllerInfo(String identity, List<String> endpoints) {}

    public Map<String, String> toData() {
        try {
            return Map.of(
                    KEY_PLANET, Base64.getEncoder().encodeToString(planet),
                    KEY_CONTROLLERS, JSON.writeValueAsString(controllers));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException when the map does not hold what {@link #toData} writes */
    public static ClusterInfo of(ConfigMap map) {
        Map<String, String> data = map.getData() == null ? Map.of() : map.getData();
        try {
            return new ClusterInfo(
                    Base64.getDecoder().decode(data.getOrDefault(KEY_PLANET, "").trim()),
                    JSON.readValue(data.getOrDefault(KEY_CONTROLLERS, "[]"), new TypeReference<>() {}));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "ConfigMap " + NAME + ": " + KEY_PLANET + " or " + KEY_CONTROLLERS
                            + " is not what the operator writes",
                    e);
        }
    }
}
