package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Listens on a Unix stream socket in the file system.
 *
 * <p>One thread accepts; any thread may close, which wakes the accepting one. The file has its final permissions from the
 * moment it exists, and a file left by a process that is gone is replaced.
 */
public final class UnixServerSocket implements AutoCloseable {
    private static final int FAMILY_BYTES = 2;
    private static final int PATH_LIMIT_BYTES = 107;
    private static final int FOUND_EVENTS = 6;
    private static final int ADDRESS_BYTES = FAMILY_BYTES + PATH_LIMIT_BYTES + 1;

    private final Path path;
    private final Descriptor descriptor;
    private final EventFd stop;

    // guarded by this
    private boolean accepting;
    private boolean closed;

    private UnixServerSocket(Path path, Descriptor descriptor, EventFd stop) {
        this.path = path;
        this.descriptor = descriptor;
        this.stop = stop;
    }

    /**
     * @param path at most 107 bytes
     * @param mode permissions of the file, for example {@code 0600}
     * @param backlog connections the kernel holds until they are accepted
     * @throws LinuxException {@code EADDRINUSE} when another process listens there
     */
    public static UnixServerSocket listen(Path path, int mode, int backlog) throws IOException {
        removeIfDead(path);
        Descriptor descriptor = newSocket();
        try (Arena arena = Arena.ofConfined()) {
            // bind gives the file the mode of the socket's inode: no moment in which others could connect
            Errno.check(FileCalls.fchmod(descriptor.fd(), mode), "fchmod of a socket");
            Errno.check(SocketCalls.bind(descriptor.fd(), address(arena, path), ADDRESS_BYTES), "listen on " + path);
            Errno.check(SocketCalls.listen(descriptor.fd(), backlog), "listen on " + path);
            return new UnixServerSocket(path, descriptor, EventFd.create());
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /**
     * Waits for the next connection.
     *
     * @return null once this is closed
     */
    public UnixConnection accept() throws IOException {
        if (!enter()) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polled = arena.allocate(2L * PollCalls.POLLFD_BYTES, 4);
            pollFor(polled, 0, descriptor.fd());
            pollFor(polled, 1, stop.fd());
            while (!isClosed()) {
                int ready = PollCalls.poll(polled, 2, -1);
                if (ready < 0 && ready != -Errno.EINTR) {
                    Errno.check(ready, "poll");
                }
                if (polled.get(JAVA_SHORT, FOUND_EVENTS) == 0 || isClosed()) {
                    continue;
                }
                int fd = SocketCalls.accept(descriptor.fd(), SocketCalls.SOCK_CLOEXEC);
                if (fd >= 0) {
                    return new UnixConnection(Descriptor.adopt(fd));
                }
                if (!passesByItself(-fd)) {
                    Errno.check(fd, "accept on " + path);
                }
            }
            return null;
        } finally {
            leave();
        }
    }

    // While a thread is in accept, the descriptors stay open; the last to leave closes them.

    private synchronized boolean enter() {
        if (accepting) {
            throw new IllegalStateException("two threads accept on " + path);
        }
        accepting = !closed;
        return accepting;
    }

    private synchronized void leave() {
        accepting = false;
        if (closed) {
            release();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void release() {
        descriptor.close();
        stop.close();
    }

    private static boolean passesByItself(int errno) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED;
    }

    /** Connects to a listener. */
    public static UnixConnection connect(Path path) throws IOException {
        Descriptor descriptor = newSocket();
        try (Arena arena = Arena.ofConfined()) {
            Errno.check(
                    SocketCalls.connect(descriptor.fd(), address(arena, path), ADDRESS_BYTES), "connect to " + path);
            return new UnixConnection(descriptor);
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** Stops listening and removes the file. Connections already accepted live on. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // left behind: the next listener finds it dead and replaces it
        }
        stop.signal();
        if (!accepting) {
            release();
        }
    }

    private static Descriptor newSocket() throws LinuxException {
        return Descriptor.adopt(Errno.check(
                SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM | SocketCalls.SOCK_CLOEXEC, 0),
                "socket"));
    }

    /** A socket file nobody listens behind any more only gets in the way. */
    private static void removeIfDead(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            connect(path).close();
        } catch (LinuxException e) {
            if (e.errno() == Errno.ECONNREFUSED && isSocket(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }

    private static MemorySegment address(Arena arena, Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_LIMIT_BYTES) {
            throw new IOException("a Unix socket's path has at most " + PATH_LIMIT_BYTES + " bytes: " + path);
        }
        MemorySegment address = arena.allocate(ADDRESS_BYTES, 2);
        address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, FAMILY_BYTES, name.length);
        return address;
    }

    private static void pollFor(MemorySegment polled, int index, int fd) {
        long at = (long) index * PollCalls.POLLFD_BYTES;
        polled.set(JAVA_INT, at, fd);
        polled.set(JAVA_SHORT, at + 4, (short) PollCalls.POLLIN);
    }
}
