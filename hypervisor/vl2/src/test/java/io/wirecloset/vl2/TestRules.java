package io.wirecloset.vl2;

import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Rules by name, for tests. */
final class TestRules {
    private TestRules() {}

    static Rule tee(long to, int length) {
        return Rule.of(RuleType.TEE, false, false, copy(to, length));
    }

    static Rule watch(long to, int length) {
        return Rule.of(RuleType.WATCH, false, false, copy(to, length));
    }

    static Rule redirect(long to) {
        return Rule.of(RuleType.REDIRECT, false, false, copy(to, 0));
    }

    private static byte[] copy(long to, int length) {
        return ByteBuffer.allocate(14)
                .putLong(to)
                .putInt(0)
                .putShort((short) length)
                .array();
    }

    /** Both members have this value in the tag. */
    static Rule tagsEqual(int id, int value) {
        return tags(RuleType.TAGS_EQUAL, id, value);
    }

    static Rule tagsDifference(int id, int most) {
        return tags(RuleType.TAGS_DIFFERENCE, id, most);
    }

    private static Rule tags(int type, int id, int value) {
        return Rule.of(
                type,
                false,
                false,
                ByteBuffer.allocate(8).putInt(id).putInt(value).array());
    }

    static Rule ethertype(int ethertype) {
        return Rule.of(
                RuleType.ETHERTYPE,
                false,
                false,
                ByteBuffer.allocate(2).putShort((short) ethertype).array());
    }

    static Rule destination(long address) {
        byte[] eight = ByteBuffer.allocate(8).putLong(address).array();
        return Rule.of(RuleType.DEST_ZEROTIER_ADDRESS, false, false, Arrays.copyOfRange(eight, 3, 8));
    }

    static Rule protocol(int protocol) {
        return Rule.of(RuleType.IP_PROTOCOL, false, false, new byte[] {(byte) protocol});
    }

    static Rule destinationPorts(int first, int last) {
        return Rule.of(
                RuleType.IP_DEST_PORT_RANGE,
                false,
                false,
                ByteBuffer.allocate(4)
                        .putShort((short) first)
                        .putShort((short) last)
                        .array());
    }

    /** Taken with a probability of {@code p} in 2^32. */
    static Rule random(long p) {
        return Rule.of(
                RuleType.RANDOM,
                false,
                false,
                ByteBuffer.allocate(4).putInt((int) p).array());
    }

    static Rule of(int action) {
        return Rule.of(action, false, false, new byte[0]);
    }
}
