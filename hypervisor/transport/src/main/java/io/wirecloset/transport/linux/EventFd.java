package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Wakes whoever polls its descriptor. Any thread may signal; the polling one drains. */
public final class EventFd implements AutoCloseable {
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1L);

    private final Descriptor descriptor;
    private final MemorySegment count = Arena.ofAuto().allocate(JAVA_LONG);

    private EventFd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    public static EventFd create() throws LinuxException {
        return new EventFd(Descriptor.adopt(Errno.check(PollCalls.eventFd(), "eventfd")));
    }

    public int fd() {
        return descriptor.fd();
    }

    /** Signals that come before the next drain become one; after closing they are for nobody. */
    public void signal() {
        if (descriptor.enter()) {
            try {
                FileCalls.write(descriptor.fdInside(), ONE, JAVA_LONG.byteSize());
            } finally {
                descriptor.leave();
            }
        }
    }

    /** @return whether there had been a signal */
    public boolean drain() {
        return FileCalls.read(descriptor.fd(), count, JAVA_LONG.byteSize()) > 0;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
