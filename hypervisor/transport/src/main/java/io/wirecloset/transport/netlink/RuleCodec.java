package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;

/** {@code struct fib_rule_hdr} and its attributes. */
final class RuleCodec {
    private static final int FAMILY = 0;
    private static final int FROM_LENGTH = 2;
    private static final int TABLE = 4;
    private static final int FIXED_BYTES = 12;
    private static final int SMALL_TABLES = 256;

    private RuleCodec() {}

    static Request write(int type, int flags, Rule rule) {
        Request request = new Request(type, flags)
                .u8(rule.family())
                .u8(0)
                .u8(rule.from() == null ? 0 : rule.from().length())
                .u8(0)
                .u8(rule.table() < SMALL_TABLES ? rule.table() : 0)
                .u8(0)
                .u8(0)
                .u8(Rtnetlink.FR_ACT_TO_TBL)
                .u32(0)
                .put(Rtnetlink.FRA_TABLE, rule.table())
                .put(Rtnetlink.FRA_PRIORITY, rule.priority())
                .put(Rtnetlink.FRA_PROTOCOL, new byte[] {(byte) rule.protocol()});
        if (rule.from() != null) {
            request.put(Rtnetlink.FRA_SRC, rule.from().network().ip());
        }
        return request;
    }

    static Request dump(int family) {
        return new Request(Rtnetlink.RTM_GETRULE, Rtnetlink.NLM_F_DUMP)
                .u8(family)
                .zeros(11);
    }

    static Rule read(Body body) {
        int table = body.u8(TABLE);
        int priority = 0;
        int protocol = 0;
        InetAddress from = null;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.FRA_TABLE -> table = attribute.i32();
                case Rtnetlink.FRA_PRIORITY -> priority = attribute.i32();
                case Rtnetlink.FRA_PROTOCOL -> protocol = attribute.u8();
                case Rtnetlink.FRA_SRC -> from = attribute.ip();
                default -> {}
            }
        }
        return new Rule(
                body.u8(FAMILY),
                priority,
                table,
                from == null ? null : Family.prefix(from, body.u8(FROM_LENGTH)),
                protocol);
    }
}
