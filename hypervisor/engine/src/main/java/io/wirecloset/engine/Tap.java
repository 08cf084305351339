package io.wirecloset.engine;

/** The device of one network: a queue for each lane, and a way for the control loop to write. */
public interface Tap {
    /**
     * The queue this lane reads and writes, or null if it has none. Asked for once per lane, when the tap is added.
     *
     * @param index of the lane, from 0
     */
    FramePort lane(int index);

    /** Only written to, by the control loop; may share a queue's descriptor, but no batch with it. */
    FramePort control();
}
