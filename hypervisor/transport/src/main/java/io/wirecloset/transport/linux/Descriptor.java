package io.wirecloset.transport.linux;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns one open descriptor and closes it once.
 *
 * <p>Where one thread closes while others may be using the number, those {@link #enter} and {@link #leave} around the use:
 * the number is then given back only when the last of them has left, so it never means something else under their hands.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = 1 << 31;

    private final int fd;
    /** How many are inside, and whether it is closed. */
    private final AtomicInteger state = new AtomicInteger();

    private Descriptor(int fd) {
        this.fd = fd;
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
        if (!isOpen()) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return fd;
    }

    public boolean isOpen() {
        return state.get() >= 0;
    }

    /** @return false when closed; after true, {@link #leave} must follow */
    public boolean enter() {
        int now = state.get();
        while (now >= 0 && !state.compareAndSet(now, now + 1)) {
            now = state.get();
        }
        return now >= 0;
    }

    public void leave() {
        if (state.decrementAndGet() == CLOSED) {
            FileCalls.close(fd);
        }
    }

    /** The number for those inside, open until they leave. */
    public int fdInside() {
        return fd;
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
        if (state.getAndUpdate(now -> now | CLOSED) == 0) {
            FileCalls.close(fd);
        }
    }

    @Override
    public String toString() {
        return isOpen() ? "descriptor " + fd : "descriptor (closed)";
    }
}
