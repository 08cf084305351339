package io.wirecloset.simnet;

/** What became of a datagram. Everything but SENT and DELIVERED is an end without arrival. */
public enum Fate {
    SENT,
    DELIVERED,
    /** The line lost it. */
    LOST,
    /** The two hosts are cut off from each other. */
    CUT,
    /** Nobody has that address, or it cannot be reached from there. */
    NO_ROUTE,
    /** The host has no socket on that port. */
    PORT_CLOSED,
    /** Its hops ran out. */
    TTL_EXPIRED,
    /** A NAT had no mapping for it. */
    NO_MAPPING,
    /** A NAT had a mapping, but not for this sender. */
    FILTERED,
    /** A firewall that lets no UDP pass. */
    UDP_BLOCKED
}
