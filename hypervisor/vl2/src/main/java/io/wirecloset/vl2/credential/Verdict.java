package io.wirecloset.vl2.credential;

/** What checking a signature came to. */
public enum Verdict {
    OK,
    BAD,
    /** The signer's identity is not known yet: asked for, try again. */
    WAIT
}
