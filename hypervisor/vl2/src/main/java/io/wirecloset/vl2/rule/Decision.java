package io.wirecloset.vl2.rule;

/** What a rule table says about a frame. */
public enum Decision {
    DROP,
    ACCEPT,
    /** Accepted although the MACs may be another's: a copy that a rule sent to an observer. */
    SUPER_ACCEPT,
    /** The table has entries this version does not evaluate: the frame must not pass. */
    NOT_SUPPORTED
}
