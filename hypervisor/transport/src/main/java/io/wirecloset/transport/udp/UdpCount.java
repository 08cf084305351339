package io.wirecloset.transport.udp;

/** What a lane's UDP side counts. */
public enum UdpCount {
    RECEIVED_DATAGRAMS,
    RECEIVED_BYTES,
    /** System calls that brought something. */
    RECEIVE_CALLS,
    /** Longer than a slot. */
    RECEIVED_TOO_LONG,
    SENT_DATAGRAMS,
    SENT_BYTES,
    SEND_CALLS,
    /** Trains the kernel refused as such and that went as single datagrams. */
    TRAINS_TAKEN_APART,
    /** A socket was full and its batch waited. */
    SEND_WAITED,
    /** Lost: the batch was full while a socket was. */
    DROPPED_FULL,
    /** Lost: the kernel refused (no route, a filter, too long). */
    DROPPED_REFUSED,
    /** Lost: for a socket that is no more. */
    DROPPED_NO_SOCKET
}
