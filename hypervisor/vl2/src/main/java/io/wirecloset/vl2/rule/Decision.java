package io.wirecloset.vl2.rule;

/** What the rules say about a frame. */
public enum Decision {
    DROP,
    ACCEPT,
    /** Accepted although the MACs may be another's: a copy that a rule sent to an observer. Inbound only. */
    SUPER_ACCEPT,
    /** Goes to another node instead, as the last of the ruling's copies, and no further here. */
    REDIRECTED
}
