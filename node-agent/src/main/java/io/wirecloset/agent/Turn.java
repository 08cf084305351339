package io.wirecloset.agent;

import io.wirecloset.vl1.identity.Identity;
import java.io.IOException;

/**
 * The right to be the one agent of this node, and what came with it. Closed when nobody has begun to use it.
 *
 * @param alone the lock, the new agent's from now on
 * @param estate of the agent before, the new agent's from now on
 * @param verified checked already whether its address follows from its key; null when nothing was checked
 */
record Turn(SingleInstance alone, Estate estate, Identity verified) implements AutoCloseable {
    static Turn fresh(SingleInstance alone) {
        return new Turn(alone, Estate.NOTHING, null);
    }

    @Override
    public void close() throws IOException {
        estate.close();
        alone.close();
    }
}
