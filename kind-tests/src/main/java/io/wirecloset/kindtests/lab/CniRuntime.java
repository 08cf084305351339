package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The part of a container runtime that calls CNI plugins, as libcni does it: takes the first configuration of a folder,
 * derives each plugin's own configuration from it, runs ADD forward and DEL backward with the result that ADD gave, and
 * keeps that result between the two.
 */
public final class CniRuntime {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The kubelet gives a sandbox two minutes. */
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Host node;
    private final Path binaries;
    private final Path configurations;
    private final Map<String, String> inherited;
    private final Map<String, JsonNode> results = new ConcurrentHashMap<>();

    /** @param environment what the runtime's own process has in its environment, and so its plugins */
    public CniRuntime(Host node, Path binaries, Path configurations, Map<String, String> environment) {
        this.inherited = environment;
        this.node = node;
        this.binaries = binaries;
        this.configurations = configurations;
    }

    /**
     * What a plugin call gave.
     *
     * @param body the JSON on stdout, or a missing node when there was none
     */
    public record Outcome(int exitCode, JsonNode body, String stderr, long micros) {
        public boolean ok() {
            return exitCode == 0;
        }

        /** Code and message of the error on stdout. */
        public String error() {
            return body.path("code").asInt() + ": " + body.path("msg").asText() + " "
                    + body.path("details").asText() + stderr;
        }
    }

    /** The lexically first .conf, .conflist or .json of the folder, as containerd takes it; null when there is none. */
    public JsonNode configuration() {
        try (Stream<Path> files = Files.list(configurations)) {
            return files.filter(f -> f.toString().matches(".*\\.(conf|conflist|json)"))
                    .sorted()
                    .findFirst()
                    .map(CniRuntime::read)
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    public boolean ready() {
        return configuration() != null && status().ok();
    }

    /** @param namespace the path of the pod's namespace */
    public Outcome add(String containerId, Path namespace, String podNamespace, String podName) {
        ObjectNode list = required();
        JsonNode previous = null;
        Outcome last = null;
        for (JsonNode plugin : list.path("plugins")) {
            last = exec(
                    "ADD", containerId, namespace.toString(), podNamespace, podName, config(list, plugin, previous));
            if (!last.ok()) {
                return last;
            }
            previous = last.body();
        }
        if (previous != null) {
            results.put(containerId, previous);
        }
        return last;
    }

    /** @param namespace the path, or the empty text once the runtime has closed it */
    public Outcome del(String containerId, String namespace, String podNamespace, String podName) {
        ObjectNode list = required();
        JsonNode result = results.get(containerId);
        Outcome last = null;
        for (int i = list.path("plugins").size() - 1; i >= 0; i--) {
            JsonNode plugin = list.path("plugins").get(i);
            last = exec("DEL", containerId, namespace, podNamespace, podName, config(list, plugin, result));
            if (!last.ok()) {
                return last;
            }
        }
        results.remove(containerId);
        return last;
    }

    public Outcome status() {
        ObjectNode list = required();
        Outcome last = null;
        for (JsonNode plugin : list.path("plugins")) {
            last = exec("STATUS", null, null, null, null, config(list, plugin, null));
            if (!last.ok()) {
                return last;
            }
        }
        return last;
    }

    /** What versions the first plugin speaks. */
    public Outcome version() {
        ObjectNode list = required();
        return exec("VERSION", null, null, null, null, config(list, list.at("/plugins/0"), null));
    }

    private ObjectNode required() {
        if (configuration() instanceof ObjectNode list) {
            return list;
        }
        throw new IllegalStateException("no CNI configuration in " + configurations);
    }

    /** The newest of those offered, as today's runtimes choose; older ones know {@code cniVersion} alone. */
    private static String version(ObjectNode list) {
        String newest = list.path("cniVersion").asText();
        for (JsonNode offered : list.path("cniVersions")) {
            newest = offered.asText();
        }
        return newest;
    }

    private static ObjectNode config(ObjectNode list, JsonNode plugin, JsonNode previous) {
        ObjectNode config = plugin.deepCopy();
        config.set("name", list.path("name"));
        config.put("cniVersion", version(list));
        if (previous != null) {
            config.set("prevResult", previous);
        }
        return config;
    }

    /** Runs one plugin once; the environment holds exactly what is not null. */
    public Outcome exec(
            String verb, String containerId, String namespace, String podNamespace, String podName, ObjectNode config) {
        Map<String, String> environment = new HashMap<>(inherited);
        environment.put("CNI_COMMAND", verb);
        environment.put("CNI_PATH", binaries.toString());
        if (containerId != null) {
            environment.put("CNI_CONTAINERID", containerId);
            environment.put("CNI_NETNS", namespace);
            environment.put("CNI_IFNAME", "eth0");
            environment.put(
                    "CNI_ARGS",
                    "IgnoreUnknown=1;K8S_POD_NAMESPACE=" + podNamespace + ";K8S_POD_NAME=" + podName
                            + ";K8S_POD_INFRA_CONTAINER_ID=" + containerId + ";K8S_POD_UID=" + containerId);
        }
        String plugin = binaries.resolve(config.path("type").asText()).toString();
        long start = System.nanoTime();
        Shell.Result r = node.call(List.of(plugin), environment, config.toString(), LIMIT);
        long micros = (System.nanoTime() - start) / 1000;
        return new Outcome(r.exitCode(), parse(r.out()), r.err(), micros);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode().put("msg", "no JSON on stdout: " + text);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is no CNI configuration: " + e.getMessage(), e);
        }
    }
}
