package io.wirecloset.agent.attach;

import java.io.IOException;

/** An attachment cannot be had; the message is for the person who reads the pod's events. */
public final class AttachException extends IOException {
    private static final long serialVersionUID = 1;

    /** What kind of obstacle it is. */
    public enum Reason {
        /** Passes by itself: the network is not ready yet, the agent is stopping. */
        TRY_AGAIN,
        NETWORK_UNKNOWN,
        /** The network is not for pods of this namespace. */
        NAMESPACE_REFUSED,
        NO_ADDRESS_LEFT,
        /** The address that was asked for is not this node's to give, or is given. */
        ADDRESS_REFUSED,
        /** A port of the node that was asked for leads elsewhere. */
        PORT_TAKEN,
        /** Something of that name is there already. */
        CONFLICT,
        /** The sandbox was deleted a moment ago; this call comes late. */
        DELETED,
        NOT_INTACT
    }

    private final Reason reason;

    public AttachException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
