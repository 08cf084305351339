package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.LinkedHashMap;

/**
 * Over which sockets and endpoints members of our networks were heard lately, whichever peer it was: what comes that way
 * we pass on though we are no root (notes on behaviour, sections 3 and 5).
 */
public final class TrustedWays {
    private record Way(int socket, Endpoint endpoint) {}

    /** Least recently heard first. */
    private final LinkedHashMap<Way, Long> heardMs = new LinkedHashMap<>();

    /** A packet that established trust came this way. */
    public void trusted(int socket, Endpoint from, long nowMs) {
        Way way = new Way(socket, from);
        heardMs.remove(way);
        heardMs.put(way, nowMs);
        if (heardMs.size() > Limits.TRUSTED_WAYS) {
            heardMs.pollFirstEntry();
        }
    }

    public boolean isTrusted(int socket, Endpoint from, long nowMs) {
        Long atMs = heardMs.get(new Way(socket, from));
        return atMs != null && nowMs - atMs < Timing.TRUST_MS;
    }
}
