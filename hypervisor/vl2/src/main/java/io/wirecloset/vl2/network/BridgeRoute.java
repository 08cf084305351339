package io.wirecloset.vl2.network;

/** Behind which active bridge a foreign MAC was seen, and when. Lanes hold it in tables that may be older than itself. */
public final class BridgeRoute {
    private final long mac;

    // written by the control loop, read by the lanes
    private volatile long bridge;
    private volatile long seenMs;

    BridgeRoute(long mac) {
        this.mac = mac;
    }

    public long mac() {
        return mac;
    }

    /** The bridge's node address; 0 once the route is forgotten. */
    public long bridge() {
        return bridge;
    }

    /** When it was seen there last; monotonic, as far as the control loop was told. */
    public long seenMs() {
        return seenMs;
    }

    void seen(long behind, long nowMs) {
        seenMs = nowMs;
        bridge = behind;
    }

    void forgotten() {
        bridge = 0;
    }
}
