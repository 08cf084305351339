package io.wirecloset.vl2.rule;

/**
 * What the rules say about one frame: whether it passes, and what else is sent because of it. Held by a {@link Filter}
 * and written anew for each frame.
 */
public final class Ruling {
    // flags of EXT_FRAME (vl2.md 8)
    static final int TEE_OUTBOUND = 0x02;
    static final int WATCH_OUTBOUND = 0x16;
    static final int REDIRECT_OUTBOUND = 0x04;
    static final int TEE_INBOUND = 0x08;
    static final int WATCH_INBOUND = 0x1c;
    static final int REDIRECT_INBOUND = 0x0a;

    /** A capability's copy, the base table's copy, the redirected frame. */
    private static final int MOST_COPIES = 3;

    private final long[] to = new long[MOST_COPIES];
    private final int[] limits = new int[MOST_COPIES];
    private final int[] lengths = new int[MOST_COPIES];
    private final int[] flags = new int[MOST_COPIES];
    private int copies;
    private Decision decision = Decision.DROP;
    private int qosBucket;

    Ruling() {}

    void clear() {
        decision = Decision.DROP;
        copies = 0;
        qosBucket = 0;
    }

    void decide(Decision decided) {
        decision = decided;
    }

    /** @param limitBytes of the frame's data, 0 for all */
    void addCopy(long target, int limitBytes, int frameBytes, int extFrameFlags) {
        to[copies] = target;
        limits[copies] = limitBytes;
        lengths[copies] = limitBytes == 0 ? frameBytes : Math.min(limitBytes, frameBytes);
        flags[copies++] = extFrameFlags;
    }

    void qosBucket(int bucket) {
        qosBucket = bucket;
    }

    public Decision decision() {
        return decision;
    }

    /** Whether the frame is sent on or delivered. */
    public boolean passes() {
        return decision == Decision.ACCEPT || decision == Decision.SUPER_ACCEPT;
    }

    /** How many EXT_FRAMEs are sent because of the frame, in this order, each with its MACs and ethertype. */
    public int copies() {
        return copies;
    }

    /** The node address it goes to. */
    public long copyTo(int i) {
        return to[i];
    }

    /** How many bytes of the frame's data it carries. */
    public int copyLength(int i) {
        return lengths[i];
    }

    int copyLimit(int i) {
        return limits[i];
    }

    /** The flags byte it carries. */
    public int copyFlags(int i) {
        return flags[i];
    }

    /** Of a frame we send: 0, or what a PRIORITY entry said. */
    public int qosBucket() {
        return qosBucket;
    }
}
