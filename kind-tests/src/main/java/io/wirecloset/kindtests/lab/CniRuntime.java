package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The part of a container runtime that calls CNI plugins, as libcni does it: takes the first configuration of a folder,
 * derives each plugin's own configuration from it, runs ADD and CHECK forward and DEL backward with the result that ADD
 * gave, keeps that result and what it was asked with between them, and sends GC and STATUS to all.
 */
public final class CniRuntime {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The kubelet gives a sandbox two minutes. */
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private static final List<String> KNOWN_VERSIONS =
            List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0");
    /** Of the first interface of a sandbox. */
    public static final String USUAL_INTERFACE = "eth0";

    private final Programs programs;
    private final List<Path> binaries;
    private final Path configurations;
    private final Map<String, String> inherited;
    private final String newest;
    private final Map<Attached, Kept> kept = new ConcurrentHashMap<>();

    /** How this runtime starts a program. */
    public interface Programs {
        Shell.Result call(List<String> command, Map<String, String> environment, String stdin, Duration limit);
    }

    /** One interface of one sandbox. */
    public record Attached(String containerId, String ifname) {}

    private record Kept(JsonNode result, JsonNode capabilityArguments) {}

    /** @param environment what the runtime's own process has in its environment, and so its plugins */
    public CniRuntime(Host node, Path binaries, Path configurations, Map<String, String> environment) {
        this(node::call, List.of(binaries), configurations, environment, KNOWN_VERSIONS.getLast());
    }

