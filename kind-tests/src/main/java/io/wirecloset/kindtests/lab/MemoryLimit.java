package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A control group with a limit of memory, as a container has. Version 1 or 2, whichever the machine has. */
public final class MemoryLimit implements AutoCloseable {
    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path group;
    private final boolean v2;
    private final long bytes;

    private MemoryLimit(Path group, boolean v2, long bytes) {
        this.group = group;
        this.v2 = v2;
        this.bytes = bytes;
    }

    /** @return empty when this machine lets nobody limit memory */
    public static Optional<MemoryLimit> of(Lab lab, String name, long bytes) {
        boolean v2 = !Files.isDirectory(V1);
        Path group = (v2 ? V2 : V1).resolve(lab.tag() + "-" + name);
        MemoryLimit limit = new MemoryLimit(group, v2, bytes);
        try {
            Files.createDirectory(group);
            Files.writeString(group.resolve(v2 ? "memory.max" : "memory.limit_in_bytes"), Long.toString(bytes));
            return Optional.of(limit);
        } catch (IOException e) {
            limit.close();
            return Optional.empty();
        }
    }

    /** The command, run inside. */
    List<String> around(List<String> command) {
        List<String> whole =
                new ArrayList<>(List.of("sh", "-c", "echo $$ > \"$0\"/cgroup.procs; exec \"$@\"", "" + group));
        whole.addAll(command);
        return whole;
    }

    public long bytes() {
        return bytes;
    }

    /** What cannot be taken away from the processes inside: everything but the files they read. */
    public long anonymousBytes() {
        return stat(v2 ? "anon" : "rss");
    }

    /** The most there ever was, files in the page cache included. */
    public long peakBytes() {
        return Long.parseLong(
                read(v2 ? "memory.peak" : "memory.max_usage_in_bytes").strip());
    }

    private long stat(String key) {
        return read("memory.stat")
                .lines()
                .filter(l -> l.startsWith(key + " "))
                .mapToLong(l -> Long.parseLong(l.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private String read(String file) {
        try {
            return Files.readString(group.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When all processes inside have ended. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            System.err.println("control group " + group + " stays: " + e.getMessage());
        }
    }
}
