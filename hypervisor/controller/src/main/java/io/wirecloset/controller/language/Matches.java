package io.wirecloset.controller.language;

import io.wirecloset.controller.language.Document.Match;
import io.wirecloset.controller.language.RuleSet.TagSource;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl2.rule.RuleType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The matches of rules.md 7.3: what each makes of its arguments. */
final class Matches {
    private static final int ADDRESS_DIGITS = 10;
    private static final int MAC_DIGITS = 12;
    private static final int HIGHEST_CHARACTERISTIC = 63;

    private final Map<String, TagSource> tags;

    Matches(Map<String, TagSource> tags) {
        this.tags = tags;
    }

    /** @param a its arguments, parameters of macros replaced */
    Map<String, Object> form(Match match, List<Word> a) throws RuleError {
        Map<String, Object> form = new LinkedHashMap<>();
        String keyword = match.keyword().folded();
        int type = Vocabulary.MATCHES.get(keyword);
        form.put("type", RuleType.name(type));
        form.put("not", match.not());
        form.put("or", match.or());
        Word first = a.getFirst();
        switch (keyword) {
            case "ztsrc", "ztdest" -> form.put("zt", digits(first, ADDRESS_DIGITS, "a node address"));
            case "vlan" -> form.put("vlanId", Compiler.number(first, 0, Numbers.U32));
            case "vlanpcp" -> form.put("vlanPcp", Compiler.number(first, 0, Numbers.U32));
            case "vlandei" -> form.put("vlanDei", Compiler.number(first, 0, Numbers.U32));
            case "ethertype" -> form.put("etherType", named(first, Vocabulary.ETHERTYPES, 0xffff));
            case "ipprotocol" -> form.put("ipProtocol", named(first, Vocabulary.PROTOCOLS, 0xff));
            case "macsrc", "macdest" -> form.put("mac", mac(first));
            case "ipsrc", "ipdest" -> network(keyword, first, form);
            case "iptos" -> {
                form.put("mask", Compiler.number(first, 0, 0xff));
                range(a.getLast(), 0xff, form);
            }
            case "icmp" -> {
                form.put("icmpType", Compiler.number(first, 0, 0xff));
                long code = Compiler.number(a.getLast(), -1, 0xff);
                form.put("icmpCode", code < 0 ? null : code);
            }
            case "sport", "dport", "framesize" -> range(first, 0xffff, form);
            case "chr" -> form.put("mask", String.format("%016x", characteristics(first)));
            case "random" -> form.put("probability", (long) Math.floor(Numbers.U32 * Numbers.share(first.text())));
            default -> tag(first, a.getLast(), form);
        }
        return form;
    }

    /** All hexadecimal digits of the word, whatever is between them. */
    private static String digits(Word word, int count, String what) throws RuleError {
        String digits = word.text().replaceAll("[^0-9a-fA-F]", "").toLowerCase(Locale.ROOT);
        if (digits.length() != count) {
            throw new RuleError(
                    word, "expected " + what + ", " + count + " hexadecimal digits, found '" + word.text() + "'");
        }
        return digits;
    }

    private static String mac(Word word) throws RuleError {
        return String.join(":", digits(word, MAC_DIGITS, "a MAC").split("(?<=\\G..)"));
    }

    private static long named(Word word, Map<String, Integer> names, long most) throws RuleError {
        Integer named = names.get(word.text());
        if (named != null) {
            return named;
        }
        long value = Numbers.whole(word.text(), 0, most);
        if (value == Numbers.NONE) {
            throw new RuleError(
                    word,
                    "expected " + String.join(", ", new TreeSet<>(names.keySet())) + " or a number up to " + most
                            + ", found '" + word.text() + "'");
        }
        return value;
    }

    private static void network(String keyword, Word word, Map<String, Object> form) throws RuleError {
        String text = word.text();
        Endpoint ip;
        try {
            ip = text.indexOf('/') < 0 ? null : Endpoint.parse(text);
        } catch (MalformedException e) {
            ip = null;
        }
        if (ip == null || ip.port() > (ip.isV4() ? 32 : 128)) {
            throw new RuleError(
                    word, "expected an address and its bits, like 10.1.0.0/16 or fd00::/8, found '" + text + "'");
        }
        boolean source = keyword.equals("ipsrc");
        int type;
        if (ip.isV4()) {
            type = source ? RuleType.IPV4_SOURCE : RuleType.IPV4_DEST;
        } else {
            type = source ? RuleType.IPV6_SOURCE : RuleType.IPV6_DEST;
        }
        form.put("type", RuleType.name(type));
        form.put("ip", text);
    }

    private static void range(Word word, long most, Map<String, Object> form) throws RuleError {
        String[] ends = word.text().split("-", -1);
        long start = Numbers.whole(ends[0], 0, most);
        long end = ends.length == 1 ? start : Numbers.whole(ends[ends.length - 1], 0, most);
        if (ends.length > 2 || start == Numbers.NONE || end == Numbers.NONE || start > end) {
            throw new RuleError(
                    word, "expected a number up to " + most + " or a range like 1-5, found '" + word.text() + "'");
        }
        form.put("start", start);
        form.put("end", end);
    }

    private static long characteristics(Word list) throws RuleError {
        long mask = 0;
        for (String one : list.text().split(",", -1)) {
            Integer named = Vocabulary.CHARACTERISTICS.get(one);
            long bit = named != null ? named : Numbers.whole(one, 0, HIGHEST_CHARACTERISTIC);
            if (bit == Numbers.NONE) {
                throw new RuleError(
                        list,
                        "expected " + String.join(", ", new TreeSet<>(Vocabulary.CHARACTERISTICS.keySet()))
                                + " or a bit from 0 to 63, found '" + one + "'");
            }
            mask |= 1L << bit;
        }
        return mask;
    }

    private void tag(Word name, Word value, Map<String, Object> form) throws RuleError {
        TagSource tag = tags.get(name.folded());
        Long id = tag != null ? Long.valueOf(tag.id()) : number(name.text());
        if (id == null) {
            throw new RuleError(name, "there is no tag '" + name.text() + "'");
        }
        Long compared = tag != null ? tag.valueOf(value.text()) : number(value.text());
        if (compared == null) {
            throw new RuleError(
                    value,
                    "expected a number" + (tag != null ? " or a flag or enum of '" + name.text() + "'" : "")
                            + ", found '" + value.text() + "'");
        }
        form.put("id", id);
        form.put("value", compared);
    }

    private static Long number(String text) {
        long value = Numbers.whole(text, 0, Numbers.U32);
        return value == Numbers.NONE ? null : value;
    }
}
