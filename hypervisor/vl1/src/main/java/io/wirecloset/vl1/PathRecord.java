package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Endpoint;

/** One way to reach one peer, as a lane sees it: a logical socket of ours and an endpoint of the peer's. Immutable. */
public final class PathRecord {
    /** Where {@link Stamps} keep the times of this path; one peer's use of a path, so no two peers share a slot. */
    public final int slot;
    /** Logical socket: one local address and port, however many lanes receive on it. */
    public final int socket;

    public final Endpoint endpoint;
    /** Largest datagram (UDP payload) to send here; packets above are cut. */
    public final int mtu;
    /** What packets to this endpoint itself carry instead of a seal; 0 if they are sealed. */
    public final long trustedPathId;

    public PathRecord(int slot, int socket, Endpoint endpoint, int mtu) {
        this(slot, socket, endpoint, mtu, 0);
    }

    public PathRecord(int slot, int socket, Endpoint endpoint, int mtu, long trustedPathId) {
        this.slot = slot;
        this.socket = socket;
        this.endpoint = endpoint;
        this.mtu = mtu;
        this.trustedPathId = trustedPathId;
    }

    /** True if a datagram from {@code from}, received on {@code onSocket}, came over this path. */
    public boolean isOver(int onSocket, Endpoint from) {
        return socket == onSocket && (endpoint == from || endpoint.equals(from));
    }

    /** Does it say the same as {@code other}, which may be null? */
    boolean says(PathRecord other) {
        return other != null
                && slot == other.slot
                && mtu == other.mtu
                && trustedPathId == other.trustedPathId
                && isOver(other.socket, other.endpoint);
    }

    @Override
    public String toString() {
        return socket + "→" + endpoint;
    }
}
