package io.wirecloset.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Sees to it that one agent works on the node at a time: the lock goes with the process, however that ends. */
final class SingleInstance implements AutoCloseable {
    private static final long POLL_MS = 100;

    /** Of this process: the kernel's lock would be lost when the file is opened and closed once more. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path path;
    private final FileChannel file;

    private SingleInstance(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /** Waits for the one before, which may be stopping still. */
    static SingleInstance await(Path run, long limitMs) throws IOException {
        long until = System.nanoTime() + limitMs * 1_000_000;
        try {
            while (true) {
                Optional<SingleInstance> alone = tryIn(run);
                if (alone.isPresent()) {
                    return alone.get();
                }
                if (System.nanoTime() - until >= 0) {
                    throw new IOException("another agent works on " + run + " and does not stop");
                }
                Thread.sleep(POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** @return empty while another agent works here */
    static Optional<SingleInstance> tryIn(Path run) throws IOException {
        Files.createDirectories(
                run, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path path = run.toRealPath().resolve("lock");
        synchronized (HELD) {
            if (HELD.contains(path)) {
                return Optional.empty();
            }
            FileChannel file = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                if (file.tryLock() == null) {
                    file.close();
                    return Optional.empty();
                }
                HELD.add(path);
                return Optional.of(new SingleInstance(path, file));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            HELD.remove(path);
            file.close();
        }
    }
}
