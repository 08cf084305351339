package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Waits for many descriptors at once, level-triggered unless said otherwise. One thread awaits; any thread may add and remove. */
public final class Epoll implements AutoCloseable {
    public static final int IN = 1;
    public static final int OUT = 4;

    // struct epoll_event is packed on x86-64 alone
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENTS = 0;
    private static final int TAG = PACKED ? 4 : 8;
    private static final int EVENT_BYTES = PACKED ? 12 : 16;

    private final Descriptor descriptor;
    private final int limit;
    private final MemorySegment found;

    private Epoll(Descriptor descriptor, int limit) {
        this.descriptor = descriptor;
        this.limit = limit;
        this.found = Arena.ofAuto().allocate((long) EVENT_BYTES * limit, 8);
    }

    /** @param limit most events one {@link #await} returns */
    public static Epoll create(int limit) throws LinuxException {
        return new Epoll(Descriptor.adopt(Errno.check(PollCalls.epollCreate(), "epoll_create1")), limit);
    }

    /** @param tag comes back in {@link #tag} */
    public void add(int fd, int events, long tag) throws LinuxException {
        control(PollCalls.EPOLL_CTL_ADD, fd, events, tag);
    }

    public void modify(int fd, int events, long tag) throws LinuxException {
        control(PollCalls.EPOLL_CTL_MOD, fd, events, tag);
    }

    /** Harmless when the descriptor is not (or no longer) among them, or this is closed. */
    public void remove(int fd) {
        if (!descriptor.enter()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            PollCalls.epollControl(descriptor.fdInside(), PollCalls.EPOLL_CTL_DEL, fd, arena.allocate(EVENT_BYTES, 8));
        } finally {
            descriptor.leave();
        }
    }

    private void control(int operation, int fd, int events, long tag) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES, 8);
            event.set(JAVA_INT, EVENTS, events);
            event.set(JAVA_LONG_UNALIGNED, TAG, tag);
            Errno.check(PollCalls.epollControl(descriptor.fd(), operation, fd, event), "epoll_ctl " + fd);
        }
    }

    /**
     * @param timeoutMs -1 waits for ever
     * @return how many events can be read by {@link #events} and {@link #tag}; 0 after the time, or an interruption
     */
    public int await(int timeoutMs) {
        int count = PollCalls.epollWait(descriptor.fd(), found, limit, timeoutMs);
        return Math.max(count, 0);
    }

    /** @return bits of {@link #IN}, {@link #OUT}, and those of errors and hang-ups */
    public int events(int i) {
        return found.get(JAVA_INT, (long) i * EVENT_BYTES + EVENTS);
    }

    public long tag(int i) {
        return found.get(JAVA_LONG_UNALIGNED, (long) i * EVENT_BYTES + TAG);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
