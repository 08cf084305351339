package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Timing;

/**
 * One peer reached over one of our logical sockets at one endpoint, learned by a round trip. Control loop only; what
 * lanes send and hear is read from their stamps.
 */
public final class Path {
    /** Latency of a path nobody measured yet. */
    public static final int LATENCY_UNKNOWN = 0xffff;

    private static final long NEVER_MS = Long.MIN_VALUE / 4;
    private static final long AGE_CAP_MS = 140_000;

    private final int slot;
    private final int socket;
    private final Endpoint endpoint;
    private final int mtu;
    private final LaneTimes lanes;

    /** Lane stamps up to this time are not this path's, as a slot may have had another user, or are no evidence. */
    private long stampsCountFromMs;

    private long heardMs;
    private long sentMs = NEVER_MS;
    private int latencyMs = LATENCY_UNKNOWN;
    private int priority = 1;

    public Path(int slot, int socket, Endpoint endpoint, int mtu, LaneTimes lanes, long nowMs) {
        this.slot = slot;
        this.socket = socket;
        this.endpoint = endpoint;
        this.mtu = mtu;
        this.lanes = lanes;
        this.stampsCountFromMs = nowMs;
        this.heardMs = nowMs;
    }

    public int slot() {
        return slot;
    }

    public int socket() {
        return socket;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Largest datagram (UDP payload) to send. */
    public int mtu() {
        return mtu;
    }

    /** Half-and-half average of the round trips measured, or {@link #LATENCY_UNKNOWN}. */
    public int latencyMs() {
        return latencyMs;
    }

    public int priority() {
        return priority;
    }

    /** When an authenticated packet last came directly over it. */
    public long heardMs() {
        return newer(heardMs, lanes.heardMs(slot));
    }

    /** When anything was last sent on it; long ago if never. */
    public long sentMs() {
        return newer(sentMs, lanes.sentMs(slot));
    }

    public boolean isOver(int onSocket, Endpoint to) {
        return socket == onSocket && endpoint.equals(to);
    }

    /** Heard lately: worth sending to without a doubt. */
    public boolean isAlive(long nowMs) {
        return nowMs - heardMs() < Timing.PATH_ALIVE_MS;
    }

    public boolean isExpired(long nowMs) {
        return nowMs - heardMs() >= Timing.PATH_EXPIRES_MS;
    }

    public void heard(long nowMs) {
        heardMs = Math.max(heardMs, nowMs);
    }

    public void sent(long nowMs) {
        sentMs = Math.max(sentMs, nowMs);
    }

    /** @param roundTripMs as measured; nonsense is cut to what the field can say */
    public void measured(long roundTripMs) {
        int sample = (int) Math.clamp(roundTripMs, 0, LATENCY_UNKNOWN - 1);
        latencyMs = latencyMs == LATENCY_UNKNOWN ? sample : (latencyMs + sample) / 2;
    }

    public void prefer(int aPriority) {
        priority = aPriority;
    }

    /** It may lead nowhere any more: no longer used until the peer is heard on it again. */
    public void doubt() {
        heardMs = NEVER_MS;
        stampsCountFromMs = Math.max(stampsCountFromMs, lanes.heardMs(slot));
    }

    /**
     * How dear it is to send here; the smallest is best. Near scopes come before far ones, then counts latency; a path
     * that fell silent is dearer than any that did not (notes on behaviour, section 4).
     */
    public long quality(long nowMs) {
        long cost = latencyMs;
        if (!isAlive(nowMs)) {
            cost += LATENCY_UNKNOWN + Math.min(nowMs - heardMs(), AGE_CAP_MS);
        }
        return (7 - endpoint.scope() + 1) * cost / priority;
    }

    @Override
    public String toString() {
        return socket + "→" + endpoint;
    }

    private long newer(long own, long laneMs) {
        return laneMs > stampsCountFromMs ? Math.max(own, laneMs) : own;
    }
}
