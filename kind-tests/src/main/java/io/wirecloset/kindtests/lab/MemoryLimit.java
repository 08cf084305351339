package io.wirecloset.kindtests.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A control group with a limit of memory, as a container has. */
public final class MemoryLimit implements AutoCloseable {
    private final ControlGroup group;
    private final long bytes;

    private MemoryLimit(ControlGroup group, long bytes) {
        this.group = group;
        this.bytes = bytes;
    }

    /** @return empty when this machine lets nobody limit memory */
    public static Optional<MemoryLimit> of(Lab lab, String name, long bytes) {
        return ControlGroup.tryMake("memory", lab.tag() + "-" + name, group -> {
            group.write(group.file("memory.limit_in_bytes", "memory.max"), Long.toString(bytes));
            return new MemoryLimit(group, bytes);
        });
    }

    /** The command, run inside. */
    List<String> around(List<String> command) {
        List<String> whole =
                new ArrayList<>(List.of("sh", "-c", "echo $$ > \"$0\"/cgroup.procs; exec \"$@\"", "" + group.folder()));
        whole.addAll(command);
        return whole;
    }

    public long bytes() {
        return bytes;
    }

    /** What cannot be taken away from the processes inside: everything but the files they read. */
    public long anonymousBytes() {
        return stat(group.file("rss", "anon"));
    }

    /** The most there ever was, files in the page cache included. */
    public long peakBytes() {
        return Long.parseLong(group.read(group.file("memory.max_usage_in_bytes", "memory.peak"))
                .strip());
    }

    private long stat(String key) {
        return group.read("memory.stat")
                .lines()
                .filter(l -> l.startsWith(key + " "))
                .mapToLong(l -> Long.parseLong(l.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** When all processes inside have ended. */
    @Override
    public void close() {
        group.close();
    }
}
