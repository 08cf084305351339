package io.wirecloset.vl1.wire;

/** How many, and how large. Ours to choose unless marked (wire). */
public final class Limits {
    /** Most bytes one {@link WireWriter} grows to: beyond every message, short of harm. */
    public static final int WRITER_BYTES = 1 << 20;
    /** Paths remembered per peer. (wire) */
    public static final int PATHS_PER_PEER = 64;
    /** Entries of each wait queue. (wire) */
    public static final int WAIT_QUEUE_ENTRIES = 32;
    /** Packets being reassembled at once. (wire) */
    public static final int REASSEMBLY_SLOTS = 32;
    /** PUSH_DIRECT_PATHS messages taken per chain. (wire) */
    public static final int PUSH_PATHS_MESSAGES = 8;
    /** Endpoints of one scope and family used per PUSH_DIRECT_PATHS. (wire) */
    public static final int PUSH_PATHS_PER_SCOPE = 8;
    /** Buckets of the identity validation gate. (wire) */
    public static final int GATE_BUCKETS = 1 << 14;
    /** Longest text of an identity, exclusive. (wire) */
    public static final int IDENTITY_TEXT_CHARS = 384;

    /** Of the reassembly slots, as many for one sender of datagrams. A relay needs several. */
    public static final int REASSEMBLY_SLOTS_PER_SOURCE = 8;
    /** Peers known at once; beyond, the one silent longest goes. */
    public static final int PEERS = 1 << 14;
    /** Paths known at once, of all peers. */
    public static final int PATHS = 4 * PEERS;
    /** Packets whose answer is awaited. (wire: what stock nodes remember) */
    public static final int EXPECTED_REPLIES = 1 << 13;
    /** Ways of authenticated packets that are rate-limited without being paths. */
    public static final int STRANGE_PATHS = 1 << 12;
    /** Strangers whose identities are being validated: some two seconds of work. */
    public static final int VALIDATIONS = 16;
    /**
     * The same as far as sources in busy neighbourhoods may fill it: most of it, as a hundred nodes that start together
     * are busy too once they repeat themselves; some places stay for who was quiet.
     */
    public static final int VALIDATIONS_BUSY = 12;
    /** HELLOs of strangers looked at per second, from neighbourhoods that knocked a moment ago. */
    public static final int NEWCOMERS_PER_SECOND_BUSY = 64;
    /** The same from quiet neighbourhoods. Each costs the agreement of a key, a quarter of a millisecond. */
    public static final int NEWCOMERS_PER_SECOND_QUIET = 256;
    /** Addresses whose identities we ask for at once. */
    public static final int WHOIS_QUESTIONS = 256;
    /** Of those, begun per second because of packets that anybody may have made up. */
    public static final int STRANGER_LOOKUPS_PER_SECOND = 64;
    /** Identities in one answer: what fits a datagram. */
    public static final int WHOIS_ANSWERS = 19;
    /** Of the addresses in one question, those we do not know and ask for in turn, so that little brings out little. */
    public static final int WHOIS_LOOKUPS_PER_MESSAGE = 4;
    /** Peers being met after an introduction. */
    public static final int MEETINGS = 64;
    /** Ways by which members of our networks come, remembered for passing on what comes there. */
    public static final int TRUSTED_WAYS = 1 << 12;
    /** Moons orbited: what a HELLO that is not cut can list. */
    public static final int MOONS = 64;
    /** Pairs of peers remembered as introduced. */
    public static final int INTRODUCTIONS = 1 << 14;
    /** Reports of where others see us. */
    public static final int SURFACE_ENTRIES = 256;
    /** Questions to a peer whether it is one of our own nodes. */
    public static final int NEGOTIATE_ATTEMPTS = 3;
    /** The same to one that asked us, and so is one, or was. */
    public static final int NEGOTIATE_ATTEMPTS_OURS = 10;
    /** Lanes of a peer whose packets are told from repetitions exactly; one with more counts as a stock node. */
    public static final int SESSION_LANES = 64;
    /** Windows of all peers' lanes, 2 KiB each; beyond, the sessions of peers without a common network go first. */
    public static final int REPLAY_WINDOWS = 1 << 15;
    /** Peers somebody told us of, to be met when they are wanted: some nodes more than a cluster has. */
    public static final int ACQUAINTANCES = 1 << 13;
    /** Endpoints at which one of them is tried. */
    public static final int ACQUAINTANCE_ENDPOINTS = 16;
    /** Of those known and without a path, as many are looked for per {@link Timing#TICK_MS}; the others have their turn next. */
    public static final int ACQUAINTANCES_SOUGHT = 8;
    /** Endpoints of our own told to others. */
    public static final int OWN_ENDPOINTS_PUSHED = 32;

    private Limits() {}
}
