package io.wirecloset.vl2;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;

/** A network controller, as VL2 sees it: asked for configurations, and whom it has admitted. Called on the control loop. */
public interface ConfigRequests {
    /** The packet id of a request of our own node's: there was no packet. */
    long LOCAL_REQUEST = -1L;

    /**
     * A node asks for its configuration of a network of ours. The answer is {@link Vl2#sendConfig} or
     * {@link Vl2#sendConfigError}, now or when it is stored what it says.
     *
     * @param from who asks, proved by VL1
     * @param path where the request came from, null for our own node's
     * @param requestPacketId what the answer refers to
     * @param metadata what the node says about itself (vl2.md 4.2)
     * @param haveRevision of the configuration it has, 0 for none
     * @param haveTimestamp of the configuration it has, 0 for none
     */
    void onConfigRequest(
            long networkId,
            Identity from,
            Endpoint path,
            long requestPacketId,
            Dictionary metadata,
            long haveRevision,
            long haveTimestamp,
            long nowMs);

    /** Whether that node got a configuration of that network in the last {@code Timing.CONFIGURED_RECENTLY_MS}. */
    boolean authorizedRecently(long networkId, long member, long nowMs);
}
