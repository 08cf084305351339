package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** A control group, made here and gone when it is closed. Version 1 or 2, whichever the machine has. */
final class ControlGroup implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final boolean v1;
    private final Path folder;

    private ControlGroup(String controller, String name) {
        v1 = Files.isDirectory(ROOT.resolve(controller));
        folder = (v1 ? ROOT.resolve(controller) : ROOT).resolve(name);
    }

    /**
     * @param controller version 1's name of what is limited, such as {@code pids}
     * @param limit sets it for the first time
     * @return empty where this machine lets nobody limit that
     */
    static <T> Optional<T> tryMake(String controller, String name, Function<ControlGroup, T> limit) {
        ControlGroup group = new ControlGroup(controller, name);
        try {
            Files.createDirectory(group.folder);
            return Optional.of(limit.apply(group));
        } catch (IOException | UncheckedIOException e) {
            group.close();
            return Optional.empty();
        }
    }

    /** @return which of a file's two names it has here */
    String file(String inV1, String inV2) {
        return v1 ? inV1 : inV2;
    }

    Path folder() {
        return folder;
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When all processes inside have ended. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.err.println("control group " + folder + " stays: " + e.getMessage());
        }
    }
}
