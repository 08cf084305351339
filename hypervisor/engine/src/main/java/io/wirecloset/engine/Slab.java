package io.wirecloset.engine;

import io.wirecloset.vl2.wire.Limits;

/**
 * The slots of one lane, taken once. Each has head room, so that headers can be written in front of what was read, and
 * slack behind, for what sealing and checksums append.
 *
 * <pre>
 *   | HEAD_ROOM_BYTES | up to CAPACITY_BYTES: a frame or a packet | SLACK_BYTES |
 * </pre>
 *
 * A port that is polled with a slab may use all slots until its poll returns; what its sink was given is borrowed until
 * the sink returns.
 */
public final class Slab {
    /** The 28 bytes of a VL1 header and the largest EXT_FRAME header fit, and the bytes behind stay aligned. */
    public static final int HEAD_ROOM_BYTES = Limits.HEAD_ROOM_BYTES;
    /** One block of whatever cipher. */
    public static final int SLACK_BYTES = Limits.SLACK_BYTES;
    /** More than the largest VL1 packet (10,024) and the largest frame (14 + 10,000). */
    public static final int CAPACITY_BYTES = 10_240 - HEAD_ROOM_BYTES - SLACK_BYTES;

    private final byte[][] slots;

    public Slab(int slots) {
        this.slots = new byte[slots][HEAD_ROOM_BYTES + CAPACITY_BYTES + SLACK_BYTES];
    }

    public int slots() {
        return slots.length;
    }

    /** A slot; what is read into it begins at {@link #HEAD_ROOM_BYTES}. */
    public byte[] slot(int index) {
        return slots[index];
    }
}
