package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.crypto.RandomSource;

/**
 * Walks one table for one frame (rules.md 4, 5). Reused: first {@link #of} a frame, then {@link #run} table after table,
 * each with fresh state. What a table asks for beside its outcome stays readable until the next run.
 */
final class Evaluation {
    // outcomes of a table
    static final int NO_MATCH = 0;
    static final int DROP = 1;
    static final int ACCEPT = 2;
    static final int SUPER_ACCEPT = 3;
    static final int REDIRECT = 4;
    private static final int GO_ON = 5;

    // results of a match; a forced one is not turned round by NOT
    private static final int FALSE = 0;
    private static final int TRUE = 1;
    private static final int FORCED = 2;
    private static final int FORCED_FALSE = FORCED;
    private static final int FORCED_TRUE = FORCED | TRUE;

    private static final int HIGHEST_BUCKET = 8;
    private static final int DEFAULT_BUCKET = 4;
    private static final int COMPARE_CODE = 1;

    private final RandomSource random;

    // the question
    private boolean inbound;
    private FrameFacts frame;
    private Party self;
    private Party remote;
    private long selfAddress;

    // the walk
    private Program program;
    private boolean skipDrop;
    private boolean superAccept;

    // beside the outcome
    private long redirectedTo;
    private long copyTo;
    private int copyLimit;
    private boolean copyIsWatch;
    private int qosBucket;

    Evaluation(RandomSource random) {
        this.random = random;
    }

    void of(boolean isInbound, FrameFacts facts, Party own, Party other) {
        inbound = isInbound;
        frame = facts;
        self = own;
        remote = other;
        selfAddress = isInbound ? facts.destination : facts.source;
    }

    /** @return one of the outcomes */
    int run(Program table) {
        program = table;
        skipDrop = false;
        superAccept = false;
        redirectedTo = 0;
        copyTo = 0;
        copyLimit = 0;
        copyIsWatch = false;
        qosBucket = 0;

        boolean set = true;
        int size = table.size();
        int i = 0;
        while (i < size) {
            int entry = table.entry(i);
            if (RuleType.isAction(entry & Program.TYPE)) {
                if (set) {
                    int outcome = act(entry);
                    if (outcome != GO_ON) {
                        return outcome;
                    }
                } else {
                    noticeWhetherNamed(entry);
                    set = true;
                }
                i++;
                continue;
            }
            int result = match(entry);
            boolean matches = (result & TRUE) != 0 ^ ((entry & Program.NOT) != 0 && (result & FORCED) == 0);
            set = (entry & Program.OR) != 0 ? set | matches : set & matches;
            i = set ? i + 1 : table.whenFalse(i);
        }
        return NO_MATCH;
    }

    boolean isInbound() {
        return inbound;
    }

    /** After {@link #REDIRECT}: the new destination. */
    long redirectedTo() {
        return redirectedTo;
    }

    /** Who gets a copy if the frame is granted; 0 for nobody. */
    long copyTo() {
        return copyTo;
    }

    /** How many bytes of the frame's data it has at most; 0 for all. */
    int copyLimit() {
        return copyLimit;
    }

    boolean copyIsWatch() {
        return copyIsWatch;
    }

    int qosBucket() {
        return qosBucket;
    }

    private int act(int entry) {
        switch (entry & Program.TYPE) {
            case RuleType.PRIORITY -> {
                int bucket = (int) operand(entry, 0);
                qosBucket = bucket <= HIGHEST_BUCKET ? bucket : DEFAULT_BUCKET;
                return ACCEPT;
            }
            case RuleType.DROP -> {
                if (skipDrop) {
                    skipDrop = false;
                    return GO_ON;
                }
                return DROP;
            }
            case RuleType.ACCEPT -> {
                return superAccept ? SUPER_ACCEPT : ACCEPT;
            }
            case RuleType.BREAK -> {
                return NO_MATCH;
            }
            case RuleType.TEE, RuleType.WATCH, RuleType.REDIRECT -> {
                return forward(entry);
            }
            default -> {
                return GO_ON;
            }
        }
    }

    private int forward(int entry) {
        long target = operand(entry, 0);
        if (target == frame.source) {
            return GO_ON;
        }
        if (target == selfAddress) {
            return inbound ? SUPER_ACCEPT : GO_ON;
        }
        if (target == frame.destination) {
            return GO_ON;
        }
        int type = entry & Program.TYPE;
        if (type == RuleType.REDIRECT) {
            redirectedTo = target;
            return REDIRECT;
        }
        copyTo = target;
        copyLimit = (int) operand(entry, 1);
        copyIsWatch = type == RuleType.WATCH;
        return GO_ON;
    }

