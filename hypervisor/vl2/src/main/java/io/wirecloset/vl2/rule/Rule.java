package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Bytes;
import java.util.Arrays;

/**
 * One entry of a rule table: {@code u8 NOT, OR and type | u8 length | data} (rules.md 2). The data has exactly the bytes
 * its type needs; what they mean is in the table there, and they are read by offset. Immutable.
 */
public final class Rule {
    public static final Rule ACCEPT = of(RuleType.ACCEPT, false, false, new byte[0]);
    public static final Rule DROP = of(RuleType.DROP, false, false, new byte[0]);

    private static final int NOT = 0x80;
    private static final int OR = 0x40;
    private static final int TYPE = 0x3f;

    // INTEGER_RANGE
    private static final int RANGE_START = 0;
    private static final int RANGE_END = 8;

    private final int typeAndFlags;
    private final byte[] data;
    private final int qosBucket;

    private Rule(int typeAndFlags, byte[] data, int qosBucket) {
        this.typeAndFlags = typeAndFlags;
        this.data = data;
        this.qosBucket = qosBucket;
    }

    /**
     * @param data as many bytes as {@link RuleType#dataBytes} says; copied
     * @throws IllegalArgumentException if it is another number
     */
    public static Rule of(int type, boolean not, boolean or, byte[] data) {
        if ((type & ~TYPE) != 0 || data.length != RuleType.dataBytes(type)) {
            throw new IllegalArgumentException(
                    RuleType.name(type) + " takes " + RuleType.dataBytes(type) + " bytes, not " + data.length);
        }
        return new Rule(type | (not ? NOT : 0) | (or ? OR : 0), data.clone(), 0);
    }

    /** Accepts into a bucket. The bucket is not among the bytes, so it never leaves the node that made the rule. */
    public static Rule priority(int qosBucket) {
        return new Rule(RuleType.PRIORITY, new byte[0], qosBucket);
    }

    /**
     * Reads one entry. The length only leads to the next one: a longer one is skipped, with a shorter one the value
     * still takes all the bytes its type needs, as stock nodes read it.
     *
     * @throws MalformedException at the end of the bytes
     */
    static Rule read(WireReader in) {
        int typeAndFlags = in.u8();
        int length = in.u8();
        int needed = RuleType.dataBytes(typeAndFlags & TYPE);
        byte[] buffer = in.buffer();
        int at = in.offset();
        if (needed > in.remaining()) {
            throw new MalformedException("rule without its value");
        }
        in.skip(length);
        Rule rule = new Rule(typeAndFlags, Arrays.copyOfRange(buffer, at, at + needed), 0);
        if (rule.type() == RuleType.INTEGER_RANGE) {
            rule.keepRangeWithin32Bits();
        }
        return rule;
    }

    /** Nodes keep an integer range as its start and a 32-bit width, so more of the end never had a meaning. */
    private void keepRangeWithin32Bits() {
        long start = u64(RANGE_START);
        Bytes.putU64(data, RANGE_END, start + (u64(RANGE_END) - start & 0xffff_ffffL));
    }

    void write(WireWriter out) {
        out.u8(typeAndFlags).u8(data.length).bytes(data);
    }

    public int type() {
        return typeAndFlags & TYPE;
    }

    public boolean isAction() {
        return RuleType.isAction(type());
    }

    /** Whether a match is turned round. No effect on actions. */
    public boolean not() {
        return (typeAndFlags & NOT) != 0;
    }

    /** Whether a match is an alternative to those before it. No effect on actions. */
    public boolean or() {
        return (typeAndFlags & OR) != 0;
    }

    public int u8(int offset) {
        return data[offset] & 0xff;
    }

    public int u16(int offset) {
        return Bytes.u16(data, offset);
    }

    public long u32(int offset) {
        return Bytes.u32(data, offset) & 0xffff_ffffL;
    }

    public long u64(int offset) {
        return Bytes.u64(data, offset);
    }

    /** Of PRIORITY; 0 in all that was read. */
    public int qosBucket() {
        return qosBucket;
    }

    /** The value as it is on the wire, a copy. */
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Rule other
                && typeAndFlags == other.typeAndFlags
                && qosBucket == other.qosBucket
                && Arrays.equals(data, other.data);
    }

    @Override
    public int hashCode() {
        return 31 * typeAndFlags + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return (or() ? "OR " : "") + (not() ? "NOT " : "") + RuleType.name(type());
    }
}
