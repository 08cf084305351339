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
        Http.Response r = ask(method, path, body);
        if (!r.ok()) {
            throw new IllegalStateException(
                    host.name() + ": " + method + " " + path + " failed (" + r.status() + "): " + r.body());
        }
        try {
            return JSON.readTree(r.body());
        } catch (IOException e) {
            throw new IllegalStateException(host.name() + ": " + method + " " + path + " gave no JSON: " + r.body(), e);
        }
    }

    /** @return whatever the answer is; status 0 when nobody answers */
    public Http.Response ask(String method, String path, String body) {
        try {
            String token = Files.readString(home.resolve("authtoken.secret")).trim();
            return Http.call(host, method, "http://127.0.0.1:" + port + path, Map.of("X-ZT1-Auth", token), body);
        } catch (IOException e) {
            return new Http.Response(0, String.valueOf(e.getMessage()));
        }
    }

    public JsonNode get(String path) {
        return call("GET", path, null);
    }

    public boolean answers() {
        return ask("GET", "/status", null).ok();
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
