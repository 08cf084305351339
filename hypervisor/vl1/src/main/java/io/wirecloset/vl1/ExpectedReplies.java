package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.Iterator;
import java.util.LinkedHashMap;

/**
 * Packets whose answer would mean something. An OK counts only if it answers one of these, from whom it was sent to:
 * that is what makes an OK the proof of a round trip, and a path learned from one more than a claim.
 */
final class ExpectedReplies {
    private record Expected(long destination, long untilMs) {}

    /** Oldest first. */
    private final LinkedHashMap<Long, Expected> byPacketId = new LinkedHashMap<>();

    void expect(long packetId, long destination, long nowMs) {
        byPacketId.remove(packetId);
        byPacketId.put(packetId, new Expected(destination, nowMs + Timing.REPLY_AWAITED_MS));
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
}
