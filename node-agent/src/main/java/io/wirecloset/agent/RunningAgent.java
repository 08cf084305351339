package io.wirecloset.agent;

import jakarta.inject.Singleton;
import java.util.Optional;

/** The agent, while this process leads: the probes are asked before and after, too. */
@Singleton
public class RunningAgent {
    private volatile NodeAgent agent;
    private volatile boolean successorWaits;
    private volatile boolean removed;

    void is(NodeAgent started) {
        agent = started;
    }

    void isNot() {
        agent = null;
    }

    void successor(boolean waits) {
        successorWaits = waits;
    }

    void hasRemoved() {
        removed = true;
    }

    /** Instead of running it has removed what agents made, and is done. */
    boolean removedEverything() {
        return removed;
    }

    Optional<NodeAgent> get() {
        return Optional.ofNullable(agent);
    }

    /** Another process is about to take over, and probes meant for it are answered here. */
    boolean successorWaits() {
        return successorWaits;
    }
}
