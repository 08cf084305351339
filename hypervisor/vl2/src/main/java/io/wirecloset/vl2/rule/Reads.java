package io.wirecloset.vl2.rule;

/** What of a frame a table's entries look at: bits that are gathered when it is laid flat. */
final class Reads {
    static final int PROTOCOL = 1;
    static final int TRAFFIC_CLASS = 1 << 1;
    static final int SOURCE_PORT = 1 << 2;
    static final int DESTINATION_PORT = 1 << 3;
    static final int ICMP = 1 << 4;
    static final int SOURCE_IP = 1 << 5;
    static final int DESTINATION_IP = 1 << 6;
    static final int SOURCE_MAC = 1 << 7;
    static final int DESTINATION_MAC = 1 << 8;
    static final int ADDRESSES = 1 << 9;
    static final int LENGTH = 1 << 10;
    /** Chance, or bytes anywhere in the data: nothing that two frames of a flow have in common. */
    static final int ANYTHING = 1 << 11;

    // characteristics (rules.md 5.1)
    static final long INBOUND = 1L << 63;
    static final long MULTICAST = 1L << 62;
    static final long BROADCAST = 1L << 61;
    static final long SENDER_IP_OWNED = 1L << 60;
    static final long SENDER_MAC_OWNED = 1L << 59;
    static final long TCP_FLAGS = 0xfff;

    private Reads() {}

    /** What an entry of this type looks at, the characteristics it asks for left out. */
    static int of(int type) {
        return switch (type) {
            case RuleType.TEE,
                    RuleType.WATCH,
                    RuleType.REDIRECT,
                    RuleType.SOURCE_ZEROTIER_ADDRESS,
                    RuleType.DEST_ZEROTIER_ADDRESS -> ADDRESSES;
            case RuleType.MAC_SOURCE -> SOURCE_MAC;
            case RuleType.MAC_DEST -> DESTINATION_MAC;
            case RuleType.IPV4_SOURCE, RuleType.IPV6_SOURCE -> SOURCE_IP;
            case RuleType.IPV4_DEST, RuleType.IPV6_DEST -> DESTINATION_IP;
            case RuleType.IP_TOS -> TRAFFIC_CLASS;
            case RuleType.IP_PROTOCOL -> PROTOCOL;
            case RuleType.ICMP -> ICMP;
            case RuleType.IP_SOURCE_PORT_RANGE -> SOURCE_PORT;
            case RuleType.IP_DEST_PORT_RANGE -> DESTINATION_PORT;
            case RuleType.FRAME_SIZE_RANGE -> LENGTH;
            case RuleType.RANDOM, RuleType.INTEGER_RANGE -> ANYTHING;
            // the ethertype, the credentials, constants: in every key, or in none
            default -> 0;
        };
    }
}
