package io.wirecloset.controller.language;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A rule as names and values, the way JSON carries it (rules.md 2): {@code type}, {@code not}, {@code or} and the fields
 * of the type. Values are text, numbers, booleans or null; reading is as forgiving as stock controllers are, for clients
 * count on it. What cannot be meant is refused instead of taken for 0: a rule about address 0.0.0.0/0 is about all.
 */
public final class RuleForm {
    private static final int BITS = 0x3f;
    private static final int LITTLE_ENDIAN = 0x80;
    private static final int COMPARE_CODE = 1;
    private static final int MAC_DIGITS = 12;
    private static final Map<String, Integer> TYPES = types();

    private RuleForm() {}

    private static Map<String, Integer> types() {
        Map<String, Integer> types = new HashMap<>();
        for (int type = 0; type < 64; type++) {
            if (RuleType.isKnown(type)) {
                types.put(RuleType.name(type), type);
            }
        }
        return Map.copyOf(types);
    }

    // ---- reading

    /** Whether {@code type} names one; case counts. */
    public static boolean isRule(Map<String, ?> form) {
        return form.get("type") instanceof String name && TYPES.containsKey(name);
    }

    /** Whether stock controllers take a rule of this type from their owner; others they leave out. */
    public static boolean isIssued(Rule rule) {
        return rule.type() != RuleType.PRIORITY && rule.type() != RuleType.INTEGER_RANGE;
    }

    /**
     * @throws IllegalArgumentException naming the field, for a value that means nothing, and for what is no rule
     */
    public static Rule read(Map<String, ?> form) {
        if (!isRule(form)) {
            throw new IllegalArgumentException("type: there is no rule " + form.get("type"));
        }
        int type = TYPES.get((String) form.get("type"));
        if (type == RuleType.PRIORITY) {
            return Rule.priority((int) number(form, "qosBucket", 0) & 0xff);
        }
        WireWriter value = new WireWriter(RuleType.dataBytes(RuleType.INTEGER_RANGE));
        readValue(type, form, value);
        return Rule.of(type, truth(form.get("not")), truth(form.get("or")), value.toByteArray());
    }

    private static void readValue(int type, Map<String, ?> form, WireWriter to) {
        switch (type) {
            case RuleType.TEE, RuleType.WATCH ->
                to.u64(address(form, "address")).u32(number(form, "flags", 0)).u16((int) number(form, "length", 0));
            case RuleType.REDIRECT ->
                to.u64(address(form, "address")).u32(number(form, "flags", 0)).u16(0);
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS -> to.address(address(form, "zt"));
            case RuleType.VLAN_ID -> u16(form, "vlanId", to);
            case RuleType.VLAN_PCP -> u8(form, "vlanPcp", to);
            case RuleType.VLAN_DEI -> u8(form, "vlanDei", to);
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> {
                long mac = mac(form);
                to.u16((int) (mac >>> 32)).u32(mac & 0xffff_ffffL);
            }
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST -> network(form, 4, to);
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST -> network(form, 16, to);
            case RuleType.IP_TOS -> {
                u8(form, "mask", to);
                u8(form, "start", to);
                u8(form, "end", to);
            }
            case RuleType.IP_PROTOCOL -> u8(form, "ipProtocol", to);
            case RuleType.ETHERTYPE -> u16(form, "etherType", to);
            case RuleType.ICMP -> {
                u8(form, "icmpType", to);
                u8(form, "icmpCode", to);
                to.u8(form.get("icmpCode") == null ? 0 : COMPARE_CODE);
            }
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE, RuleType.FRAME_SIZE_RANGE -> {
                long start = number(form, "start", 0);
                to.u16((int) start & 0xffff).u16((int) number(form, "end", start) & 0xffff);
            }
            case RuleType.CHARACTERISTICS -> to.u64(hexOrNumber(form, "mask"));
            case RuleType.RANDOM -> to.u32(number(form, "probability", 0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL,
                    RuleType.TAG_SENDER,
                    RuleType.TAG_RECEIVER -> to.u32(number(form, "id", 0)).u32(number(form, "value", 0));
            case RuleType.INTEGER_RANGE -> integerRange(form, to);
            default -> {
                // actions without a value
            }
        }
    }

    private static void integerRange(Map<String, ?> form, WireWriter to) {
        long start = hexOrNumber(form, "start");
        // nodes keep the width in 32 bits
        long width = hexOrNumber(form, "end") - start & 0xffff_ffffL;
        int bits = (int) number(form, "bits", 1) - 1 & BITS;
        to.u64(start)
                .u64(start + width)
                .u16((int) number(form, "idx", 0) & 0xffff)
                .u8(bits | (truth(form.get("little")) ? LITTLE_ENDIAN : 0));
    }

    private static void u8(Map<String, ?> form, String field, WireWriter to) {
        to.u8((int) number(form, field, 0) & 0xff);
    }

    private static void u16(Map<String, ?> form, String field, WireWriter to) {
        to.u16((int) number(form, field, 0) & 0xffff);
    }

    private static boolean truth(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case Number number -> number.longValue() != 0;
            case String text -> !text.isEmpty() && "tT1".indexOf(text.charAt(0)) >= 0;
            case null -> false;
            default -> false;
        };
    }

    private static long number(Map<String, ?> form, String field, long otherwise) {
        return switch (form.get(field)) {
            case Number number -> number.longValue();
            case Boolean truth -> truth ? 1 : 0;
            case String text -> decimal(field, text);
            case null -> otherwise;
            default -> otherwise;
        };
    }

    private static long decimal(String field, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(field + ": " + text + " is no number");
        }
    }

