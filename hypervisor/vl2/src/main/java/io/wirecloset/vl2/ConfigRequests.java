package io.wirecloset.vl2;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.config.ConfigRequest;

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
     * @param packetId what the answer refers to
     */
    void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs);

    /** Whether that node got a configuration of that network in the last {@code Timing.CONFIGURED_RECENTLY_MS}. */
    boolean authorizedRecently(long networkId, long member, long nowMs);
}
