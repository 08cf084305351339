package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How much of the kernel a process that runs already may have. */
public final class ProcessLimits implements AutoCloseable {
    private static final Path V1 = Path.of("/sys/fs/cgroup/pids");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path group;

    private ProcessLimits(Path group) {
        this.group = group;
    }

    /** From now on it opens nothing beyond so many descriptors; may be changed again, up to what it began with. */
    public static void descriptors(long pid, int limit) {
        Shell.run("prlimit", "--pid", "" + pid, "--nofile=" + limit + ":");
    }

    /** A control group for threads, without a limit yet. @return empty when this machine lets nobody limit them */
    public static Optional<ProcessLimits> threads(Lab lab, String name) {
        Path group = (Files.isDirectory(V1) ? V1 : V2).resolve(lab.tag() + "-" + name + "-threads");
        ProcessLimits limits = new ProcessLimits(group);
        try {
            Files.createDirectory(group);
            limits.write("pids.max", "max");
            return Optional.of(limits);
        } catch (IOException | UncheckedIOException e) {
            limits.close();
            return Optional.empty();
        }
    }

    /** Puts a process inside. */
    public void take(long pid) {
        write("cgroup.procs", "" + pid);
    }

    /** So many threads, of all processes inside. */
    public void limit(int threads) {
        write("pids.max", "" + threads);
    }

    private void write(String file, String text) {
        try {
            Files.writeString(group.resolve(file), text);
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
