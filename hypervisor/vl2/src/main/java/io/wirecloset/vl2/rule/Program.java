package io.wirecloset.vl2.rule;

import java.util.Arrays;
import java.util.List;

/**
 * A rule table laid flat, so that a lane walks two arrays and no objects. Immutable.
 *
 * <pre>code:      one int per entry: bits 0 to 5 type, 6 OR, 7 NOT, above them where its operands begin
 * operands:  addresses masked already, ranges as start and end, a tag's id above its value</pre>
 */
final class Program {
    static final int TYPE = 0x3f;
    static final int OR = 0x40;
    static final int NOT = 0x80;
    private static final int OPERANDS_SHIFT = 8;

    private static final long LOW_32_BITS = 0xffff_ffffL;
    private static final long LOW_40_BITS = 0xff_ffff_ffffL;

    private final int[] code;
    private final long[] operands;
    /** Where to go on when the set has become false: the next entry that can change that. */
    private final int[] whenFalse;

    // what of a frame it can depend on (Reads)
    private final int reads;
    private final long characteristics;

    private Program(int[] code, long[] operands, int[] whenFalse, int reads, long characteristics) {
        this.code = code;
        this.operands = operands;
        this.whenFalse = whenFalse;
        this.reads = reads;
        this.characteristics = characteristics;
    }

    static Program of(List<Rule> rules) {
        int[] code = new int[rules.size()];
        Operands operands = new Operands(rules.size());
        int reads = 0;
        long characteristics = 0;
        for (int i = 0; i < code.length; i++) {
            Rule rule = rules.get(i);
            code[i] = rule.type() | (rule.or() ? OR : 0) | (rule.not() ? NOT : 0) | operands.count() << OPERANDS_SHIFT;
            layDown(rule, operands);
            reads |= Reads.of(rule.type());
            characteristics |= rule.type() == RuleType.CHARACTERISTICS ? rule.u64(0) : 0;
        }
        return new Program(code, operands.toArray(), jumps(code), reads, characteristics);
    }

    private static int[] jumps(int[] code) {
        int[] next = new int[code.length];
        int target = code.length;
        for (int i = code.length - 1; i >= 0; i--) {
            next[i] = target;
            if (RuleType.isAction(code[i] & TYPE) || (code[i] & OR) != 0) {
                target = i;
            }
        }
        return next;
    }

    private static void layDown(Rule rule, Operands to) {
        switch (rule.type()) {
            case RuleType.TEE, RuleType.WATCH, RuleType.REDIRECT ->
                to.add(rule.u64(0) & LOW_40_BITS).add(rule.u16(12));
            case RuleType.PRIORITY -> to.add(rule.qosBucket());
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS ->
                to.add(rule.u32(0) << 8 | rule.u8(4));
            case RuleType.VLAN_ID, RuleType.ETHERTYPE -> to.add(rule.u16(0));
            case RuleType.VLAN_PCP, RuleType.VLAN_DEI, RuleType.IP_PROTOCOL -> to.add(rule.u8(0));
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> to.add(rule.u32(0) << 16 | rule.u16(4));
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST -> {
                long mask = highBits(rule.u8(4), 32) & LOW_32_BITS;
                to.add(rule.u32(0) & mask).add(mask);
            }
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST -> {
                // the address stays as it was written: with bits set behind the prefix it never matches
                int bits = rule.u8(16);
                to.add(rule.u64(0)).add(rule.u64(8)).add(highBits(bits, 64)).add(highBits(bits - 64, 64));
            }
            case RuleType.IP_TOS, RuleType.ICMP ->
                to.add(rule.u8(0)).add(rule.u8(1)).add(rule.u8(2));
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE, RuleType.FRAME_SIZE_RANGE ->
                to.add(rule.u16(0)).add(rule.u16(2));
            case RuleType.CHARACTERISTICS -> to.add(rule.u64(0));
            case RuleType.RANDOM -> to.add(rule.u32(0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL,
                    RuleType.TAG_SENDER,
                    RuleType.TAG_RECEIVER -> to.add(rule.u64(0));
            case RuleType.INTEGER_RANGE ->
                to.add(rule.u64(0)).add(rule.u64(8)).add(rule.u16(16)).add(rule.u8(18));
            default -> {
                // no operands
            }
        }
    }

    /** @return the upper {@code bits} of the lowest {@code width} bits; counts beyond either end are that end */
    private static long highBits(int bits, int width) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= width ? -1 : -1L << (width - bits);
    }

    int size() {
        return code.length;
    }

    /** Bits of {@link Reads}. */
    int reads() {
        return reads;
    }

    /** The characteristics it asks for. */
    long characteristics() {
        return characteristics;
    }

    int entry(int i) {
        return code[i];
    }

    int whenFalse(int i) {
        return whenFalse[i];
    }

    static int operandsOf(int entry) {
        return entry >>> OPERANDS_SHIFT;
    }

    long operand(int at) {
        return operands[at];
    }

    /** A list of longs that grows. */
    private static final class Operands {
        private long[] values;
        private int count;

        Operands(int expected) {
            values = new long[Math.max(4, 2 * expected)];
        }

        Operands add(long value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = value;
            return this;
        }

        int count() {
            return count;
        }

        long[] toArray() {
            return Arrays.copyOf(values, count);
        }
    }
}
