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
    private final LaneTimes lanes;

    // as the owner of this node says of the network it leads to
    private int mtu;
    private long trustedPathId;

    /** Lane stamps up to this time are not this path's, as a slot may have had another user, or are no evidence. */
    private long stampsCountFromMs;

    private long heardMs;
    private long sentMs = NEVER_MS;
    private int latencyMs = LATENCY_UNKNOWN;
    private int priority = 1;

    /** When the peer was last heard by another way, through a relay. */
    private long heardRelayedMs = NEVER_MS;

    /** When something was sent that no sound of the peer followed yet. */
    private long unansweredSinceMs = NEVER_MS;

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

    /** What packets on it carry instead of a seal; 0 if they are sealed. */
    public long trustedPathId() {
        return trustedPathId;
    }

    /** What the owner of this node says of the network it leads to. */
    public void govern(PathPolicy policy, int usualMtu) {
        mtu = policy.mtu(endpoint, usualMtu);
        trustedPathId = policy.trustedPathId(endpoint);
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

    /** Looks whether what is sent is answered; to be called every {@link Timing#TICK_MS}. */
    public void watch() {
        boolean answered = heardMs() >= unansweredSinceMs;
        if (answered && sentMs() > heardMs()) {
            unansweredSinceMs = sentMs();
        }
    }

    /** @return for how long nothing was heard while something should have been; 0 if all is well */
    public long unansweredMs(long nowMs) {
        return heardMs() < unansweredSinceMs ? nowMs - unansweredSinceMs : 0;
    }

    /** The peer's packets come through a relay. If none came here for a while, it left this path, perhaps as it moved. */
    public void heardRelayed(long nowMs) {
        heardRelayedMs = Math.max(heardRelayedMs, nowMs);
    }

    /** What is sent here seems to get lost: not to be used while there is another way. */
    public boolean isDoubtful(long nowMs) {
        boolean left = heardRelayedMs - heardMs() >= Timing.TICK_MS;
        return unansweredMs(nowMs) >= (left ? Timing.PATH_PROBED_MS : Timing.PATH_DOUBTED_MS);
    }

    /** Does it lead to the same host over the same socket, if to another port? */
    public boolean isToHostOf(int onSocket, Endpoint other) {
        return socket == onSocket && endpoint.sameIp(other);
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
     * that fell silent, or does not answer, is dearer than any other (notes on behaviour, section 4).
     */
    public long quality(long nowMs) {
        long cost = latencyMs;
        if (!isAlive(nowMs) || isDoubtful(nowMs)) {
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
