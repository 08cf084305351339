package io.wirecloset.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.wirecloset.operator.host.ControllerHost;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What an operator does while it leads, in the order of coming up: what the API server holds, then the controller, then
 * the agents may know, then reconciling. Once in a process: who has led starts anew.
 */
@Singleton
public final class Term {
    private static final Logger LOG = Logger.getLogger(Term.class);
    private static final long PUBLISH_EVERY_S = 20;

    private final KubernetesClient client;
    private final ControllerHost host;
    private final Served served;
    private final ClusterInfoPublisher publisher;
    private final Surroundings surroundings;
    private final Operator operator;
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());

    Term(
            KubernetesClient client,
            ControllerHost host,
            Served served,
            ClusterInfoPublisher publisher,
            Surroundings surroundings,
            Operator operator) {
        this.client = client;
        this.host = host;
        this.served = served;
        this.publisher = publisher;
        this.surroundings = surroundings;
        this.operator = operator;
    }

    void begin() {
        Resources.load(client, host, served, surroundings.namespace());
        host.start();
        LOG.infof("controller %010x listens on %s", host.address(), host.endpoints());
        publisher.publish();
        housekeeping.scheduleWithFixedDelay(this::publishAgain, PUBLISH_EVERY_S, PUBLISH_EVERY_S, TimeUnit.SECONDS);
        operator.start();
    }

    /** What is thrown would end the schedule. */
    private void publishAgain() {
        try {
            publisher.publish();
        } catch (RuntimeException e) {
            LOG.warnf("the cluster's roots and controllers cannot be published, agents use what they know: %s", e);
        }
    }

    /** Ends what {@link #begin} began, also when it did not get far. */
    void end() {
        housekeeping.shutdownNow();
        operator.stop();
    }
}
