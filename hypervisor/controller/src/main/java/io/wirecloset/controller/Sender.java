package io.wirecloset.controller;

import io.wirecloset.vl2.credential.Revocation;

/** What a controller says to nodes. Called on the control loop; may drop what cannot be sent, nodes ask again. */
public interface Sender {
    /** @param requestPacketId what it answers; 0 for a push */
    void config(long member, long requestPacketId, long networkId, byte[] dictionary);

    /** @param code one of {@code vl1.wire.ErrorCode} */
    void error(long member, long requestPacketId, long networkId, int code);

    void revocation(long member, Revocation revocation);
}
