package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CFunction.at;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

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

    private static final CFunction POLL = CFunction.bind("poll", 3);
    private static final CFunction EPOLL_CREATE = CFunction.bind("epoll_create1", 1);
    private static final CFunction EPOLL_CTL = CFunction.bind("epoll_ctl", 4);
    private static final CFunction EPOLL_WAIT = CFunction.bind("epoll_wait", 4);
    private static final CFunction EVENTFD = CFunction.bind("eventfd", 2);

    private PollCalls() {}

    /** @param timeoutMs -1 waits for ever */
    public static int poll(MemorySegment pollFds, int count, int timeoutMs) {
        try {
            return (int) POLL.call(at(pollFds), count, timeoutMs);
        } finally {
            Reference.reachabilityFence(pollFds);
        }
    }

    static int epollCreate() {
        return (int) EPOLL_CREATE.call(EPOLL_CLOEXEC);
    }

    static int epollControl(int epollFd, int operation, int fd, MemorySegment event) {
        try {
            return (int) EPOLL_CTL.call(epollFd, operation, fd, at(event));
        } finally {
            Reference.reachabilityFence(event);
        }
    }

    static int epollWait(int epollFd, MemorySegment events, int limit, int timeoutMs) {
        try {
            return (int) EPOLL_WAIT.call(epollFd, at(events), limit, timeoutMs);
        } finally {
            Reference.reachabilityFence(events);
        }
    }

    static int eventFd() {
        return (int) EVENTFD.call(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
}
