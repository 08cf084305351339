package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/**
 * What one of our own nodes says to a peer that may be one too. Nodes that are not ours count it as received and do nothing,
 * as with every verb they do not know.
 *
 * <pre>
 *  0  8  magic
 *  8  1  version, 1; a higher one is read as far as it is understood, and answered with ours
 *  9  8  challenge, to be repeated in the answer; 0: no answer needed
 * 17  8  answer: the challenge of the other side; 0: none
 * 25     options until the end: type (1), length (2), value; unknown types are skipped
 *
 *  option 1, packet ids of this session, in answers only: key (16), then of each lane the first counter not used yet (8)
 * </pre>
 *
 * Whatever it carries is believed only together with the right answer: it is encrypted and authentic like every packet, but
 * might be an old one that somebody repeats.
 *
 * @param ids null if not told
 */
public record Negotiate(int version, long challenge, long answer, SessionIds ids) {
    public static final int VERSION = 1;
    /** "wirclset" */
    static final long MAGIC = 0x7769_7263_6c73_6574L;

    private static final int OPTION_PACKET_IDS = 1;
    private static final int KEY_BYTES = 16;
    private static final int COUNTER_BYTES = 8;

    /** @return null if it is something else of the same verb, or of no version */
    public static Negotiate read(WireReader in) {
        if (in.remaining() < Long.BYTES || in.u64() != MAGIC) {
            return null;
        }
        int version = in.u8();
        if (version == 0) {
            return null;
        }
        long challenge = in.u64();
        long answer = in.u64();
        SessionIds ids = null;
        while (in.hasRemaining()) {
            int type = in.u8();
            WireReader value = in.slice(in.u16());
            if (type == OPTION_PACKET_IDS && ids == null) {
                ids = readIds(value);
            }
        }
        return new Negotiate(version, challenge, answer, ids);
    }

    /** @return null if it is of a shape we make no use of */
    private static SessionIds readIds(WireReader in) {
        long keyHigh = in.u64();
        long keyLow = in.u64();
        int lanes = in.remaining() / COUNTER_BYTES;
        if (lanes == 0 || lanes > Limits.SESSION_LANES || in.remaining() % COUNTER_BYTES != 0) {
            return null;
        }
        long[] floors = new long[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            floors[lane] = in.u64();
            if (floors[lane] < 0 || floors[lane] > OutgoingIds.COUNTERS) {
                return null;
            }
        }
        return new SessionIds(keyHigh, keyLow, floors);
    }

    public void write(WireWriter out) {
        out.u64(MAGIC).u8(version).u64(challenge).u64(answer);
        if (ids != null) {
            out.u8(OPTION_PACKET_IDS).u16(KEY_BYTES + COUNTER_BYTES * ids.floors().length);
            out.u64(ids.keyHigh()).u64(ids.keyLow());
            for (long floor : ids.floors()) {
                out.u64(floor);
            }
        }
    }
}
