package io.wirecloset.controller;

import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;

/**
 * A member's wish for its configuration.
 *
 * @param path where it came from, or null
 * @param packetId what is answered; 0 if nobody asked: the controller itself found that the member should have a new one
 */
record Request(long networkId, Identity from, Endpoint path, long packetId, MemberInfo info) {
    boolean isPush() {
        return packetId == 0;
    }

    long address() {
        return from.address();
    }
}
