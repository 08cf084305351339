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
    private final Lab lab;
    private final String name;
    private final String namespace;
    private final Path folder;
    private final List<Daemon> daemons = new ArrayList<>();
    private String address = "";

    Host(Lab lab, String name, String namespace, Path folder) {
        this.lab = lab;
        this.name = name;
        this.namespace = namespace;
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void create() {
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
        Shell.Result r = tryRun(command);
        if (!r.ok()) {
            throw new IllegalStateException("on " + name + ": " + String.join(" ", command) + " failed (" + r.exitCode()
                    + "): " + r.err() + r.out());
        }
        return r.out();
    }

    public Shell.Result tryRun(String... command) {
        return call(List.of(command), Map.of(), "", Duration.ofSeconds(60));
    }

    /** Runs a program to its end. */
    public Shell.Result call(List<String> command, Map<String, String> environment, String stdin, Duration limit) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + namespacePath()));
        all.addAll(command);
        return Shell.call(all, environment, stdin, limit);
    }

    public Daemon start(String daemon, Map<String, String> environment, String... command) {
        return start(daemon, environment, inside(command));
    }

    /** As a container with this limit. */
    public Daemon startWithin(MemoryLimit limit, String daemon, Map<String, String> environment, String... command) {
        return start(daemon, environment, limit.around(inside(command)));
    }

    private Daemon start(String daemon, Map<String, String> environment, List<String> whole) {
        return lab.whileOpen(() -> {
            Path log = folder.resolve(daemon.replace('/', '-') + ".log");
            Daemon d = Daemon.start(name + "/" + daemon, whole, environment, log);
            daemons.add(d);
            return d;
        });
    }

    public List<Daemon> daemons() {
        return List.copyOf(daemons);
    }

    /** The index of a device. */
    public int device(String device) {
        return Integer.parseInt(run("ip", "-o", "link", "show", device).replaceFirst(":(?s).*", ""));
    }

    /** nftables rules in the syntax of nft's files. */
    public void nft(String rules) {
        Shell.Result r = call(List.of("nft", "-f", "-"), Map.of(), rules, Duration.ofSeconds(10));
        if (!r.ok()) {
            throw new IllegalStateException("nft in " + name + ": " + r.err());
        }
    }

    /** For what runs long: also sees the namespace's own /sys, as a machine would. */
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

    /** Ends whatever still runs here. @return what it was */
    List<String> killSurvivors() {
        List<String> killed = new ArrayList<>();
        Shell.tryRun("ip", "netns", "pids", namespace)
                .out()
                .lines()
                .map(String::strip)
                .filter(p -> p.matches("\\d+")
                        && Long.parseLong(p) != ProcessHandle.current().pid())
                .flatMap(p -> ProcessHandle.of(Long.parseLong(p)).stream())
                .forEach(p -> {
                    killed.add(name + ": " + p.info().commandLine().orElse("" + p.pid()));
                    p.destroyForcibly();
                });
        return killed;
    }

    void remove() {
        Shell.tryRun("ip", "netns", "del", namespace);
    }
}
