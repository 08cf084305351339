package io.wirecloset.engine;

/** Something that does a little work when asked. A thread in production, the simulator in tests. */
public interface Duty {
    /**
     * @param nowMs monotonic milliseconds, offset so that they equaled wall time when the process started
     * @return how many things were done; 0 lets the caller rest
     */
    int doWork(long nowMs);
}
