package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The JSON service of a node on its host's loopback, asked with the token of its home directory. */
public record LocalApi(Host host, Path home, int port) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IllegalStateException when the answer is no success */
    public JsonNode call(String method, String path, String body) {
        JsonNode answer = tryCall(method, path, body);
        if (answer == null) {
            throw new IllegalStateException(host.name() + ": " + method + " " + path + " failed");
        }
        return answer;
    }

    public JsonNode get(String path) {
        return call("GET", path, null);
    }

    public boolean answers() {
        return tryCall("GET", "/status", null) != null;
    }

    /** @return null when nobody answers, or not with success */
    private JsonNode tryCall(String method, String path, String body) {
        try {
            String token = Files.readString(home.resolve("authtoken.secret")).trim();
            Http.Response r =
                    Http.call(host, method, "http://127.0.0.1:" + port + path, Map.of("X-ZT1-Auth", token), body);
            return r.ok() ? JSON.readTree(r.body()) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The endpoint of a live direct path to this peer; null when there is none. */
    public String directPathTo(String address) {
        for (JsonNode path : get("/peer/" + address).path("paths")) {
            if (path.path("active").asBoolean() && !path.path("expired").asBoolean()) {
                return path.path("address").asText();
            }
        }
        return null;
    }
}
