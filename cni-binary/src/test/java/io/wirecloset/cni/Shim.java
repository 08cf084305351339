package io.wirecloset.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Runs the compiled shim the way a container runtime does. */
final class Shim {
    record Outcome(int exitCode, String stdout, String stderr) {
        /** The error on stdout. */
        JsonNode error() {
            try {
                return new ObjectMapper().readTree(stdout);
            } catch (IOException e) {
                throw new UncheckedIOException("stdout is not JSON: " + stdout, e);
            }
        }
    }

    static final Path BINARY = Path.of(System.getProperty("wirecloset.shim", "target/wirecloset"));

    private final Map<String, String> environment = new TreeMap<>();
    private String config = config("1.1.0");

    static String config(String cniVersion) {
        return """
                {"cniVersion":"%s","name":"pods","type":"wirecloset","nested":{"name":"other","list":[1,"}",{}]}}""".formatted(cniVersion);
    }

    /** A call with every variable a runtime sends. */
    static Shim calls(String command, Path socket) {
        return new Shim()
                .with("CNI_COMMAND", command)
                .with("CNI_CONTAINERID", "c0ffee")
                .with("CNI_NETNS", "/proc/self/ns/net")
                .with("CNI_NETNS_OVERRIDE", "1")
                .with("CNI_IFNAME", "eth0")
                .with("CNI_PATH", "/opt/cni/bin")
                .with("WIRECLOSET_SOCKET", socket.toString())
                .with("WIRECLOSET_WAIT_MS", "200");
    }

    Shim with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Shim without(String name) {
        environment.remove(name);
        return this;
    }

    Shim stdin(String text) {
        config = text;
        return this;
    }

    Outcome run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(BINARY.toString());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(config.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The shim may refuse before it has read everything.
        }
        // It writes at most one line to stderr, so reading stdout to its end first cannot block either side.
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), stdout, stderr);
    }
}
