package io.wirecloset.vl2.wire;

/** How long things last on VL2, in milliseconds. Those marked (wire) are habits other nodes count on (vl2.md 1). */
public final class Timing {
    /** A configuration this old is asked for anew. (wire) */
    public static final long CONFIG_REFRESH_MS = 60_000;
    /** How often networks without, or with an old, configuration are looked at. (wire) */
    public static final long CONFIG_CHECK_MS = 5_000;
    /** Over this time chunks passed on to members are counted. */
    public static final long PASS_ON_WINDOW_MS = 60_000;
    /** Groups are announced again this often. (wire) */
    public static final long MULTICAST_ANNOUNCE_MS = 60_000;
    /** A group member not heard of for this long is forgotten. (wire) */
    public static final long MULTICAST_MEMBER_EXPIRES_MS = 600_000;
    /** A MAC not seen behind a bridge for this long is forgotten, as switches do; stock nodes never forget. */
    public static final long BRIDGE_ROUTE_EXPIRES_MS = 300_000;
    /** A lane tells the control loop this often that a MAC is still behind its bridge. */
    public static final long BRIDGE_ROUTE_REFRESH_MS = BRIDGE_ROUTE_EXPIRES_MS / 5;
    /** MACs newly behind bridges are shown to the lanes at most this often. */
    public static final long BRIDGE_ROUTES_SHOWN_MS = 1_000;
    /** A group that no device behind us sent to for this long is not ours any more. (wire) */
    public static final long GROUP_BEHIND_EXPIRES_MS = 1_200_000;
    /** One group is gathered explicitly at most this often. (wire) */
    public static final long MULTICAST_GATHER_MS = 60_000;
    /** A multicast frame waits this long for members to become known. (wire) */
    public static final long MULTICAST_PENDING_MS = 5_000;
    /** One peer's credential packets are taken at most this often. (wire) */
    public static final long CREDENTIALS_TAKEN_MS = 1_000;
    /** Credentials are pushed again to a peer that asks at most this often. (wire) */
    public static final long CREDENTIALS_ASKED_MS = 1_000;
    /** Credentials pushed longer ago than this are pushed again before the next frame. (wire) */
    public static final long CREDENTIALS_PUSH_MS = 500_000;
    /** Expired group members and pending frames are looked for this often. (wire) */
    public static final long HOUSEKEEPING_MS = 30_000;
    /** After sending a node its configuration a controller serves its multicast this long. (wire) */
    public static final long CONFIGURED_RECENTLY_MS = 180_000;

    private Timing() {}
}
