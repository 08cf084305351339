package io.wirecloset.bench;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Slab;
import io.wirecloset.engine.Tap;
import java.util.Arrays;

/** A tap whose host sends the same frame as often as told, and counts what it gets. Allocates nothing. */
final class MemoryFrames implements Tap, FramePort {
    private final byte[] frame;
    private final byte[] received = new byte[Slab.CAPACITY_BYTES];
    private int toSend;
    private int receivedFrames;
    private int receivedLength;

    MemoryFrames(byte[] frame) {
        this.frame = frame;
    }

    void send(int frames) {
        toSend = frames;
    }

    int receivedFrames() {
        return receivedFrames;
    }

    /** The last frame that arrived. */
    byte[] received() {
        return Arrays.copyOf(received, receivedLength);
    }

    @Override
    public FramePort lane(int index) {
        return index == 0 ? this : null;
    }

    @Override
    public FramePort control() {
        return this;
    }

    @Override
    public int poll(Slab slab, Sink sink, int limit) {
        int count = Math.min(toSend, limit);
        for (int i = 0; i < count; i++) {
            byte[] slot = slab.slot(i % slab.slots());
            System.arraycopy(frame, 0, slot, Slab.HEAD_ROOM_BYTES, frame.length);
            sink.frame(slot, Slab.HEAD_ROOM_BYTES, frame.length);
        }
        toSend -= count;
        return count;
    }

    @Override
    public void add(byte[] slot, int at, int length) {
        System.arraycopy(slot, at, received, 0, length);
        receivedLength = length;
        receivedFrames++;
    }

    @Override
    public void flush() {}
}
