package io.wirecloset.operator;

import io.javaoperatorsdk.operator.Operator;
import io.wirecloset.operator.host.ControllerHost;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready while the controller answers and every informer watches. */
@org.eclipse.microprofile.health.Readiness
@Singleton
public final class Readiness implements HealthCheck {
    private final ControllerHost host;
    private final Operator operator;

    Readiness(ControllerHost host, Operator operator) {
        this.host = host;
        this.operator = operator;
    }

    @Override
    public HealthCheckResponse call() {
        boolean informers = operator.getRuntimeInfo().isStarted()
                && operator.getRuntimeInfo().allEventSourcesAreHealthy();
        return HealthCheckResponse.named("wirecloset")
                .withData("controller", host.running())
                .withData("informers", informers)
                .status(host.running() && informers)
                .build();
    }
}
