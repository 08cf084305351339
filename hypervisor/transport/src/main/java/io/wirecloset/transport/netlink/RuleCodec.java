package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;

/** {@code struct fib_rule_hdr} and its attributes. */
final class RuleCodec {
    private static final int FAMILY = 0;
    private static final int TO_LENGTH = 1;
    private static final int FROM_LENGTH = 2;
    private static final int TABLE = 4;
    private static final int FIXED_BYTES = 12;
    private static final int SMALL_TABLES = 256;

    private RuleCodec() {}

    static Request write(int type, int flags, Rule rule) {
        Request request = new Request(type, flags)
                .u8(rule.family())
                .u8(rule.to() == null ? 0 : rule.to().length())
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
        if (rule.to() != null) {
            request.put(Rtnetlink.FRA_DST, rule.to().network().ip());
        }
        if (rule.from() != null) {
            request.put(Rtnetlink.FRA_SRC, rule.from().network().ip());
        }
        if (!rule.inputInterface().isEmpty()) {
            request.put(Rtnetlink.FRA_IIFNAME, rule.inputInterface());
        }
        if (rule.mask() != 0) {
            request.put(Rtnetlink.FRA_FWMARK, rule.mark()).put(Rtnetlink.FRA_FWMASK, rule.mask());
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
        int mark = 0;
        int mask = 0;
        InetAddress from = null;
        InetAddress to = null;
        String input = "";
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.FRA_TABLE -> table = attribute.i32();
                case Rtnetlink.FRA_PRIORITY -> priority = attribute.i32();
                case Rtnetlink.FRA_PROTOCOL -> protocol = attribute.u8();
                case Rtnetlink.FRA_SRC -> from = attribute.ip();
                case Rtnetlink.FRA_DST -> to = attribute.ip();
                case Rtnetlink.FRA_IIFNAME -> input = attribute.text();
                case Rtnetlink.FRA_FWMARK -> mark = attribute.i32();
                case Rtnetlink.FRA_FWMASK -> mask = attribute.i32();
                default -> {}
            }
        }
        return new Rule(
                body.u8(FAMILY),
                priority,
                table,
                from == null ? null : Family.prefix(from, body.u8(FROM_LENGTH)),
                to == null ? null : Family.prefix(to, body.u8(TO_LENGTH)),
                input,
                mark,
                mask,
                protocol);
    }
}
