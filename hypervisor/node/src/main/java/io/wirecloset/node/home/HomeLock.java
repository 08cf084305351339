package io.wirecloset.node.home;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * Says that a home directory is in use: two nodes of one identity would fight over every path. Held by the process, so a
 * killed one leaves nothing to clean up; the file that stays behind tells who held it last, and nothing else.
 */
public final class HomeLock implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.wirecloset.node");
    static final String FILE = "node.lock";
    private static final int PID_MAX_BYTES = 20;

    /** Of this process: the kernel's lock would be lost when the file is opened and closed once more. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path home;
    private final FileChannel file;

    private HomeLock(Path home, FileChannel file) {
        this.home = home;
        this.file = file;
    }

    /** @throws IOException if another node uses the directory; the message names its process */
    public static HomeLock take(HomeDirectory directory) throws IOException {
        Path home = directory.path().toRealPath();
        synchronized (HELD) {
            if (!HELD.add(home)) {
                throw taken(home, Long.toString(ProcessHandle.current().pid()));
            }
            try {
                return new HomeLock(home, locked(home));
            } catch (IOException e) {
                HELD.remove(home);
                throw e;
            }
        }
    }

    private static FileChannel locked(Path home) throws IOException {
        Path path = home.resolve(FILE);
        FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try {
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw taken(
                        home, Files.readString(path, StandardCharsets.US_ASCII).trim());
            }
            sayWhose(file);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** A courtesy: a file system that is full must not keep the node from starting. */
    private static void sayWhose(FileChannel file) {
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        try {
            file.write(ByteBuffer.wrap(pid), 0);
            file.truncate(pid.length);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} does not say whose it is: {1}", FILE, e.getMessage());
        }
    }

    private static IOException taken(Path home, String pid) {
        String whose = pid.isEmpty() || pid.length() > PID_MAX_BYTES ? "another process" : "process " + pid;
        return new IOException("home directory " + home + " is in use by " + whose
                + ": stop it, or give this node a directory of its own");
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            HELD.remove(home);
            file.close();
        }
    }
}
