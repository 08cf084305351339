package io.wirecloset.transport.linux;

import java.util.Map;

/** Error numbers of the kernel, by name. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ELOOP = 40;
    public static final int EBADFD = 77;
    public static final int ENOTSOCK = 88;
    public static final int EMSGSIZE = 90;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(EPERM, "EPERM, operation not permitted"),
            Map.entry(ENOENT, "ENOENT, no such file or directory"),
            Map.entry(ESRCH, "ESRCH, no such process or entry"),
            Map.entry(EINTR, "EINTR, interrupted"),
            Map.entry(EIO, "EIO, input/output error"),
            Map.entry(ENXIO, "ENXIO, no such device or address"),
            Map.entry(EBADF, "EBADF, bad descriptor"),
            Map.entry(EAGAIN, "EAGAIN, not now"),
            Map.entry(ENOMEM, "ENOMEM, out of memory"),
            Map.entry(EACCES, "EACCES, permission denied"),
            Map.entry(EFAULT, "EFAULT, bad address"),
            Map.entry(EBUSY, "EBUSY, busy"),
            Map.entry(EEXIST, "EEXIST, exists already"),
            Map.entry(ENODEV, "ENODEV, no such device"),
            Map.entry(EINVAL, "EINVAL, invalid argument"),
            Map.entry(EMFILE, "EMFILE, too many open files"),
            Map.entry(ENOSPC, "ENOSPC, no space left"),
            Map.entry(EPIPE, "EPIPE, the other side has closed"),
            Map.entry(ERANGE, "ERANGE, out of range"),
            Map.entry(ELOOP, "ELOOP, a symbolic link where none may be"),
            Map.entry(EBADFD, "EBADFD, descriptor in bad state"),
            Map.entry(ENOTSOCK, "ENOTSOCK, not a socket"),
            Map.entry(EMSGSIZE, "EMSGSIZE, message too long"),
            Map.entry(ENOPROTOOPT, "ENOPROTOOPT, option not known"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP, not supported"),
            Map.entry(EAFNOSUPPORT, "EAFNOSUPPORT, address family not supported"),
            Map.entry(EADDRINUSE, "EADDRINUSE, address in use"),
            Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL, address not available"),
            Map.entry(ENETDOWN, "ENETDOWN, network is down"),
            Map.entry(ENETUNREACH, "ENETUNREACH, network unreachable"),
            Map.entry(ECONNABORTED, "ECONNABORTED, connection aborted"),
            Map.entry(ECONNRESET, "ECONNRESET, connection reset"),
            Map.entry(ENOBUFS, "ENOBUFS, no buffer space"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT, timed out"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED, connection refused"),
            Map.entry(EHOSTUNREACH, "EHOSTUNREACH, no route to host"));

    private Errno() {}

    /** @return for example {@code "ENOENT, no such file or directory"} */
    public static String describe(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }

    /**
     * Passes a call's result on, or says what went wrong.
     *
     * @param operation what was tried, with its object: {@code "open /run/netns/blue"}
     */
    public static int check(int result, String operation) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(operation, -result);
        }
        return result;
    }

    /** As {@link #check(int, String)}, for calls that count bytes. */
    public static long check(long result, String operation) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(operation, (int) -result);
        }
        return result;
    }
}
