package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.WireReader;
import java.util.Iterator;
import java.util.LinkedHashMap;

/**
 * Packets whose answer would mean something. An OK counts only if it answers one of these, from whom it was sent to:
 * that is what makes an OK the proof of a round trip, and a path learned from one more than a claim.
 */
final class ExpectedReplies {
    /** @param proof what the answer repeats; 0: nothing, as nobody can foresee the id */
    private record Expected(long destination, long proof, long untilMs) {}

    /** Oldest first. */
    private final LinkedHashMap<Long, Expected> byPacketId = new LinkedHashMap<>();

    void expect(long packetId, long destination, long nowMs) {
        expect(packetId, destination, 0, nowMs);
    }

    /** @param proof drawn for this packet, which carries it */
    void expect(long packetId, long destination, long proof, long nowMs) {
        byPacketId.remove(packetId);
        byPacketId.put(packetId, new Expected(destination, proof, nowMs + Timing.REPLY_AWAITED_MS));
        Iterator<Expected> oldest = byPacketId.values().iterator();
        while (oldest.next().untilMs < nowMs || byPacketId.size() > Limits.EXPECTED_REPLIES) {
            oldest.remove();
        }
    }

    /** A packet sent from several sockets may be answered several times, so an answer does not use it up. */
    boolean isExpected(long packetId, long source, long nowMs) {
        Expected expected = byPacketId.get(packetId);
        return expected != null && expected.destination == source && nowMs <= expected.untilMs;
    }

    /** Does the answer to this packet, which is expected, repeat what the packet carried? @param answer what it brings */
    boolean isProof(long packetId, WireReader answer) {
        long proof = byPacketId.get(packetId).proof;
        return proof == 0 || answer.remaining() == Long.BYTES && answer.u64() == proof;
    }
}
