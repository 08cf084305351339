package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CFunction.at;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    private static final CFunction OPEN = CFunction.bindVariadic("open");
    private static final CFunction CLOSE = CFunction.bind("close", 1);
    private static final CFunction READ = CFunction.bindWide("read", 3);
    private static final CFunction WRITE = CFunction.bindWide("write", 3);
    private static final CFunction PREAD = CFunction.bindWide("pread", 4);
    private static final CFunction IOCTL = CFunction.bindVariadic("ioctl");
    private static final CFunction FCNTL = CFunction.bindVariadic("fcntl");
    private static final CFunction FLOCK = CFunction.bind("flock", 2);
    private static final CFunction FCHMOD = CFunction.bind("fchmod", 2);
    private static final CFunction STATX = CFunction.bind("statx", 5);
    private static final CFunction FSTATFS = CFunction.bind("fstatfs", 2);

    private FileCalls() {}

    private static boolean isArm64() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    /** @param mode permissions of a file made by {@link #O_CREAT} */
    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.call(at(arena.allocateFrom(path)), flags, mode);
        }
    }

    public static int close(int fd) {
        return (int) CLOSE.call(fd);
    }

    /** @return bytes read, 0 at the end */
    public static long read(int fd, MemorySegment into, long lengthBytes) {
        try {
            return READ.call(fd, at(into), lengthBytes);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /** @param offset in the file @return bytes read, 0 at the end */
    public static long readAt(int fd, MemorySegment into, long lengthBytes, long offset) {
        try {
            return PREAD.call(fd, at(into), lengthBytes, offset);
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
            return WRITE.call(fd, at(from) + at, lengthBytes);
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    public static int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.call(fd, request, at(argument));
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    /** For requests whose argument is a number, not a pointer. */
    public static int ioctl(int fd, long request, long argument) {
        return (int) IOCTL.call(fd, request, argument);
    }

    /** @return another descriptor of the same open file, closed on exec */
    public static int duplicate(int fd) {
        return (int) FCNTL.call(fd, F_DUPFD_CLOEXEC, 0L);
    }

    public static int flock(int fd, int operation) {
        return (int) FLOCK.call(fd, operation);
    }

    public static int fchmod(int fd, int mode) {
        return (int) FCHMOD.call(fd, mode);
    }

    /** @return the inode number behind the descriptor */
    public static long inode(int fd) {
        // statx, because its structure is the same on every processor
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STATX_BYTES, 8);
            long done = STATX.call(fd, at(arena.allocateFrom("")), AT_EMPTY_PATH, STATX_BASIC_STATS, at(stat));
            return done < 0 ? done : stat.get(JAVA_LONG, STATX_INODE);
        }
    }

    /** @return the magic number of the file system the descriptor lies on */
    public static long fileSystemType(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STATFS_BYTES, 8);
            long done = FSTATFS.call(fd, at(stat));
            return done < 0 ? done : stat.get(JAVA_LONG, 0);
        }
    }
}
