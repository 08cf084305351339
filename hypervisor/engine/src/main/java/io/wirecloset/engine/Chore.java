package io.wirecloset.engine;

/** Something else that has its home on the control loop, such as a network controller. */
@FunctionalInterface
public interface Chore {
    /** Does what is due. @return when to be asked next, at the latest */
    long poll(long nowMs);
}
