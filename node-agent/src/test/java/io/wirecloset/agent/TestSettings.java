package io.wirecloset.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything below one folder; the CNI configuration has the name of the node.
 *
 * @param shimToInstall null for none
 */
record TestSettings(Path folder, String name, Path shimToInstall) implements AgentSettings, AgentSettings.CniSettings {
    @Override
    public Optional<String> nodeName() {
        return Optional.of(name);
    }

    @Override
    public String namespace() {
        return "wirecloset-system";
    }

    @Override
    public Path home() {
        return folder.resolve("home");
    }

    @Override
    public Path run() {
        return folder.resolve("run");
    }

    @Override
    public int port() {
        return 9993;
    }

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public Optional<List<String>> bind() {
        return Optional.empty();
    }

    @Override
    public Optional<List<String>> forbiddenPaths() {
        return Optional.of(List.of("10.96.0.0/12"));
    }

    @Override
    public Optional<String> uplink() {
        return Optional.empty();
    }

    @Override
    public Duration watchLimit() {
        return Duration.ofSeconds(4);
    }

    @Override
    public CniSettings cni() {
        return this;
    }

    @Override
    public Path socket() {
        return run().resolve("cni.sock");
    }

    @Override
    public Optional<Path> confDir() {
        return Optional.of(folder.resolve("net.d"));
    }

    @Override
    public Optional<Path> binDir() {
        return Optional.of(folder.resolve("bin"));
    }

    @Override
    public Optional<Path> shim() {
        return Optional.ofNullable(shimToInstall);
    }

    @Override
    public String chained() {
        return "[]";
    }

    @Override
    public Duration addWait() {
        return Duration.ofSeconds(10);
    }
}
