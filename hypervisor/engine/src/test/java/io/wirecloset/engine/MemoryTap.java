package io.wirecloset.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;

/** A tap with one queue, held by a test instead of a kernel. Frames for the host arrive when the port is flushed. */
final class MemoryTap implements Tap {
    private final Deque<byte[]> fromHost = new ArrayDeque<>();
    private final Runnable wakeLane;
    private Consumer<byte[]> toHost = frame -> {};

    MemoryTap(Runnable wakeLane) {
        this.wakeLane = wakeLane;
    }

    /** Who gets the frames that leave the network for the host. */
    void host(Consumer<byte[]> newHost) {
        toHost = newHost;
    }

    /** The host sends a frame into the network. */
    void send(byte[] frame) {
        fromHost.add(frame);
        wakeLane.run();
    }

    int waiting() {
        return fromHost.size();
    }

    @Override
    public FramePort lane(int index) {
        return index == 0 ? new Port() : null;
    }

    @Override
    public FramePort control() {
        return new Port();
    }

    private final class Port implements FramePort {
        private final Deque<byte[]> batch = new ArrayDeque<>();

        @Override
        public int poll(Slab slab, Sink sink, int limit) {
            int count = 0;
            for (byte[] frame; count < limit && (frame = fromHost.poll()) != null; count++) {
                byte[] slot = slab.slot(count % slab.slots());
                System.arraycopy(frame, 0, slot, Slab.HEAD_ROOM_BYTES, frame.length);
                sink.frame(slot, Slab.HEAD_ROOM_BYTES, frame.length);
            }
            return count;
        }

        @Override
        public void add(byte[] slot, int at, int length) {
            batch.add(Arrays.copyOfRange(slot, at, at + length));
        }

        @Override
        public void flush() {
            for (byte[] frame; (frame = batch.poll()) != null; ) toHost.accept(frame);
        }
    }
}
