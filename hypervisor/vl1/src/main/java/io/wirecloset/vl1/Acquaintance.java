package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;

/**
 * A peer that somebody told us of, to be met when there is something to send to it.
 *
 * @param identity the whole of it; believed once its address was seen to follow from its key
 * @param endpoints where it may be met
 */
public record Acquaintance(Identity identity, List<Endpoint> endpoints) {
    public Acquaintance {
        endpoints = List.copyOf(endpoints);
    }
}
