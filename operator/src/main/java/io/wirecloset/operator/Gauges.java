package io.wirecloset.operator;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.lease.Election;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What Prometheus is told of the operator itself; the operator SDK adds its own of the reconcilers. */
@Singleton
final class Gauges {
    void register(
            @Observes StartupEvent event,
            MeterRegistry registry,
            Served served,
            ControllerHost host,
            Election election) {
        Gauge.builder("wirecloset_networks_served", served, Served::networkCount)
                .description("Networks that the controller serves")
                .register(registry);
        Gauge.builder("wirecloset_members_known", served, Served::memberCount)
                .description("Members that the controller was told of, authorized or not")
                .register(registry);
        Gauge.builder("wirecloset_leader", election, e -> e.holds() ? 1 : 0)
                .description("1 while this operator leads and may sign")
                .register(registry);
        Gauge.builder("wirecloset_controller_running", host, h -> h.running() ? 1 : 0)
                .description("1 while the controller answers requests")
                .register(registry);
    }
}
