package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CLibrary.misbound;
import static io.wirecloset.transport.linux.CLibrary.result;
import static io.wirecloset.transport.linux.CLibrary.state;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Calls on files and descriptors. A result below zero is the negated {@link Errno}.
 *
 * <p>The calls of the frame path are bound with addresses as numbers: as segments they cost some bytes of heap per call.
 */
public final class FileCalls {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    /** The one flag here whose number depends on the processor. */
    public static final int O_NOFOLLOW = isArm64() ? 0x8000 : 0x20000;

    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BYTES = 256;
    private static final int STATX_INODE = 32;
    private static final int STATFS_BYTES = 256;

    private static final MethodHandle OPEN = CLibrary.bindVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = CLibrary.bind("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = CLibrary.bind("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = CLibrary.bind("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PREAD =
            CLibrary.bind("pread", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle IOCTL = CLibrary.bindVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle IOCTL_VALUE =
            CLibrary.bindVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FCNTL =
            CLibrary.bindVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FLOCK = CLibrary.bind("flock", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle FCHMOD = CLibrary.bind("fchmod", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle STATX =
            CLibrary.bind("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle FSTATFS = CLibrary.bind("fstatfs", JAVA_INT, JAVA_INT, ADDRESS);

    private FileCalls() {}

    private static boolean isArm64() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    /** @param mode permissions of a file made by {@link #O_CREAT} */
    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            return result((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, mode), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int close(int fd) {
        try {
            MemorySegment state = state();
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @return bytes read, 0 at the end */
    public static long read(int fd, MemorySegment into, long lengthBytes) {
        try {
            MemorySegment state = state();
            return result((long) READ.invokeExact(state, fd, into.address(), lengthBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /** @param offset in the file @return bytes read, 0 at the end */
    public static long readAt(int fd, MemorySegment into, long lengthBytes, long offset) {
        try {
            MemorySegment state = state();
            return result((long) PREAD.invokeExact(state, fd, into.address(), lengthBytes, offset), state);
        } catch (Throwable t) {
            throw misbound(t);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    public static long write(int fd, MemorySegment from, long lengthBytes) {
        return write(fd, from, 0, lengthBytes);
    }

    /** @param at where in the segment the bytes begin */
    public static long write(int fd, MemorySegment from, long at, long lengthBytes) {
        Objects.checkFromIndexSize(at, lengthBytes, from.byteSize());
        try {
            MemorySegment state = state();
            return result((long) WRITE.invokeExact(state, fd, from.address() + at, lengthBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    public static int ioctl(int fd, long request, MemorySegment argument) {
        try {
            MemorySegment state = state();
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** For requests whose argument is a number, not a pointer. */
    public static int ioctl(int fd, long request, long argument) {
        try {
            MemorySegment state = state();
            return result((int) IOCTL_VALUE.invokeExact(state, fd, request, argument), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @return another descriptor of the same open file, closed on exec */
    public static int duplicate(int fd) {
        try {
            MemorySegment state = state();
            return result((int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 0L), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int flock(int fd, int operation) {
        try {
            MemorySegment state = state();
            return result((int) FLOCK.invokeExact(state, fd, operation), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int fchmod(int fd, int mode) {
        try {
            MemorySegment state = state();
            return result((int) FCHMOD.invokeExact(state, fd, mode), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @return the inode number behind the descriptor */
    public static long inode(int fd) {
        // statx, because its structure is the same on every processor
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            MemorySegment stat = arena.allocate(STATX_BYTES, 8);
            int done = result(
                    (int) STATX.invokeExact(state, fd, arena.allocateFrom(""), AT_EMPTY_PATH, STATX_BASIC_STATS, stat),
                    state);
            return done < 0 ? done : stat.get(JAVA_LONG, STATX_INODE);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @return the magic number of the file system the descriptor lies on */
    public static long fileSystemType(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            MemorySegment stat = arena.allocate(STATFS_BYTES, 8);
            int done = result((int) FSTATFS.invokeExact(state, fd, stat), state);
            return done < 0 ? done : stat.get(JAVA_LONG, 0);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }
}
