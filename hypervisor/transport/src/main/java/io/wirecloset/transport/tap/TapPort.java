package io.wirecloset.transport.tap;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.linux.Tally;
import io.wirecloset.transport.linux.Watched;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One queue of a TAP. Driven by its lane's thread alone; a queue closed meanwhile gives nothing and takes nothing.
 */
final class TapPort implements FramePort, Watched {
    /** Two super-frames. */
    private static final int BATCH_BYTES = 128 * 1024;

    // set once
    private final Descriptor queue;
    private final Tally<TapCount> counts = new Tally<>(TapCount.class);

    // this lane only
    private final MemorySegment read = Arena.ofAuto().allocate(SuperFrame.ROOM_BYTES, 8);
    private final SuperFrame current = new SuperFrame(read);
    private final FrameBatch batch;
    private boolean mayHaveData = true;

    // by whoever opens and closes the device
    private volatile Poller poller;

    // written here, read by others
    private volatile boolean gone;

    TapPort(Descriptor queue) {
        this.queue = queue;
        this.batch = new FrameBatch(queue, counts, BATCH_BYTES);
    }

    /** From now on the poller tells when to read; without one, each poll tries. */
    void watchedBy(Poller watching) throws LinuxException {
        poller = watching;
        watching.watch(this);
    }

    void unwatch() {
        Poller watching = poller;
        if (watching != null) {
            watching.unwatch(this);
        }
    }

    long count(TapCount kind) {
        return counts.get(kind);
    }

    /** The device was deleted by somebody. */
    boolean isGone() {
        return gone;
    }

    @Override
    public int fd() {
        return queue.fdInside();
    }

    @Override
    public void ready() {
        mayHaveData = true;
    }

    // ---- from the host

    @Override
    public int poll(Slab slab, Sink sink, int limit) {
        if (!mayHaveData && !current.hasNext() || !queue.enter()) {
            return 0;
        }
        try {
            byte[] slot = slab.slot(0);
            int dealt = 0;
            while (dealt < limit && (current.hasNext() || read())) {
                int length = current.next(slot, Slab.HEAD_ROOM_BYTES);
                counts.count(TapCount.READ_FRAMES);
                counts.add(TapCount.READ_BYTES, length);
                dealt++;
                sink.frame(slot, Slab.HEAD_ROOM_BYTES, length);
            }
            return dealt;
        } finally {
            queue.leave();
        }
    }

    /** @return false: nothing waits */
    private boolean read() {
        while (true) {
            long got = FileCalls.read(queue.fdInside(), read, read.byteSize());
            TapCount refused;
            if (got > 0) {
                counts.count(TapCount.READ_CALLS);
                refused = current.begin((int) got);
            } else if (tookOne((int) -got)) {
                refused = TapCount.READ_NOT_UNDERSTOOD;
            } else {
                mayHaveData = poller == null;
                gone |= got == -Errno.EBADFD;
                return false;
            }
            if (refused == null) {
                return true;
            }
            counts.count(refused);
        }
    }

    /** The kernel took a frame out of the queue and then could not describe it; others may wait behind. */
    private static boolean tookOne(int errno) {
        return errno == Errno.EINVAL || errno == Errno.EFAULT;
    }

    // ---- to the host

    @Override
    public void add(byte[] slot, int at, int length) {
        batch.add(slot, at, length);
    }

    @Override
    public void flush() {
        batch.flush();
    }
}
