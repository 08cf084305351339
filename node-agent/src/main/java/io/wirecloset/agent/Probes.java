package io.wirecloset.agent;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * Alive while its threads run; ready while pods can be attached with what is on this node, API server or not.
 *
 * <p>Two pods of an upgrade have the host's one port between them: whoever leads answers for both. So it is not ready while
 * another waits, or that one would be taken for ready before it is.
 */
public final class Probes {
    private Probes() {}

    @Produces
    @Liveness
    @Singleton
    static HealthCheck alive(RunningAgent running) {
        // before it runs there is nothing to be dead; a start that fails ends the process
        return () -> HealthCheckResponse.named("wirecloset")
                .status(running.get().map(NodeAgent::alive).orElse(true))
                .build();
    }

    @Produces
    @Readiness
    @Singleton
    static HealthCheck ready(RunningAgent running) {
        return () -> {
            if (running.removedEverything()) {
                return HealthCheckResponse.up("wirecloset removed");
            }
            String missing = running.successorWaits()
                    ? "another process is about to take over"
                    : running.get().map(NodeAgent::missing).orElse("the agent is starting");
            var response = HealthCheckResponse.named("wirecloset").status(missing.isEmpty());
            running.get().ifPresent(agent -> response.withData(
                            "address", agent.node().address())
                    .withData("online", agent.node().online())
                    .withData("apiServer", agent.watching())
                    .withData("attachments", agent.attachments().list().size()));
            return (missing.isEmpty() ? response : response.withData("missing", missing)).build();
        };
    }
}