    private static long hexOrNumber(Map<String, ?> form, String field) {
        return switch (form.get(field)) {
            case Number number -> number.longValue();
            case String text -> hex(field, text);
            case null -> 0;
            default -> 0;
        };
    }

    private static long hex(String field, String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(field + ": " + text + " is not 1 to 16 hexadecimal digits");
        }
    }

    /** What is above 40 bits is cut off. */
    private static long address(Map<String, ?> form, String field) {
        return form.get(field) instanceof String text ? hex(field, text) & 0xff_ffff_ffffL : 0;
    }

    private static long mac(Map<String, ?> form) {
        if (!(form.get("mac") instanceof String text)) {
            return 0;
        }
        String digits = text.replace(":", "").replace("-", "");
        if (digits.length() != MAC_DIGITS) {
            throw new IllegalArgumentException("mac: " + text + " is not twelve hexadecimal digits");
        }
        return hex("mac", digits);
    }

    /** Without "/bits" it is about all addresses; more bits than there are is all of them. */
    private static void network(Map<String, ?> form, int bytes, WireWriter to) {
        if (!(form.get("ip") instanceof String text)) {
            to.bytes(new byte[bytes]).u8(0);
            return;
        }
        Endpoint ip;
        try {
            ip = Endpoint.parse(text.indexOf('/') < 0 ? text + "/0" : text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("ip: " + text + " is no address with /bits");
        }
        if (ip.isV4() != (bytes == 4)) {
            throw new IllegalArgumentException("ip: " + text + " is of the other family");
        }
        to.bytes(ip.ip()).u8(Math.min(ip.port(), 8 * bytes));
    }

    // ---- rendering

    /** Whether it has a form: types nobody knows have none, and PRIORITY's value is not among its bytes. */
    public static boolean hasForm(Rule rule) {
        return RuleType.isKnown(rule.type()) && rule.type() != RuleType.PRIORITY;
    }

    /**
     * The form as stock controllers write it, its names in order.
     *
     * @throws IllegalArgumentException for one that {@link #hasForm has none}
     */
    public static Map<String, Object> render(Rule rule) {
        if (!hasForm(rule)) {
            throw new IllegalArgumentException(rule + " has no form");
        }
        Map<String, Object> form = new TreeMap<>();
        form.put("type", RuleType.name(rule.type()));
        if (!rule.isAction()) {
            form.put("not", rule.not());
            form.put("or", rule.or());
        }
        renderValue(rule, form);
        return form;
    }

    private static void renderValue(Rule rule, Map<String, Object> form) {
        switch (rule.type()) {
            case RuleType.TEE, RuleType.WATCH -> {
                renderTarget(rule, form);
                form.put("length", (long) rule.u16(12));
            }
            case RuleType.REDIRECT -> renderTarget(rule, form);
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS ->
                form.put("zt", Addresses.format(rule.u32(0) << 8 | rule.u8(4)));
            case RuleType.VLAN_ID -> form.put("vlanId", (long) rule.u16(0));
            case RuleType.VLAN_PCP -> form.put("vlanPcp", (long) rule.u8(0));
            case RuleType.VLAN_DEI -> form.put("vlanDei", (long) rule.u8(0));
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> form.put("mac", Mac.format(rule.u32(0) << 16 | rule.u16(4)));
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST -> renderNetwork(rule, 4, form);
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST -> renderNetwork(rule, 16, form);
            case RuleType.IP_TOS -> {
                form.put("mask", (long) rule.u8(0));
                form.put("start", (long) rule.u8(1));
                form.put("end", (long) rule.u8(2));
            }
            case RuleType.IP_PROTOCOL -> form.put("ipProtocol", (long) rule.u8(0));
            case RuleType.ETHERTYPE -> form.put("etherType", (long) rule.u16(0));
            case RuleType.ICMP -> {
                form.put("icmpType", (long) rule.u8(0));
                form.put("icmpCode", (rule.u8(2) & COMPARE_CODE) != 0 ? (long) rule.u8(1) : null);
            }
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE, RuleType.FRAME_SIZE_RANGE -> {
                form.put("start", (long) rule.u16(0));
                form.put("end", (long) rule.u16(2));
            }
            case RuleType.CHARACTERISTICS -> form.put("mask", hex64(rule.u64(0)));
            case RuleType.RANDOM -> form.put("probability", rule.u32(0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL,
                    RuleType.TAG_SENDER,
                    RuleType.TAG_RECEIVER -> {
                form.put("id", rule.u32(0));
                form.put("value", rule.u32(4));
            }
            case RuleType.INTEGER_RANGE -> {
                form.put("start", hex64(rule.u64(0)));
                form.put("end", hex64(rule.u64(8)));
                form.put("idx", (long) rule.u16(16));
                form.put("bits", (rule.u8(18) & BITS) + 1L);
                form.put("little", (rule.u8(18) & LITTLE_ENDIAN) != 0);
            }
            default -> {
                // actions without a value
            }
        }
    }

    private static void renderTarget(Rule rule, Map<String, Object> form) {
        form.put("address", Addresses.format(rule.u64(0) & 0xff_ffff_ffffL));
        form.put("flags", rule.u32(8));
    }

    private static void renderNetwork(Rule rule, int bytes, Map<String, Object> form) {
        byte[] ip = Arrays.copyOf(rule.data(), bytes);
        form.put("ip", Endpoint.of(ip, rule.u8(bytes)).toString());
    }

    private static String hex64(long value) {
        return String.format("%016x", value);
    }
}
