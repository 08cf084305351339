package io.wirecloset.operator.host;

import java.util.List;
import java.util.Optional;

/**
 * The network controller, seen from the reconcilers. Thread-safe; calls return at once and take effect in order. All
 * of it is kept in memory only: the resources are the truth, and are applied anew after a start, before {@link #start}.
 */
public interface ControllerHost {
    /** The controller's 40-bit address: the first ten digits of every id it serves. */
    long address();

    /** Full public identity as text, for agents to know the controller by. */
    String publicIdentity();

    /** Where it listens, {@code ip/port}; empty before {@link #start}. */
    List<String> endpoints();

    /** Opens the sockets: from now on requests are answered. Before, everything known is applied. */
    void start();

    boolean running();

    /** Serves the network so from now on; members that are online get the change pushed. */
    void applyNetwork(HostedNetwork network);

    /** Stops serving it; online members get their certificates revoked. */
    void removeNetwork(long networkId);

    void applyMember(HostedMember member);

    /** Forgets the member and revokes what it has. */
    void removeMember(long networkId, long address);

    /** When the member was last heard; empty when not since the start. */
    Optional<Sighting> sighting(long networkId, long address);

    /** Addresses that asked to join without being members, the newest first; bounded. */
    List<Long> pending(long networkId);

    /** @param listener is told that a member turned online or offline, or that a stranger asked; on any thread */
    void listen(Listener listener);

    /** Told of changes worth a look at the resource. */
    interface Listener {
        void memberChanged(long networkId, long address);

        void strangerAsked(long networkId);
    }
}
