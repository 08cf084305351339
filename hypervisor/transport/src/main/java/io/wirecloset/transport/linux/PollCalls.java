package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CLibrary.misbound;
import static io.wirecloset.transport.linux.CLibrary.result;
import static io.wirecloset.transport.linux.CLibrary.state;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that wait. A result below zero is the negated {@link Errno}. */
public final class PollCalls {
    public static final int POLLIN = 1;
    public static final int POLLOUT = 4;
    /** Bytes of one {@code struct pollfd}: descriptor at 0, wanted events at 4, found events at 6. */
    public static final int POLLFD_BYTES = 8;

    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;

    private static final MethodHandle POLL = CLibrary.bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = CLibrary.bind("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CTL =
            CLibrary.bind("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT =
            CLibrary.bind("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD = CLibrary.bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);

    private PollCalls() {}

    /** @param timeoutMs -1 waits for ever */
    public static int poll(MemorySegment pollFds, int count, int timeoutMs) {
        try {
            MemorySegment state = state();
            return result((int) POLL.invokeExact(state, pollFds, (long) count, timeoutMs), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    static int epollCreate() {
        try {
            MemorySegment state = state();
            return result((int) EPOLL_CREATE.invokeExact(state, EPOLL_CLOEXEC), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    static int epollControl(int epollFd, int operation, int fd, MemorySegment event) {
        try {
            MemorySegment state = state();
            return result((int) EPOLL_CTL.invokeExact(state, epollFd, operation, fd, event), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    static int epollWait(int epollFd, MemorySegment events, int limit, int timeoutMs) {
        try {
            MemorySegment state = state();
            return result((int) EPOLL_WAIT.invokeExact(state, epollFd, events, limit, timeoutMs), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    static int eventFd() {
        try {
            MemorySegment state = state();
            return result((int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC | EFD_NONBLOCK), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }
}
