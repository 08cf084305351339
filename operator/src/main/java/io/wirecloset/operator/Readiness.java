package io.wirecloset.operator;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.Election.Role;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** An operator that cleans up is ready once nothing waits for it. A leader is ready while the controller answers and every informer watches, a standby once it sees the lease. */
@org.eclipse.microprofile.health.Readiness
@Singleton
public final class Readiness implements HealthCheck {
    private final Instance<ControllerHost> host;
    private final Instance<Operator> operator;
    private final Election election;
    private final Instance<Release> release;
    private final OperatorSettings settings;

    Readiness(
            Instance<ControllerHost> host,
            Instance<Operator> operator,
            Election election,
            Instance<Release> release,
            OperatorSettings settings) {
        this.release = release;
        this.settings = settings;
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
        if (settings.cleanup()) {
            return HealthCheckResponse.named("wirecloset")
                    .withData("role", "releases everything")
                    .status(release.get().isDone())
                    .build();
        }
        RuntimeInfo running = operator.get().getRuntimeInfo();
        boolean informers = running.isStarted() && running.allEventSourcesAreHealthy();
        boolean answers = host.get().running();
        return HealthCheckResponse.named("wirecloset")
                .withData("role", "leader")
                .withData("controller", answers)
                .withData("informers", informers)
                .status(answers && informers)
                .build();
    }
}
