package io.wirecloset.operator.lease;

/** How long things last in an election, in milliseconds. A takeover takes at most {@link #DURATION_MS} and two tries. */
public final class Timing {
    /** A lease that nobody has renewed for this long, by the clock of who looks, is free. */
    public static final long DURATION_MS = 12_000;
    /** How long its holder relies on it after it began to renew it: shorter, as clocks do not run alike. */
    public static final long RELIED_ON_MS = 8_000;
    /** Between two looks, or two renewals. */
    public static final long RETRY_MS = 2_000;
    /** A request about the lease that takes longer has failed. */
    public static final int REQUEST_TIMEOUT_MS = 3_000;

    private Timing() {}
}
