package io.wirecloset.engine;

/** One queue of one TAP: Ethernet frames to and from the host. Used by one lane's thread only. */
public interface FramePort {
    /**
     * Reads what the host sent, at most {@code limit} frames, each at {@link Slab#HEAD_ROOM_BYTES} of a slot. Super-frames
     * were cut to the device's MTU and have their checksums.
     *
     * @return how many went to the sink; less than the limit means that nothing more waits now
     */
    int poll(Slab slab, Sink sink, int limit);

    /** Adds a frame for the host to the batch; the bytes are copied before this returns. */
    void add(byte[] slot, int at, int length);

    /** Hands the batch to the host; what it does not take is dropped and counted by the port. */
    void flush();

    /** Takes frames from the host. */
    interface Sink {
        /** @param slot borrowed until return, as is the range in it and the head room before; may be changed */
        void frame(byte[] slot, int at, int length);
    }
}
