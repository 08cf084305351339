package io.wirecloset.operator.lease;

import java.util.Optional;

/** A lease that can be away. */
public final class MemoryLease implements LeaseStore {
    private Lease lease;
    private int writes;
    private boolean away;

    public synchronized void away(boolean isAway) {
        away = isAway;
    }

    /** As if somebody put a label on it. */
    public synchronized void touch() {
        lease = new Lease(lease.holder(), lease.transitions(), Integer.toString(++writes));
    }

    public synchronized void delete() {
        lease = null;
    }

    @Override
    public synchronized Optional<Lease> read() {
        check();
        return Optional.ofNullable(lease);
    }

    @Override
    public synchronized Optional<Lease> write(Lease read, String holder, int transitions) {
        check();
        String expected = read == null ? "" : read.version();
        String there = lease == null ? "" : lease.version();
        if (!expected.equals(there)) {
            return Optional.empty();
        }
        lease = new Lease(holder, transitions, Integer.toString(++writes));
        return Optional.of(lease);
    }

    private void check() {
        if (away) {
            throw new IllegalStateException("the server does not answer");
        }
    }
}