    /**
     * @param binaries the folders of plugins, in the order they are looked through
     * @param newest version of the specification that this runtime knows; before 1.1.0 it knows no {@code cniVersions}
     */
    public CniRuntime(
            Programs programs,
            List<Path> binaries,
            Path configurations,
            Map<String, String> environment,
            String newest) {
        this.programs = programs;
        this.binaries = List.copyOf(binaries);
        this.configurations = configurations;
        this.inherited = environment;
        this.newest = newest;
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

    // --- configuration

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

    private ObjectNode required() {
        if (configuration() instanceof ObjectNode list) {
            return list;
        }
        throw new IllegalStateException("no CNI configuration in " + configurations);
    }

    /** Those of the list, and behind them what others dropped into the folder of the network's name. */
    private List<JsonNode> plugins(ObjectNode list) {
        List<JsonNode> plugins = new ArrayList<>();
        list.path("plugins").forEach(plugins::add);
        Path dropIns = configurations.resolve(list.path("name").asText());
        if (!isTrue(list.path("loadOnlyInlinedPlugins")) && Files.isDirectory(dropIns)) {
            try (Stream<Path> files = Files.list(dropIns)) {
                files.filter(f -> f.toString().endsWith(".conf")).sorted().forEach(f -> plugins.add(read(f)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return plugins;
    }

    /** Some write booleans as texts. */
    private static boolean isTrue(JsonNode flag) {
        return flag.asText().equalsIgnoreCase("true");
    }

    private String version(ObjectNode list) {
        String chosen = list.path("cniVersion").asText("0.1.0");
        if (newest.equals(KNOWN_VERSIONS.getLast())) {
            for (JsonNode offered : list.path("cniVersions")) {
                boolean better = KNOWN_VERSIONS.indexOf(offered.asText()) > Math.max(0, KNOWN_VERSIONS.indexOf(chosen));
                chosen = better ? offered.asText() : chosen;
            }
        }
        return chosen;
    }

    /** A plugin's own: name and version of the list, of what was asked what it is capable of, the result so far. */
    private ObjectNode config(ObjectNode list, JsonNode plugin, JsonNode capabilityArguments, JsonNode previous) {
        ObjectNode config = plugin.deepCopy();
        config.set("name", list.path("name"));
        config.put("cniVersion", version(list));
        ObjectNode runtime = JSON.createObjectNode();
        capabilityArguments.properties().forEach(e -> {
            if (isTrue(plugin.path("capabilities").path(e.getKey()))) {
                runtime.set(e.getKey(), e.getValue());
            }
        });
        if (!runtime.isEmpty()) {
            config.set("runtimeConfig", runtime);
        }
        if (previous != null) {
            config.set("prevResult", previous);
        }
        return config;
    }

    // --- verbs

    /** @param namespace the path of the pod's namespace */
    public Outcome add(String containerId, Path namespace, String podNamespace, String podName) {
        return add(
                new Attached(containerId, USUAL_INTERFACE), namespace, podNamespace, podName, JSON.createObjectNode());
    }

    /** @param capabilityArguments what the pod asks for, by capability */
    public Outcome add(
            Attached what, Path namespace, String podNamespace, String podName, JsonNode capabilityArguments) {
        ObjectNode list = required();
        JsonNode previous = null;
        Outcome last = null;
        for (JsonNode plugin : plugins(list)) {
            last = exec(
                    "ADD",
                    what,
                    namespace.toString(),
                    podNamespace,
                    podName,
                    config(list, plugin, capabilityArguments, previous));
            if (!last.ok()) {
                return last;
            }
            previous = last.body();
        }
        if (previous != null) {
            kept.put(what, new Kept(previous, capabilityArguments));
        }
        return last;
    }

    /** Whether all is as ADD made it. */
    public Outcome check(Attached what, Path namespace, String podNamespace, String podName) {
        ObjectNode list = required();
        Outcome last = new Outcome(0, JSON.missingNode(), "", 0);
        Kept was = Optional.ofNullable(kept.get(what)).orElseThrow();
        if (isTrue(list.path("disableCheck"))) {
            return last;
        }
        for (JsonNode plugin : plugins(list)) {
            last = exec(
                    "CHECK",
                    what,
                    namespace.toString(),
                    podNamespace,
                    podName,
                    config(list, plugin, was.capabilityArguments, was.result));
            if (!last.ok()) {
                return last;
            }
        }
        return last;
    }

    /** @param namespace the path, or the empty text once the runtime has closed it */
    public Outcome del(String containerId, String namespace, String podNamespace, String podName) {
        return del(new Attached(containerId, USUAL_INTERFACE), namespace, podNamespace, podName);
    }

    public Outcome del(Attached what, String namespace, String podNamespace, String podName) {
        ObjectNode list = required();
        Kept was = kept.getOrDefault(what, new Kept(null, JSON.createObjectNode()));
        Outcome last = null;
        for (JsonNode plugin : plugins(list).reversed()) {
            last = exec(
                    "DEL",
                    what,
                    namespace,
                    podNamespace,
                    podName,
                    config(list, plugin, was.capabilityArguments, was.result));
            if (!last.ok()) {
                return last;
            }
        }
        kept.remove(what);
        return last;
    }

    /** Deletes what is kept of attachments that are not valid any more, then lets the plugins look for more. */
    public Outcome gc(Set<Attached> valid) {
        ObjectNode list = required();
        Outcome last = new Outcome(0, JSON.missingNode(), "", 0);
        if (isTrue(list.path("disableGC"))) {
            return last;
        }
        for (Attached each : Set.copyOf(kept.keySet())) {
            if (!valid.contains(each)) {
                last = del(each, "", "", "");
            }
        }
        if (!version(list).equals("1.1.0")) {
            return last;
        }
        ArrayNode listed = JSON.createArrayNode();
        valid.forEach(
                a -> listed.addObject().put("containerID", a.containerId()).put("ifname", a.ifname()));
        for (JsonNode plugin : plugins(list)) {
            ObjectNode config = config(list, plugin, JSON.createObjectNode(), null);
            config.set("cni.dev/valid-attachments", listed);
            config.set("cni.dev/attachments", listed); // as the specification once had it
            Outcome one = exec("GC", null, null, null, null, config);
            last = last.ok() ? one : last;
        }
        return last;
    }

    public Outcome status() {
        ObjectNode list = required();
        Outcome last = new Outcome(0, JSON.missingNode(), "", 0);
        if (!version(list).equals("1.1.0")) {
            return last;
        }
        for (JsonNode plugin : plugins(list)) {
            last = exec("STATUS", null, null, null, null, config(list, plugin, JSON.createObjectNode(), null));
            if (!last.ok()) {
                return last;
            }
        }
        return last;
    }

    /** What versions the first plugin speaks. */
    public Outcome version() {
        ObjectNode list = required();
        return exec(
                "VERSION", null, null, null, null, config(list, list.at("/plugins/0"), JSON.createObjectNode(), null));
    }

    // --- one call

    /** Starts a call of the first plugin and does not wait for it, as a runtime that is killed meanwhile. */
    public Process begin(String verb, String containerId, Path namespace, String podNamespace, String podName) {
        ObjectNode list = required();
        ObjectNode config = config(list, plugins(list).getFirst(), JSON.createObjectNode(), null);
        Attached what = new Attached(containerId, USUAL_INTERFACE);
        try {
            ProcessBuilder builder = new ProcessBuilder(find(config.path("type").asText()));
            builder.environment().putAll(environment(verb, what, namespace.toString(), podNamespace, podName));
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(config.toString().getBytes(StandardCharsets.UTF_8));
            }
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one plugin once; the environment holds exactly what is not null. */
    public Outcome exec(
            String verb, Attached what, String namespace, String podNamespace, String podName, ObjectNode config) {
        Map<String, String> environment = environment(verb, what, namespace, podNamespace, podName);
        String plugin = find(config.path("type").asText());
        long start = System.nanoTime();
        Shell.Result r = programs.call(List.of(plugin), environment, config.toString(), LIMIT);
        long micros = (System.nanoTime() - start) / 1000;
        return new Outcome(r.exitCode(), parse(r.out()), r.err(), micros);
    }

    private Map<String, String> environment(
            String verb, Attached what, String namespace, String podNamespace, String podName) {
        Map<String, String> environment = new HashMap<>(inherited);
        environment.put("CNI_COMMAND", verb);
        environment.put(
                "CNI_PATH",
                String.join(":", binaries.stream().map(Path::toString).toList()));
        if (what != null) {
            environment.put("CNI_CONTAINERID", what.containerId());
            environment.put("CNI_NETNS", namespace);
            environment.put("CNI_IFNAME", what.ifname());
            environment.put(
                    "CNI_ARGS",
                    "IgnoreUnknown=1;K8S_POD_NAMESPACE=" + podNamespace + ";K8S_POD_NAME=" + podName
                            + ";K8S_POD_INFRA_CONTAINER_ID=" + what.containerId() + ";K8S_POD_UID="
                            + what.containerId());
        }
        return environment;
    }

    private String find(String type) {
        return binaries.stream()
                .map(folder -> folder.resolve(type))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("failed to find plugin " + type + " in path " + binaries))
                .toString();
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
