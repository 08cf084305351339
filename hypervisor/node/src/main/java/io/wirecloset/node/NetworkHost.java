package io.wirecloset.node;

import io.wirecloset.engine.Tap;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What a network looks like on this host. Called on one thread of the node's own, which may be kept waiting; never two calls
 * at a time. A call that fails is made again some seconds later.
 */
public interface NetworkHost {
    /**
     * Opens the network's device.
     *
     * @param first the network as it is now; its configuration may not have come yet
     * @param lanes where each lane of the node wants the device's queues watched, in the order of the lanes
     * @throws IOException when there can be no device; the network then shows PORT_ERROR and the message
     */
    HostedNetwork open(long networkId, NetworkView first, List<Poller> lanes) throws IOException;

    /** One network that is open. */
    interface HostedNetwork {
        Tap tap();

        /** The interface's name. */
        String device();

        /** Makes addresses, routes and MTU be what they should be; nothing happens when they are. */
        void apply(NetworkView view) throws IOException;

        /** Groups that this host listens to on the device, those of its own addresses included; asked every few seconds. */
        default Set<MulticastGroup> groups() throws IOException {
            return Set.of();
        }

        /** Somebody deleted the device; it is then closed and opened anew. Asked every few seconds. */
        default boolean isGone() {
            return false;
        }

        /** Takes away what {@link #apply} brought, and the device. No lane uses it any more. */
        void close();
    }
}
