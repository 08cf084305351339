package io.wirecloset.vl2.rule;

/** The numbers of rule entries (rules.md 2): 0 to 15 act, 16 to 63 match. */
public final class RuleType {
    public static final int DROP = 0;
    public static final int ACCEPT = 1;
    public static final int TEE = 2;
    public static final int WATCH = 3;
    public static final int REDIRECT = 4;
    public static final int BREAK = 5;
    public static final int PRIORITY = 6;
    public static final int SOURCE_ZEROTIER_ADDRESS = 24;
    public static final int DEST_ZEROTIER_ADDRESS = 25;
    public static final int VLAN_ID = 26;
    public static final int VLAN_PCP = 27;
    public static final int VLAN_DEI = 28;
    public static final int MAC_SOURCE = 29;
    public static final int MAC_DEST = 30;
    public static final int IPV4_SOURCE = 31;
    public static final int IPV4_DEST = 32;
    public static final int IPV6_SOURCE = 33;
    public static final int IPV6_DEST = 34;
    public static final int IP_TOS = 35;
    public static final int IP_PROTOCOL = 36;
    public static final int ETHERTYPE = 37;
    public static final int ICMP = 38;
    public static final int IP_SOURCE_PORT_RANGE = 39;
    public static final int IP_DEST_PORT_RANGE = 40;
    public static final int CHARACTERISTICS = 41;
    public static final int FRAME_SIZE_RANGE = 42;
    public static final int RANDOM = 43;
    public static final int TAGS_DIFFERENCE = 44;
    public static final int TAGS_BITWISE_AND = 45;
    public static final int TAGS_BITWISE_OR = 46;
    public static final int TAGS_BITWISE_XOR = 47;
    public static final int TAGS_EQUAL = 48;
    public static final int TAG_SENDER = 49;
    public static final int TAG_RECEIVER = 50;
    public static final int INTEGER_RANGE = 51;

    private RuleType() {}

    public static boolean isAction(int type) {
        return type < 16;
    }

    /** Whether it has a meaning and a name; nodes keep and step over the others. */
    public static boolean isKnown(int type) {
        return type >= DROP && type <= PRIORITY || type >= SOURCE_ZEROTIER_ADDRESS && type <= INTEGER_RANGE;
    }

    /** Bytes an entry of this type carries; unknown types carry none that mean anything to us. */
    public static int dataBytes(int type) {
        return switch (type) {
            case TEE, WATCH, REDIRECT -> 14;
            case SOURCE_ZEROTIER_ADDRESS, DEST_ZEROTIER_ADDRESS, IPV4_SOURCE, IPV4_DEST -> 5;
            case VLAN_ID, ETHERTYPE -> 2;
            case VLAN_PCP, VLAN_DEI, IP_PROTOCOL -> 1;
            case MAC_SOURCE, MAC_DEST -> 6;
            case IPV6_SOURCE, IPV6_DEST -> 17;
            case IP_TOS, ICMP -> 3;
            case IP_SOURCE_PORT_RANGE, IP_DEST_PORT_RANGE, FRAME_SIZE_RANGE, RANDOM -> 4;
            case CHARACTERISTICS,
                    TAGS_DIFFERENCE,
                    TAGS_BITWISE_AND,
                    TAGS_BITWISE_OR,
                    TAGS_BITWISE_XOR,
                    TAGS_EQUAL,
                    TAG_SENDER,
                    TAG_RECEIVER -> 8;
            case INTEGER_RANGE -> 19;
            default -> 0;
        };
    }

    /** The name rules carry in JSON, or the number for types that have none. */
    public static String name(int type) {
        return switch (type) {
            case DROP -> "ACTION_DROP";
            case ACCEPT -> "ACTION_ACCEPT";
            case TEE -> "ACTION_TEE";
            case WATCH -> "ACTION_WATCH";
            case REDIRECT -> "ACTION_REDIRECT";
            case BREAK -> "ACTION_BREAK";
            case PRIORITY -> "ACTION_PRIORITY";
            case SOURCE_ZEROTIER_ADDRESS -> "MATCH_SOURCE_ZEROTIER_ADDRESS";
            case DEST_ZEROTIER_ADDRESS -> "MATCH_DEST_ZEROTIER_ADDRESS";
            case VLAN_ID -> "MATCH_VLAN_ID";
            case VLAN_PCP -> "MATCH_VLAN_PCP";
            case VLAN_DEI -> "MATCH_VLAN_DEI";
            case MAC_SOURCE -> "MATCH_MAC_SOURCE";
            case MAC_DEST -> "MATCH_MAC_DEST";
            case IPV4_SOURCE -> "MATCH_IPV4_SOURCE";
            case IPV4_DEST -> "MATCH_IPV4_DEST";
            case IPV6_SOURCE -> "MATCH_IPV6_SOURCE";
            case IPV6_DEST -> "MATCH_IPV6_DEST";
            case IP_TOS -> "MATCH_IP_TOS";
            case IP_PROTOCOL -> "MATCH_IP_PROTOCOL";
            case ETHERTYPE -> "MATCH_ETHERTYPE";
            case ICMP -> "MATCH_ICMP";
            case IP_SOURCE_PORT_RANGE -> "MATCH_IP_SOURCE_PORT_RANGE";
            case IP_DEST_PORT_RANGE -> "MATCH_IP_DEST_PORT_RANGE";
            case CHARACTERISTICS -> "MATCH_CHARACTERISTICS";
            case FRAME_SIZE_RANGE -> "MATCH_FRAME_SIZE_RANGE";
            case RANDOM -> "MATCH_RANDOM";
            case TAGS_DIFFERENCE -> "MATCH_TAGS_DIFFERENCE";
            case TAGS_BITWISE_AND -> "MATCH_TAGS_BITWISE_AND";
            case TAGS_BITWISE_OR -> "MATCH_TAGS_BITWISE_OR";
            case TAGS_BITWISE_XOR -> "MATCH_TAGS_BITWISE_XOR";
            case TAGS_EQUAL -> "MATCH_TAGS_EQUAL";
            case TAG_SENDER -> "MATCH_TAG_SENDER";
            case TAG_RECEIVER -> "MATCH_TAG_RECEIVER";
            case INTEGER_RANGE -> "INTEGER_RANGE";
            default -> "type " + type;
        };
    }
}
