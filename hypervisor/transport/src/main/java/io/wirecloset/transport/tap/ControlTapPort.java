package io.wirecloset.transport.tap;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Tally;

/** The control loop's way to the host: writes through the first queue's descriptor, with a batch of its own. */
final class ControlTapPort implements FramePort {
    private static final int BATCH_BYTES = 32 * 1024;

    private final Tally<TapCount> counts = new Tally<>(TapCount.class);
    private final FrameBatch batch;

    ControlTapPort(Descriptor queue) {
        batch = new FrameBatch(queue, counts, BATCH_BYTES);
    }

    long count(TapCount kind) {
        return counts.get(kind);
    }

    /** Nothing: the queues are the lanes'. */
    @Override
    public int poll(Slab slab, Sink sink, int limit) {
        return 0;
    }

    @Override
    public void add(byte[] slot, int at, int length) {
        batch.add(slot, at, length);
    }

    @Override
    public void flush() {
        batch.flush();
    }
}
