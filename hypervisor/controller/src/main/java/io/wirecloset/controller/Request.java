package io.wirecloset.controller;

import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.RequestMetadata;

/**
 * A member's wish for its configuration.
 *
 * @param path where it came from, or null
 * @param packetId what is answered; 0 if nobody asked: the controller itself found that the member should have a new one
 * @param token that it shows, or null
 */
record Request(long networkId, Identity from, Endpoint path, long packetId, MemberInfo info, String token) {
    private static final String TOKEN_PREFIX = "token:";

    static Request of(ConfigRequest asked, Identity from, Endpoint path, long packetId) {
        Dictionary metadata = asked.metadata();
        return new Request(asked.networkId(), from, path, packetId, MemberInfo.of(metadata), token(metadata));
    }

    /** Nobody asked for it now. */
    static Request unasked(long networkId, Identity from, Endpoint path, MemberInfo info) {
        return new Request(networkId, from, path, 0, info, null);
    }

    private static String token(Dictionary metadata) {
        String authorization = metadata.getString(RequestMetadata.AUTHORIZATION, "");
        return authorization.startsWith(TOKEN_PREFIX) ? authorization.substring(TOKEN_PREFIX.length()) : null;
    }

    boolean isPush() {
        return packetId == 0;
    }

    long address() {
        return from.address();
    }
}
