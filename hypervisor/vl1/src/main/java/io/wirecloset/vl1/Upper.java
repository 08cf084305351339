package io.wirecloset.vl1;

/** What stands above VL1. Called on the control loop; everything received is borrowed until return. */
public interface Upper {
    /** A packet with a verb VL1 does not own. A payload that does not parse is {@link Handled#MALFORMED}, never an exception. */
    Handled onVerb(Received packet, long nowMs);

    /**
     * An expected OK for a verb VL1 does not own.
     *
     * @param packet its payload begins behind the in-re fields
     * @param inReId id on the wire of the packet answered
     */
    Handled onOk(Received packet, int inReVerb, long inReId, long nowMs);

    /**
     * An ERROR, but identity collisions. Errors are not checked against what was asked; who is believed depends on the
     * code (notes on verbs, ERROR).
     *
     * @param packet its payload begins behind the error code
     */
    Handled onError(Received packet, int inReVerb, long inReId, int code, long nowMs);

    /** What became of a packet. */
    enum Handled {
        /** Understood and of no consequence; the sender counts as heard. */
        IGNORED,
        /** Done; the sender counts as heard. */
        DONE,
        /** Done, and it proved that the peer belongs to a network of ours. */
        TRUSTED,
        /** Cannot be judged yet: kept for a few seconds and shown again. The sender counts as heard. */
        HOLD,
        /** Does not parse: the packet has no effect at all. */
        MALFORMED
    }
}