    /** An observer takes copies although it cannot see all that the matches look at. */
    private void noticeWhetherNamed(int entry) {
        int type = entry & Program.TYPE;
        boolean forwards = type == RuleType.TEE || type == RuleType.WATCH || type == RuleType.REDIRECT;
        if (inbound && forwards && operand(entry, 0) == selfAddress) {
            superAccept = true;
        }
    }

    private int match(int entry) {
        return switch (entry & Program.TYPE) {
            case RuleType.SOURCE_ZEROTIER_ADDRESS -> plain(frame.source == operand(entry, 0));
            case RuleType.DEST_ZEROTIER_ADDRESS -> plain(frame.destination == operand(entry, 0));
            case RuleType.VLAN_ID, RuleType.VLAN_PCP, RuleType.VLAN_DEI -> plain(operand(entry, 0) == 0);
            case RuleType.MAC_SOURCE -> plain(frame.sourceMac == operand(entry, 0));
            case RuleType.MAC_DEST -> plain(frame.destinationMac == operand(entry, 0));
            case RuleType.IPV4_SOURCE -> ipv4(entry, frame.sourceIpLow());
            case RuleType.IPV4_DEST -> ipv4(entry, frame.destinationIpLow());
            case RuleType.IPV6_SOURCE -> ipv6(entry, frame.sourceIpHigh(), frame.sourceIpLow());
            case RuleType.IPV6_DEST -> ipv6(entry, frame.destinationIpHigh(), frame.destinationIpLow());
            case RuleType.IP_TOS -> tos(entry);
            case RuleType.IP_PROTOCOL -> ipProtocol(entry);
            case RuleType.ETHERTYPE -> plain(frame.ethertype == operand(entry, 0));
            case RuleType.ICMP -> icmp(entry);
            case RuleType.IP_SOURCE_PORT_RANGE -> port(entry, frame.sourcePort());
            case RuleType.IP_DEST_PORT_RANGE -> port(entry, frame.destinationPort());
            case RuleType.CHARACTERISTICS -> characteristics(operand(entry, 0));
            case RuleType.FRAME_SIZE_RANGE -> plain(isWithin(frame.length, entry, 0));
            case RuleType.RANDOM -> plain((random.nextLong() & 0xffff_ffffL) <= operand(entry, 0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL -> twoTags(entry);
            case RuleType.TAG_SENDER -> tagSender(entry);
            case RuleType.TAG_RECEIVER -> tagReceiver(entry);
            case RuleType.INTEGER_RANGE -> integerRange(entry);
            default -> plain(self.unknownMatches());
        };
    }

    private static int plain(boolean matches) {
        return matches ? TRUE : FALSE;
    }

    private long operand(int entry, int i) {
        return program.operand(Program.operandsOf(entry) + i);
    }

    /** Between the {@code i}th operand and the next, both included. */
    private boolean isWithin(long value, int entry, int i) {
        return operand(entry, i) <= value && value <= operand(entry, i + 1);
    }

    private int ipv4(int entry, long ip) {
        return frame.isIpv4() ? plain((ip & operand(entry, 1)) == operand(entry, 0)) : FORCED_FALSE;
    }

    private int ipv6(int entry, long high, long low) {
        if (!frame.isIpv6()) {
            return FORCED_FALSE;
        }
        return plain((high & operand(entry, 2)) == operand(entry, 0) && (low & operand(entry, 3)) == operand(entry, 1));
    }

    private int tos(int entry) {
        int value = frame.trafficClass();
        if (value == FrameFacts.NOT_APPLICABLE) {
            return FORCED_FALSE;
        }
        return plain(isWithin(value & operand(entry, 0), entry, 1));
    }

    private int ipProtocol(int entry) {
        int protocol = frame.protocol();
        return protocol == FrameFacts.NOT_APPLICABLE ? FORCED_FALSE : plain(protocol == operand(entry, 0));
    }

    private int icmp(int entry) {
        if (frame.icmpType() != operand(entry, 0)) {
            return FORCED_FALSE;
        }
        boolean compareCode = (operand(entry, 2) & COMPARE_CODE) != 0;
        return compareCode ? plain(frame.icmpCode() == operand(entry, 1)) : FORCED_TRUE;
    }

    private int port(int entry, int port) {
        return port == FrameFacts.NOT_APPLICABLE ? FORCED_FALSE : plain(isWithin(port, entry, 0));
    }

    private int characteristics(long mask) {
        long found = inbound ? Reads.INBOUND : 0;
        if (frame.isMulticast()) {
            found |= Reads.MULTICAST;
        }
        if (frame.isBroadcast()) {
            found |= Reads.BROADCAST;
        }
        if ((mask & Reads.TCP_FLAGS) != 0) {
            found |= frame.tcpFlags();
        }
        if ((mask & Reads.SENDER_IP_OWNED) != 0 && claimIsTrue()) {
            found |= Reads.SENDER_IP_OWNED;
        }
        if ((mask & Reads.SENDER_MAC_OWNED) != 0 && sender().ownsMac(frame.sourceMac)) {
            found |= Reads.SENDER_MAC_OWNED;
        }
        return plain((found & mask) != 0);
    }

    private Party sender() {
        return inbound ? remote : self;
    }

    private boolean claimIsTrue() {
        long high = frame.claimedIpHigh();
        long low = frame.claimedIpLow();
        return switch (frame.claim()) {
            case FrameFacts.CLAIMS_IPV4 -> sender().owns((int) low);
            case FrameFacts.CLAIMS_IPV6 -> sender().owns(high, low) || inbound && self.emulates(high, low);
            // its source says nothing, and without solicitations there is no IPv6
            case FrameFacts.SOLICITS -> true;
            default -> false;
        };
    }

    private int twoTags(int entry) {
        long idAndValue = operand(entry, 0);
        int id = (int) (idAndValue >>> 32);
        int value = (int) idAndValue;
        int local = self.findTag(id);
        if (local < 0) {
            return FORCED_FALSE;
        }
        int other = remote.findTag(id);
        if (other < 0) {
            return inbound && !superAccept ? FORCED_FALSE : assumeMatch();
        }
        return plain(compare(entry & Program.TYPE, self.tagValue(local), remote.tagValue(other), value));
    }

    private static boolean compare(int type, int local, int remote, int value) {
        return switch (type) {
            case RuleType.TAGS_DIFFERENCE -> {
                int difference = Integer.compareUnsigned(local, remote) > 0 ? local - remote : remote - local;
                yield Integer.compareUnsigned(difference, value) <= 0;
            }
            case RuleType.TAGS_BITWISE_AND -> (local & remote) == value;
            case RuleType.TAGS_BITWISE_OR -> (local | remote) == value;
            case RuleType.TAGS_BITWISE_XOR -> (local ^ remote) == value;
            default -> local == value && remote == value;
        };
    }

    private int tagSender(int entry) {
        if (superAccept) {
            return assumeMatch();
        }
        return oneTag(entry, inbound ? remote : self);
    }

    private int tagReceiver(int entry) {
        if (superAccept) {
            return assumeMatch();
        }
        if (!inbound && remote.findTag((int) (operand(entry, 0) >>> 32)) < 0) {
            return assumeMatch();
        }
        return oneTag(entry, inbound ? self : remote);
    }

    private int oneTag(int entry, Party of) {
        long idAndValue = operand(entry, 0);
        int index = of.findTag((int) (idAndValue >>> 32));
        return index < 0 ? FORCED_FALSE : plain(of.tagValue(index) == (int) idAndValue);
    }

    /** We cannot know yet what the other's tag is, and the other will: so a drop that follows is left to it. */
    private int assumeMatch() {
        skipDrop = true;
        return FORCED_TRUE;
    }

    private int integerRange(int entry) {
        int format = (int) operand(entry, 3);
        int bits = (format & 0x3f) + 1;
        int bytes = (bits + 7) / 8;
        boolean little = (format & 0x80) != 0;
        int begin = (int) operand(entry, 2) + (little ? 0 : 8 - bytes);
        long value = 0;
        if (begin + bytes <= frame.length) {
            value = little
                    ? littleEndian(begin, bytes) >>> (64 - bits)
                    : bigEndian(begin, bytes) << (64 - bits) >>> (64 - bits);
        }
        return plain(Long.compareUnsigned(operand(entry, 0), value) <= 0
                && Long.compareUnsigned(value, operand(entry, 1)) <= 0);
    }

    private long bigEndian(int begin, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | frame.u8(begin + i);
        }
        return value;
    }

    /** At the top of the word. */
    private long littleEndian(int begin, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value >>> 8 | (long) frame.u8(begin + i) << 56;
        }
        return value;
    }
}
