package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel says about a process. */
public final class Processes {
    private Processes() {}

    public record Use(int descriptors, int threads) {}

    public static Use use(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        return new Use(entries(process.resolve("fd")), entries(process.resolve("task")));
    }

    private static int entries(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return (int) all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
