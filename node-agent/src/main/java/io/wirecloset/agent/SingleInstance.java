package io.wirecloset.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Sees to it that one agent works on the node at a time: the lock goes with the process, however that ends. */
final class SingleInstance implements AutoCloseable {
    private static final long POLL_MS = 100;

    private final FileChannel file;

    private SingleInstance(FileChannel file) {
        this.file = file;
    }

    /** Waits for the one before, which may be stopping still. */
    static SingleInstance await(Path run, long limitMs) throws IOException {
        Files.createDirectories(
                run, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel file = FileChannel.open(
                run.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            long until = System.nanoTime() + limitMs * 1_000_000;
            while (!lock(file)) {
                if (System.nanoTime() - until >= 0) {
                    throw new IOException("another agent works on " + run + " and does not stop");
                }
                Thread.sleep(POLL_MS);
            }
            return new SingleInstance(file);
        } catch (InterruptedException e) {
            file.close();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held in this very process
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
