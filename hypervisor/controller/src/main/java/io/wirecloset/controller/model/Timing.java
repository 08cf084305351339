package io.wirecloset.controller.model;

/** How long things last for a controller, in milliseconds. Those marked (wire) are habits members count on. */
public final class Timing {
    /** One member's requests for one network are answered at most this often. (wire) */
    public static final long REQUEST_INTERVAL_MS = 1_000;
    /** A member is online for this long after its last request. (wire) */
    public static final long ONLINE_MS = 120_000;
    /** How far credentials of two members may be apart in time, unless the network says otherwise. (wire) */
    public static final long CREDENTIAL_WINDOW_MS = 1_800_000;
    /** The least it can be set to. (wire) */
    public static final long CREDENTIAL_WINDOW_MIN_MS = 300_000;
    /** The most it can be set to. (wire) */
    public static final long CREDENTIAL_WINDOW_MAX_MS = 7_200_000;
    /**
     * How far ahead the signing clock is reserved. After a crash timestamps go on from there, so it must stay well inside
     * the smallest credential window: else members that renewed and members that did not yet would disagree.
     */
    public static final long CLOCK_RESERVE_MS = CREDENTIAL_WINDOW_MIN_MS / 3;
    /** A store that has not answered for this long is taken to have failed. */
    public static final long COMMIT_TIMEOUT_MS = 30_000;
    /** After a failed reservation of the signing clock the next attempt. */
    public static final long CLOCK_RETRY_MS = 5_000;

    private Timing() {}
}
