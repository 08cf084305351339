package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A machine of the lab: a network namespace, a folder for its files, and the processes it runs. */
public final class Host {
    private final String name;
    private final String namespace;
    private final Path folder;
    private final List<Daemon> daemons = new ArrayList<>();
    private String address = "";

    Host(String name, String namespace, Path folder) {
        this.name = name;
        this.namespace = namespace;
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("ip", "netns", "add", namespace);
        run("ip", "link", "set", "lo", "up");
    }

    public String name() {
        return name;
    }

    public String namespace() {
        return namespace;
    }

    public Path namespacePath() {
        return Path.of("/run/netns", namespace);
    }

    public Path folder() {
        return folder;
    }

    /** The address others of its own network reach it by. */
    public String address() {
        return address;
    }

    void address(String address) {
        this.address = address;
    }

    public String run(String... command) {
        return Shell.run(inside(command).toArray(String[]::new));
    }

    public Shell.Result tryRun(String... command) {
        return Shell.tryRun(inside(command).toArray(String[]::new));
    }

    public Shell.Result call(List<String> command, Map<String, String> environment, String stdin, Duration limit) {
        return Shell.call(inside(command.toArray(String[]::new)), environment, stdin, limit);
    }

    public Daemon start(String daemon, Map<String, String> environment, String... command) {
        Daemon d = Daemon.start(
                name + "/" + daemon, inside(command), environment, folder.resolve(daemon.replace('/', '-') + ".log"));
        daemons.add(d);
        return d;
    }

    public List<Daemon> daemons() {
        return List.copyOf(daemons);
    }

    /** nftables rules in the syntax of nft's files. */
    public void nft(String rules) {
        Shell.Result r = call(List.of("nft", "-f", "-"), Map.of(), rules, Duration.ofSeconds(10));
        if (!r.ok()) {
            throw new IllegalStateException("nft in " + name + ": " + r.err());
        }
    }

    private List<String> inside(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(Arrays.asList(command));
        return all;
    }

    void stopDaemons() {
        for (int i = daemons.size() - 1; i >= 0; i--) {
            daemons.get(i).stop();
        }
    }

    void remove() {
        Shell.tryRun("ip", "netns", "del", namespace);
    }
}
