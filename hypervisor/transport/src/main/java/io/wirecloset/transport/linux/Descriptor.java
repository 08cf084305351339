package io.wirecloset.transport.linux;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns one open descriptor and closes it once.
 *
 * <p>Closing while another thread still uses the number is for the owner to prevent: the kernel may have given the number
 * to something else by then.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger fd;

    private Descriptor(int fd) {
        this.fd = new AtomicInteger(fd);
    }

    /** Takes over a descriptor that nobody else will close. */
    public static Descriptor adopt(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        return new Descriptor(fd);
    }

    /** @param flags of {@link FileCalls}; {@code O_CLOEXEC} is always added */
    public static Descriptor open(String path, int flags) throws LinuxException {
        return adopt(Errno.check(FileCalls.open(path, flags | FileCalls.O_CLOEXEC, 0), "open " + path));
    }

    /** @throws IllegalStateException when closed */
    public int fd() {
        int now = fd.get();
        if (now == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return now;
    }

    public boolean isOpen() {
        return fd.get() != CLOSED;
    }

    /** @return another owner of the same open file */
    public Descriptor duplicate() throws LinuxException {
        return adopt(Errno.check(FileCalls.duplicate(fd()), "dup"));
    }

    public long inode() throws LinuxException {
        return Errno.check(FileCalls.inode(fd()), "statx");
    }

    /** @return false when another open file holds the lock; it is let go with the last descriptor of this one */
    public boolean tryLock() throws IOException {
        int done = FileCalls.flock(fd(), FileCalls.LOCK_EX | FileCalls.LOCK_NB);
        if (done == -Errno.EAGAIN) {
            return false;
        }
        Errno.check(done, "flock");
        return true;
    }

    /** A second close does nothing; an error of the first cannot be acted upon, the number is free either way. */
    @Override
    public void close() {
        int now = fd.getAndSet(CLOSED);
        if (now != CLOSED) {
            FileCalls.close(now);
        }
    }

    @Override
    public String toString() {
        int now = fd.get();
        return now == CLOSED ? "descriptor (closed)" : "descriptor " + now;
    }
}
