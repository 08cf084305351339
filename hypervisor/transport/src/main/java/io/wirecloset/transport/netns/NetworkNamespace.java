package io.wirecloset.transport.netns;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.NamespaceCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An open network namespace. Holding it open keeps it alive: close it when done.
 *
 * <p>A file that is not a network namespace is refused here, so whoever has one of these may enter it. Two are the same
 * namespace when their {@link #inode} is the same (until both are closed, when the kernel may use the number again).
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final long NSFS_MAGIC = 0x6e736673;
    private static final long NS_GET_NSTYPE = 0xb703;
    private static final Path PROC = Path.of("/proc");

    private final Descriptor descriptor;
    private final long inode;
    private final String name;

    private NetworkNamespace(Descriptor descriptor, long inode, String name) {
        this.descriptor = descriptor;
        this.inode = inode;
        this.name = name;
    }

    /**
     * @param path a mounted namespace ({@code /run/netns/…}), or one of a process ({@code /proc/…/ns/net}); only under
     *     {@code /proc} may it be a symbolic link
     */
    public static NetworkNamespace open(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        int follow = absolute.startsWith(PROC) ? 0 : FileCalls.O_NOFOLLOW;
        // not blocking: the path may be a pipe that someone put there
        Descriptor opened = Descriptor.open(absolute.toString(), FileCalls.O_RDONLY | FileCalls.O_NONBLOCK | follow);
        return adopt(opened, absolute.toString());
    }

    /** Takes over a descriptor, for example one that came through a Unix socket; closes it when it is none of this kind. */
    public static NetworkNamespace adopt(Descriptor descriptor) throws IOException {
        return adopt(descriptor, descriptor.toString());
    }

    /** The one the calling thread is in. */
    public static NetworkNamespace current() throws IOException {
        return open(Path.of("/proc/thread-self/ns/net"));
    }

    /** A new, empty one without a name; it is gone when this and all that was made from it is closed. */
    public static NetworkNamespace create() throws IOException {
        return onOwnThread("netns-create", () -> {
            Errno.check(NamespaceCalls.unshare(NamespaceCalls.CLONE_NEWNET), "unshare");
            return current();
        });
    }

    private static NetworkNamespace adopt(Descriptor descriptor, String name) throws IOException {
        try {
            long type = Errno.check(FileCalls.fileSystemType(descriptor.fd()), "fstatfs " + name);
            if (type != NSFS_MAGIC
                    || FileCalls.ioctl(descriptor.fd(), NS_GET_NSTYPE, 0) != NamespaceCalls.CLONE_NEWNET) {
                throw new LinuxException(name + " is not a network namespace", Errno.EINVAL);
            }
            return new NetworkNamespace(descriptor, descriptor.inode(), name);
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    public int fd() {
        return descriptor.fd();
    }

    public long inode() {
        return inode;
    }

    /** @return another handle of the same namespace */
    public NetworkNamespace duplicate() throws IOException {
        return new NetworkNamespace(descriptor.duplicate(), inode, name);
    }

    /**
     * Runs a task inside and waits for it.
     *
     * <p>Sockets and devices opened by the task stay inside wherever they are used afterwards. Unless the calling thread is
     * there already the task has a platform thread of its own that ends with it: a thread that could not come back would
     * poison a pool.
     *
     * @throws IOException what the task threw, if it was one; other checked exceptions come wrapped in one
     */
    public <T> T run(Callable<T> task) throws IOException {
        // the kernel asks for CAP_SYS_ADMIN also to enter where one is, and programs go without
        if (isHere()) {
            return called(task);
        }
        return onOwnThread("netns-" + inode, () -> {
            enter();
            return task.call();
        });
    }

    /**
     * As {@link #run}, but the calling thread goes itself and comes back, which saves the time for another one. For short
     * tasks that nothing else waits for.
     *
     * @throws NoWayBackError when it cannot come back; it has to end then
     */
    public <T> T visit(Callable<T> task) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            return run(task); // it would be its carrier that goes
        }
        try (NetworkNamespace home = current()) {
            if (home.inode == inode) {
                return called(task);
            }
            enter();
            try {
                return called(task);
            } finally {
                home.returnTo();
            }
        }
    }

    private boolean isHere() throws IOException {
        try (NetworkNamespace here = current()) {
            return here.inode == inode;
        }
    }

    private void enter() throws IOException {
        Errno.check(NamespaceCalls.setns(descriptor.fd(), NamespaceCalls.CLONE_NEWNET), "enter " + name);
    }

    private void returnTo() {
        int done = NamespaceCalls.setns(descriptor.fd(), NamespaceCalls.CLONE_NEWNET);
        if (done < 0) {
            throw new NoWayBackError(Errno.describe(-done));
        }
    }

    /** A thread is in a namespace that it does not belong to, and must not do anything else there. */
    public static final class NoWayBackError extends Error {
        private static final long serialVersionUID = 1;

        NoWayBackError(String why) {
            super(why);
        }
    }

    private static <T> T called(Callable<T> task) throws IOException {
        try {
            return task.call();
        } catch (Exception e) {
            throw unwrapped(e);
        }
    }

    private static <T> T onOwnThread(String threadName, Callable<T> task) throws IOException {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().name(threadName).daemon().start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    // half a set-up is worse than a late answer
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unwrapped(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException unwrapped(Throwable thrown) {
        return switch (thrown) {
            case IOException io -> io;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> new IOException(thrown.getMessage(), thrown);
        };
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
