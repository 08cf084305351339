package io.wirecloset.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the operator tells every agent: the planet and moons (roots) and the controllers, so that reaching a controller needs no
 * root; and what devices outside may orbit. Lives in the ConfigMap {@link #NAME} in the operator's namespace; agents keep
 * a copy on disk, without the moon.
 *
 * @param planet the signed world as bytes, also when it is the public one; empty when the operator has none
 * @param controllers the controllers of this cluster's networks
 * @param moon the same roots as a moon, for devices that keep a planet of their own; as bytes, empty when there is none
 * @param moons roots of others, which this cluster's nodes use beside the planet's: signed worlds in base64
 */
public record ClusterInfo(byte[] planet, List<ControllerInfo> controllers, byte[] moon, List<String> moons) {
    public static final String NAME = "wirecloset-cluster";
    /** Base64 of the signed world. */
    public static final String KEY_PLANET = "planet";
    /** JSON list of {@link ControllerInfo}. */
    public static final String KEY_CONTROLLERS = "controllers";

    /** Base64 of the signed world; absent without one. */
    public static final String KEY_MOON = "moon";

    /** Base64 of signed worlds, with commas between; absent without any. */
    public static final String KEY_MOONS = "moons";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param identity full public identity, {@code address:0:128 digits}
     * @param endpoints where it listens, {@code ip/port}; may be empty when only roots know
     */
    public record ControllerInfo(String identity, List<String> endpoints) {}

    public ClusterInfo(byte[] planet, List<ControllerInfo> controllers) {
        this(planet, controllers, new byte[0], List.of());
    }

    public Map<String, String> toData() {
        try {
            Map<String, String> data = new HashMap<>();
            data.put(KEY_PLANET, Base64.getEncoder().encodeToString(planet));
            data.put(KEY_CONTROLLERS, JSON.writeValueAsString(controllers));
            if (moon.length > 0) {
                data.put(KEY_MOON, Base64.getEncoder().encodeToString(moon));
            }
            if (!moons.isEmpty()) {
                data.put(KEY_MOONS, String.join(",", moons));
            }
            return data;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException when the map does not hold what {@link #toData} writes */
    public static ClusterInfo of(ConfigMap map) {
        Map<String, String> data = map.getData() == null ? Map.of() : map.getData();
        try {
            return new ClusterInfo(
                    bytes(data, KEY_PLANET),
                    JSON.readValue(data.getOrDefault(KEY_CONTROLLERS, "[]"), new TypeReference<>() {}),
                    bytes(data, KEY_MOON),
                    Arrays.stream(data.getOrDefault(KEY_MOONS, "").split(","))
                            .map(String::trim)
                            .filter(moon -> !moon.isEmpty())
                            .toList());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "ConfigMap " + NAME + ": " + KEY_PLANET + ", " + KEY_CONTROLLERS + " or " + KEY_MOON
                            + " is not what the operator writes",
                    e);
        }
    }

    private static byte[] bytes(Map<String, String> data, String key) {
        return Base64.getDecoder().decode(data.getOrDefault(key, "").trim());
    }
}
