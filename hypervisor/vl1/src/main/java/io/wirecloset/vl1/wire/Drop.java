package io.wirecloset.vl1.wire;

/** Why a packet or frame went no further, over the whole path of a frame, VL1 and VL2. One counter each. */
public enum Drop {
    // a datagram arrives
    TOO_SHORT,
    TOO_LONG,
    MALFORMED,
    OWN_SOURCE,
    NOT_FOR_US,
    TOO_MANY_HOPS,
    RELAY_REFUSED,
    BAD_FRAGMENT,
    REASSEMBLY_EVICTED,
    UNKNOWN_PEER,
    BAD_SUITE,
    BAD_TRUSTED_PATH,
    BAD_MAC,
    REPLAYED,
    BAD_COMPRESSION,
    BAD_IDENTITY,
    OLD_PROTOCOL,
    UNEXPECTED_OK,
    NOT_BELIEVED,
    RATE_LIMITED,
    HOLD_EXPIRED,

    // a frame, either way
    UNKNOWN_NETWORK,
    NO_CONFIGURATION,
    NOT_A_MEMBER,
    BAD_CREDENTIAL,
    BAD_SOURCE_MAC,
    BAD_DESTINATION_MAC,
    FRAME_TOO_SHORT,
    FRAME_TOO_LONG,
    BRIDGING_REFUSED,
    BROADCAST_DISABLED,
    MULTICAST_LIMIT,
    RULE_SAID_NO,

    // on the way out
    NO_PATH,
    NO_ROOM,
    QUEUE_FULL
}
