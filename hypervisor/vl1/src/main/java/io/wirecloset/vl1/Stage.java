package io.wirecloset.vl1;

/** How far a lane got with a packet that it leaves to the control loop, which goes on from there. */
public enum Stage {
    /** Not judged: a datagram as it came. */
    SEALED,
    /** The same for a packet put together from fragments, its fragmented flag still set. */
    REASSEMBLED,
    /** Authenticated, decrypted and decompressed, with its header. */
    OPENED,
    /** The same, but of a session its sender did not announce. */
    STRANGE
}
