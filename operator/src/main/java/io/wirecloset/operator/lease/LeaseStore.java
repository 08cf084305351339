package io.wirecloset.operator.lease;

import java.util.Optional;

/** Where the lease is kept, so that of two writes that build on one reading one fails. Calls block. */
public interface LeaseStore {
    /**
     * The lease as read.
     *
     * @param holder empty when given back
     * @param transitions how often the holder changed
     * @param version changes with every write
     */
    record Lease(String holder, int transitions, String version) {}

    /** @throws RuntimeException when the server does not answer */
    Optional<Lease> read();

    /**
     * Makes it, or replaces exactly the one that was read.
     *
     * @param read null to make it
     * @return as written; empty when it is not any more what was read
     * @throws RuntimeException when it is not known whether it was written
     */
    Optional<Lease> write(Lease read, String holder, int transitions);
}
