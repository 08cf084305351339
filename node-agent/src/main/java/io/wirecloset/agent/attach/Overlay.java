package io.wirecloset.agent.attach;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** The virtual Ethernets as the wiring of pods sees them: a TAP per network, and who is answered for behind it. */
public interface Overlay {
    /** Joins the network; nothing when it is joined. */
    void join(PodNetwork network);

    /** Leaves the network and removes its TAP; nothing when it is not joined. */
    void leave(long networkId);

    /** How the network does now. */
    Status status(long networkId);

    /** Name of the network's TAP on this node: the same each time, and known before it exists. */
    String tap(long networkId);

    /**
     * These addresses, and no others, are this node's pods on the network: ARP requests and neighbour solicitations for
     * them are answered, their multicast groups subscribed.
     */
    void localNeighbours(long networkId, Set<InetAddress> addresses);

    /** Tells the network that an address is here now. */
    void announce(long networkId, InetAddress address);

    /**
     * @param usable a valid configuration is there and the TAP is up: a pod that is attached now can talk
     * @param why when not usable: what is missing, in a sentence
     */
    record Status(boolean usable, String why) {
        public static final Status USABLE = new Status(true, "");

        public static Status missing(String why) {
            return new Status(false, why);
        }
    }

    /** Networks joined now. */
    List<Long> joined();
}
