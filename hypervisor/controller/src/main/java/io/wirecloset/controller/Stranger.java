package io.wirecloset.controller;

import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;

/**
 * Somebody who asked to join and is not a member. Kept in memory only.
 *
 * @param path where it asked from, or null
 * @param firstAskedMs wall time
 * @param lastAskedMs wall time
 */
public record Stranger(
        long networkId, Identity identity, Endpoint path, MemberInfo info, long firstAskedMs, long lastAskedMs) {
    public long address() {
        return identity.address();
    }
}
