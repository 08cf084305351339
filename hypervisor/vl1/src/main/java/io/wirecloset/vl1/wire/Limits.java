package io.wirecloset.vl1.wire;

/** How many, and how large. Ours to choose unless marked (wire). */
public final class Limits {
    /** Most bytes one {@link WireWriter} grows to: beyond every message, short of harm. */
    public static final int WRITER_BYTES = 1 << 20;
    /** Paths remembered per peer. (wire) */
    public static final int PATHS_PER_PEER = 64;
    /** Entries of each wait queue. (wire) */
    public static final int WAIT_QUEUE_ENTRIES = 32;
    /** Packets being reassembled at once. (wire) */
    public static final int REASSEMBLY_SLOTS = 32;
    /** PUSH_DIRECT_PATHS messages taken per chain. (wire) */
    public static final int PUSH_PATHS_MESSAGES = 8;
    /** Endpoints of one scope and family used per PUSH_DIRECT_PATHS. (wire) */
    public static final int PUSH_PATHS_PER_SCOPE = 8;
    /** Buckets of the identity validation gate. (wire) */
    public static final int GATE_BUCKETS = 1 << 14;
    /** Longest text of an identity, exclusive. (wire) */
    public static final int IDENTITY_TEXT_CHARS = 384;

    private Limits() {}
}
