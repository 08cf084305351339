package io.wirecloset.operator.lease;

import io.wirecloset.controller.Mandate;
import io.wirecloset.operator.lease.LeaseStore.Lease;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One candidate for the lease. Time is the candidate's own, monotonic: a lease is free when it has not changed for
 * {@link Timing#DURATION_MS} since this candidate saw it first, and its holder relies on it for
 * {@link Timing#RELIED_ON_MS} from when it began to renew it. The one ends after the other, whatever the clocks on the
 * walls say, and also when a process was stopped in between.
 *
 * <p>A holder that was stopped or cut off may renew late: that the write succeeds proves that nobody had it meanwhile. Until
 * then it has no mandate, but goes on as what else it is, a root perhaps, whose relaying nobody should miss because an API
 * server is away. When somebody else has the lease, it is over for good.
 */
public final class Election implements Mandate {
    private static final Logger LOG = Logger.getLogger(Election.class);
    private static final Lease DELETED = new Lease("", 0, "");

    /** What a candidate is. */
    public enum Role {
        STANDBY,
        LEADER,
        /** Was the leader; never will be again. */
        LOST
    }

    private final LeaseStore store;
    private final String self;
    private final LongSupplier monotonicMs;

    private volatile Role role = Role.STANDBY;
    private volatile long reliedOnUntilMs = Long.MIN_VALUE;
    private volatile boolean heard;

    // the thread that takes the steps
    private Lease seen;
    private long seenSinceMs;
    private boolean complained;

    /** @param self another for every process, also for the same one started again */
    public Election(LeaseStore store, String self, LongSupplier monotonicMs) {
        this.store = store;
        this.self = self;
        this.monotonicMs = monotonicMs;
    }

    public String self() {
        return self;
    }

    public Role role() {
        return role;
    }

    /** Whether the server has answered at all. */
    public boolean heard() {
        return heard;
    }

    @Override
    public boolean holds() {
        return role == Role.LEADER && monotonicMs.getAsLong() < reliedOnUntilMs;
    }

    /** To be called every {@link Timing#RETRY_MS} by one thread; may block as long as a request. */
    public void step() {
        long beganMs = monotonicMs.getAsLong();
        try {
            switch (role) {
                case STANDBY -> look(beganMs);
                case LEADER -> renew(beganMs);
                case LOST -> {}
            }
            heard = true;
            complained = false;
        } catch (RuntimeException e) {
            if (!complained) {
                LOG.warnf("the lease cannot be read or written: %s", e.getMessage());
                complained = true;
            }
            // What a standby cannot see does not count as time in which the leader did not renew.
            seenSinceMs = monotonicMs.getAsLong();
        }
    }

    private void look(long beganMs) {
        Optional<Lease> found = store.read();
        if (found.isEmpty()) {
            whereNoneIs(beganMs);
        } else if (found.get().holder().isEmpty()) {
            take(found.get(), found.get().transitions() + 1, beganMs);
        } else if (seen == null || !seen.version().equals(found.get().version())) {
            seen = found.get();
            seenSinceMs = monotonicMs.getAsLong();
        } else if (beganMs - seenSinceMs >= Timing.DURATION_MS) {
            take(found.get(), found.get().transitions() + 1, beganMs);
        }
    }

    /** The first of all makes it. When there was one, its holder may not know yet that it was deleted. */
    private void whereNoneIs(long beganMs) {
        if (seen == null) {
            take(null, 0, beganMs);
        } else if (!seen.equals(DELETED)) {
            seen = DELETED;
            seenSinceMs = monotonicMs.getAsLong();
        } else if (beganMs - seenSinceMs >= Timing.DURATION_MS) {
            take(null, 0, beganMs);
        }
    }

    private void take(Lease read, int transitions, long beganMs) {
        store.write(read, self, transitions).ifPresent(written -> {
            LOG.infof("%s leads, term %d", self, transitions);
            hold(written, beganMs);
            role = Role.LEADER;
        });
    }

    private void hold(Lease written, long beganMs) {
        seen = written;
        reliedOnUntilMs = beganMs + Timing.RELIED_ON_MS;
    }

    private void renew(long beganMs) {
        Optional<Lease> written = store.write(seen, self, seen.transitions());
        if (written.isPresent()) {
            hold(written.get(), beganMs);
            return;
        }
        Optional<Lease> now = store.read();
        if (now.isPresent() && now.get().holder().equals(self) && now.get().transitions() == seen.transitions()) {
            seen = now.get(); // ours still; somebody has put a label on it
        } else {
            lose(now.map(l -> l.holder().isEmpty() ? "it was taken away" : l.holder() + " has it")
                    .orElse("it was deleted"));
        }
    }

    private void lose(String why) {
        role = Role.LOST;
        LOG.warnf("%s leads no more: %s", self, why);
    }

    /** Gives the lease back, so that nobody has to wait for its end. What it was needed for has to have stopped before. */
    public void resign() {
        boolean led = role == Role.LEADER;
        role = Role.LOST;
        if (led) {
            try {
                store.write(seen, "", seen.transitions());
            } catch (RuntimeException e) {
                LOG.infof("the lease is not given back, it ends by itself: %s", e.getMessage());
            }
        }
    }
}
