package io.wirecloset.vl2.wire;

/** How many, and how large, on VL2. Ours to choose unless marked (wire) (vl2.md 1). */
public final class Limits {
    /** Entries of a network's rule table. (wire) */
    public static final int BASE_RULES = 1024;
    /** Entries of one capability's rule table. (wire) */
    public static final int RULES_PER_CAPABILITY = 64;
    /** Capabilities of one member. (wire) */
    public static final int CAPABILITIES = 128;
    /** Tags of one member. (wire) */
    public static final int TAGS = 128;
    /** Certificates of ownership of one member; more are ignored. (wire) */
    public static final int OWNERSHIPS = 4;
    /** Things one certificate of ownership names. (wire) */
    public static final int THINGS_PER_OWNERSHIP = 16;
    /** Entries of a capability's chain of custody. (wire) */
    public static final int CUSTODY_CHAIN = 7;
    /** Qualifiers of a certificate of membership. (wire) */
    public static final int COM_QUALIFIERS = 8;
    /** Specialists of a network; more are ignored. (wire) */
    public static final int SPECIALISTS = 256;
    /** Routes of a network. (wire) */
    public static final int ROUTES = 128;
    /** Static addresses of one member. (wire) */
    public static final int STATIC_ADDRESSES = 32;
    /** DNS servers of a network. (wire) */
    public static final int DNS_SERVERS = 4;
    /** Bytes of the DNS domain. (wire) */
    public static final int DNS_DOMAIN_BYTES = 127;
    /** Bytes of a network's name. (wire) */
    public static final int NETWORK_NAME_BYTES = 127;
    /** Characters kept of each text about single sign-on. */
    public static final int SSO_TEXT_CHARS = 2048;
    /** A configuration of this many bytes, or more, is refused. (wire) */
    public static final int CONFIG_BYTES = 484_520;
    /** Request metadata must be shorter than this. (wire) */
    public static final int METADATA_BYTES = 1024;
    /** Configurations being assembled at once, per network. (wire) */
    public static final int CONFIG_ASSEMBLIES = 3;
    /** Chunks of one configuration. (wire) */
    public static final int CHUNKS_PER_CONFIG = 474;
    /** Configurations of one network remembered by their ids after they were put together, against replays. */
    public static final int CONFIGS_REMEMBERED = 1024;
    /** Chunks of one network passed on to members within a minute: two of the largest configurations. */
    public static final int CHUNKS_PASSED_ON = 2 * CHUNKS_PER_CONFIG;
    /** Data of one multicast frame. (wire) */
    public static final int MULTICAST_FRAME_BYTES = 10_000;
    /** Active bridges a frame for an unknown MAC is copied to. (wire) */
    public static final int BRIDGES_PER_FRAME = 32;
    /** Multicast groups of one network on one node. (wire) */
    public static final int GROUPS_PER_NETWORK = 4096;
    /** Frames waiting for members of one group. (wire) */
    public static final int PENDING_PER_GROUP = 32;

    /** Largest Ethernet frame that still fits a FRAME in the largest packet. */
    public static final int TAP_FRAME_BYTES = io.wirecloset.vl1.wire.Wire.MAX_PAYLOAD_BYTES - 10 + 14;
    /** Members remembered of one network; the idlest makes room. */
    public static final int MEMBERS_PER_NETWORK = 1 << 16;
    /** Revoked tags, capabilities and ownerships remembered of one member. */
    public static final int REVOCATIONS_PER_MEMBER = CAPABILITIES + TAGS + OWNERSHIPS;
    /** Peers whose last credentials packet is remembered, to take the next no sooner than a second later. */
    public static final int RATE_GATED_PEERS = 1 << 14;
    /** MACs behind bridges remembered of one network. */
    public static final int BRIDGE_ROUTES = 1 << 16;
    /** Groups of devices behind us on one network; the one sent to longest ago makes room. */
    public static final int GROUPS_BEHIND = 1024;
    /** Groups one peer may listen to on one network. */
    public static final int GROUPS_PER_PEER = 1024;
    /** Groups one peer may listen to on all networks together, those included that we only serve as a root. */
    public static final int GROUPS_PER_PEER_OVERALL = 8192;
    /** Listeners of one group. */
    public static final int MEMBERS_PER_GROUP = 1 << 15;
    /** Listeners of all groups of all networks together; the one mentioned longest ago makes room. */
    public static final int GROUP_MEMBERS = 1 << 18;
    /** Groups of which is remembered when they were asked for; the one asked for longest ago makes room. */
    public static final int GATHERED_GROUPS = 1 << 14;
    /** Nodes asked for members of one group. (wire) */
    public static final int GATHERS_PER_GROUP = 16;
    /** Frames waiting for members, over all groups. */
    public static final int PENDING_FRAMES = 1024;
    /** The same on one network. */
    public static final int PENDING_PER_NETWORK = PENDING_FRAMES / 4;
    /** Multicast frames with copies still to be made, over all networks; the oldest of the busiest network makes room. */
    public static final int MULTICAST_QUEUE_FRAMES = 256;
    /** Copies of multicast frames made in one control turn; the rest waits for the next. */
    public static final int MULTICAST_COPIES_PER_TURN = 256;
    /** Rulings on flows remembered, per lane and direction; a newer one takes the place of an older one. */
    public static final int REMEMBERED_RULINGS = 1 << 11;
    /** Entries from which on they are remembered: fewer are walked sooner than a ruling is found in main memory. */
    public static final int REMEMBERED_FROM_ENTRIES = 16;
    /** What a frame from the tap must have free in front of it: the longest header in place of Ethernet's. */
    public static final int HEAD_ROOM_BYTES = 64;
    /** What must be free behind every slot of a lane: an answer may be longer than its question. */
    public static final int SLACK_BYTES = 32;

    private Limits() {}
}
