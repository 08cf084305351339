package io.wirecloset.operator;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.Election.Role;
import io.wirecloset.operator.lease.Timing;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Waits for the lease, leads, and ends the process when it has lost it: what a leader has in memory is worth nothing
 * afterwards, and a new process is a standby at once.
 */
@Singleton
public final class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);
    /** An orderly end that takes longer than this is no end. */
    private static final long END_WITHIN_MS = 5_000;

    private final Election election;
    private final Instance<Term> term;
    private final Instance<Carrier> carrier;
    private final Instance<Release> release;
    private final OperatorSettings settings;
    private final ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("election").factory());
    private volatile Thread leading;

    Lifecycle(
            Election election,
            Instance<Term> term,
            Instance<Carrier> carrier,
            Instance<Release> release,
            OperatorSettings settings) {
        this.release = release;
        this.settings = settings;
        this.election = election;
        this.term = term;
        this.carrier = carrier;
    }

    void start(@Observes StartupEvent event) {
        LOG.infof("%s waits for the lease", election.self());
        steps.scheduleWithFixedDelay(this::step, 0, Timing.RETRY_MS, TimeUnit.MILLISECONDS);
    }

    private void step() {
        election.step();
        if (election.role() == Role.LEADER && leading == null) {
            leading = Thread.ofPlatform().name("term").start(this::lead);
        } else if (election.role() == Role.LOST) {
            exit();
        }
    }

    private void lead() {
        try {
            if (settings.cleanup()) {
                release.get().begin();
            } else {
                term.get().begin();
            }
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException) { // says it all; it is also what the pod's status shows
                LOG.error(e.getMessage());
            } else {
                LOG.error("the controller does not start", e);
            }
            exit();
        }
    }

    /** The node's sockets are closed on the way, within the given time or by force. */
    private void exit() {
        steps.shutdown();
        Thread.ofPlatform().daemon().name("end").start(() -> {
            try {
                Thread.sleep(END_WITHIN_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
        Quarkus.asyncExit(1);
    }

    /** In this order: nothing is signed any more when somebody else may. */
    void stop(@Observes ShutdownEvent event) {
        steps.shutdownNow();
        if (leading != null && settings.cleanup()) {
            release.get().end();
        } else if (leading != null) {
            term.get().end();
            carrier.get().close();
        }
        election.resign();
    }
}
