package io.wirecloset.controller.model;

/** How many. Ours to choose unless marked (wire). */
public final class Limits {
    /** Tries to find a free address in one pool. (wire) */
    public static final int ASSIGNMENT_TRIES = 1_000;
    /** Address pools of a network. */
    public static final int POOLS = 256;
    /** Capabilities a network defines; a member's configuration carries fewer. */
    public static final int CAPABILITY_DEFINITIONS = 1_024;
    /** Tags a network defines; a member's configuration carries fewer. */
    public static final int TAG_DEFINITIONS = 1_024;
    /** Tokens of a network. */
    public static final int AUTH_TOKENS = 16_384;
    /** Capabilities noted with a member, those its network does not define included. */
    public static final int MEMBER_CAPABILITIES = 1_024;
    /** Tags noted with a member. */
    public static final int MEMBER_TAGS = 1_024;
    /** A member's name. */
    public static final int MEMBER_NAME_CHARS = 256;
    /** Strangers remembered per network; the one longest not heard goes first. */
    public static final int STRANGERS_PER_NETWORK = 1_000;
    /** Strangers remembered over all networks. */
    public static final int STRANGERS = 10_000;
    /** Members a public network takes in by itself; more are refused until some are deleted. */
    public static final int SELF_ADMITTED_MEMBERS = 10_000;
    /** Senders whose last request is remembered for the rate limit. */
    public static final int REQUEST_GATE_ENTRIES = 32_768;
    /** Changes of one network waiting for the store. */
    public static final int WAITING_CHANGES = 4_096;
    /** Signatures waiting for the signing clock's mark to be stored. */
    public static final int WAITING_SIGNATURES = 16_384;
    /** Configurations and revocations of those that waited for the clock, signed per turn of the control loop. */
    public static final int WAITING_SIGNED_PER_TURN = 64;
    /** Signatures, some ten thousandths of a second each, after which a turn of the control loop pushes no more. */
    public static final int SIGNATURES_PER_TURN = 128;
    /** Configurations pushed per turn of the control loop. */
    public static final int PUSHES_PER_TURN = 32;

    private Limits() {}
}
