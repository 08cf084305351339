package io.wirecloset.engine;

import io.wirecloset.vl1.identity.Identity;

/**
 * Computes elsewhere whether an address follows from its public key: a tenth of a second and more, so never on the control
 * loop. Asked for one identity at a time.
 */
@FunctionalInterface
public interface Validation {
    /** Starts the computation; its result goes to {@link Engine#onValidated}, from any thread, also before this returns. */
    void submit(Identity identity);
}
