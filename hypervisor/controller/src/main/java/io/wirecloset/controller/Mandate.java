package io.wirecloset.controller;

/**
 * Whether this controller may sign, and speak in the network's name at all. With several that could, one does; who loses
 * it says nothing from then on. Asked before each signature and again before it is sent, so it has to be cheap.
 */
public interface Mandate {
    /** Of a controller that is the only one. */
    Mandate ALWAYS = () -> true;

    /** From any thread. */
    boolean holds();
}
