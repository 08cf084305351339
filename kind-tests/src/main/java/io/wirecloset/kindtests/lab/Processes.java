package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel says about a process. */
public final class Processes {
    // fields of /proc/PID/stat, counted from the one behind the name
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int MS_PER_TICK = 10;

    private Processes() {}

    public record Use(int descriptors, int threads) {}

    public static Use use(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        return new Use(entries(process.resolve("fd")), entries(process.resolve("task")));
    }

    /** Names of its threads that begin so; the kernel keeps fifteen characters. */
    public static Stream<String> threads(long pid, String prefix) {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return all.map(Processes::threadName).filter(name -> name.startsWith(prefix)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String threadName(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }

    /** What it has used of all processors since it began. */
    public static long processorMs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(behindName[USER_TICKS]) + Long.parseLong(behindName[SYSTEM_TICKS])) * MS_PER_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int entries(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return (int) all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
