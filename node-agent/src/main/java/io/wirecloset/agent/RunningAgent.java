package io.wirecloset.agent;

import jakarta.inject.Singleton;
import java.util.Optional;

/** The agent, once it runs: the probes are asked before, too. */
@Singleton
public class RunningAgent {
    private volatile NodeAgent agent;

    void is(NodeAgent started) {
        agent = started;
    }

    void isNot() {
        agent = null;
    }

    Optional<NodeAgent> get() {
        return Optional.ofNullable(agent);
    }
}
