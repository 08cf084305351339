package io.wirecloset.operator;

import io.javaoperatorsdk.operator.Operator;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.Election.Role;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** A leader is ready while the controller answers and every informer watches, a standby once it sees the lease. */
@org.eclipse.microprofile.health.Readiness
@Singleton
public final class Readiness implements HealthCheck {
    private final ControllerHost host;
    private final Operator operator;
    private final Election election;

    Readiness(ControllerHost host, Operator operator, Election election) {
        this.election = election;
        this.host = host;
        this.operator = operator;
    }

    @Override
    public HealthCheckResponse call() {
        if (election.role() == Role.STANDBY) {
            return HealthCheckResponse.named("wirecloset")
                    .withData("role", "standby")
                    .status(election.heard())
                    .build();
        }
        boolean informers = operator.getRuntimeInfo().isStarted()
                && operator.getRuntimeInfo().allEventSourcesAreHealthy();
        return HealthCheckResponse.named("wirecloset")
                .withData("role", "leader")
                .withData("controller", host.running())
                .withData("informers", informers)
                .status(host.running() && informers)
                .build();
    }
}
