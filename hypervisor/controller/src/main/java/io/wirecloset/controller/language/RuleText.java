package io.wirecloset.controller.language;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * A table in the words of the language: what {@link RuleSet#compile} makes of the text are the same entries. The few that
 * the language has no words for stand in it as comments.
 */
public final class RuleText {
    private static final Map<Integer, String> MATCH_WORDS = Vocabulary.MATCHES.entrySet().stream()
            .filter(word -> !word.getKey().startsWith("ip")
                    || word.getKey().equals("ipprotocol")
                    || word.getKey().equals("iptos"))
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    private static final int WORDS_IN_A_LINE = 2;
    private static final int COMPARE_CODE = 1;

    private RuleText() {}

    /** @param indent blanks in front of each line */
    public static String of(RuleTable table, String indent) {
        StringBuilder text = new StringBuilder();
        List<String> matches = new ArrayList<>();
        int number = 0;
        for (Rule rule : table.rules()) {
            number++;
            String said = rule.isAction() ? action(rule) : match(rule);
            if (said == null) {
                text.append(indent)
                        .append("# entry ")
                        .append(number)
                        .append(", ")
                        .append(rule);
                text.append(", cannot be said in this language; it is left out\n");
            } else if (rule.isAction()) {
                write(said, matches, indent, text);
                matches.clear();
            } else {
                matches.add((rule.or() ? "or " : "") + (rule.not() ? "not " : "") + said);
            }
        }
        if (!matches.isEmpty()) {
            text.append(indent).append("# and matches without an action: ");
            text.append(String.join(" ", matches)).append('\n');
        }
        return text.toString();
    }

    private static void write(String action, List<String> matches, String indent, StringBuilder to) {
        to.append(indent).append(action);
        if (matches.isEmpty()) {
            to.append(";\n");
        } else if (matches.size() <= WORDS_IN_A_LINE) {
            to.append(' ').append(String.join(" ", matches)).append(";\n");
        } else {
            matches.forEach(match -> to.append('\n').append(indent).append("  ").append(match));
            to.append('\n').append(indent).append(";\n");
        }
    }

    /** @return null for one without words */
    private static String action(Rule rule) {
        return switch (rule.type()) {
            case RuleType.DROP -> "drop";
            case RuleType.ACCEPT -> "accept";
            case RuleType.BREAK -> "break";
            case RuleType.TEE -> "tee " + rule.u16(12) + " " + target(rule);
            case RuleType.WATCH -> "watch " + rule.u16(12) + " " + target(rule);
            case RuleType.REDIRECT -> "redirect " + target(rule);
            default -> null;
        };
    }

    private static String target(Rule rule) {
        return Addresses.format(rule.u64(0) & 0xff_ffff_ffffL);
    }

    private static String match(Rule rule) {
        String word = MATCH_WORDS.get(rule.type());
        return switch (rule.type()) {
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS ->
                word + " " + Addresses.format(rule.u32(0) << 8 | rule.u8(4));
            case RuleType.VLAN_ID -> word + " " + rule.u16(0);
            case RuleType.VLAN_PCP, RuleType.VLAN_DEI -> word + " " + rule.u8(0);
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> word + " " + Mac.format(rule.u32(0) << 16 | rule.u16(4));
            case RuleType.IPV4_SOURCE -> network("ipsrc", rule, 4);
            case RuleType.IPV4_DEST -> network("ipdest", rule, 4);
            case RuleType.IPV6_SOURCE -> network("ipsrc", rule, 16);
            case RuleType.IPV6_DEST -> network("ipdest", rule, 16);
            case RuleType.IP_TOS -> range(word + " " + rule.u8(0), rule.u8(1), rule.u8(2));
            case RuleType.IP_PROTOCOL -> word + " " + named(rule.u8(0), Vocabulary.PROTOCOLS);
            case RuleType.ETHERTYPE -> word + " " + named(rule.u16(0), Vocabulary.ETHERTYPES);
            case RuleType.ICMP -> word + " " + rule.u8(0) + " " + ((rule.u8(2) & COMPARE_CODE) != 0 ? rule.u8(1) : -1);
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE, RuleType.FRAME_SIZE_RANGE ->
                range(word, rule.u16(0), rule.u16(2));
            case RuleType.CHARACTERISTICS -> characteristics(word, rule.u64(0));
            case RuleType.RANDOM -> word + " " + share(rule.u32(0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL,
                    RuleType.TAG_SENDER,
                    RuleType.TAG_RECEIVER -> word + " " + rule.u32(0) + " " + rule.u32(4);
            default -> null;
        };
    }

    private static String network(String word, Rule rule, int bytes) {
        int bits = rule.u8(bytes);
        return bits > 8 * bytes ? null : word + " " + Endpoint.of(Arrays.copyOf(rule.data(), bytes), bits);
    }

    private static String range(String words, int start, int end) {
        if (start > end) {
            return null;
        }
        return words + " " + (start == end ? String.valueOf(start) : start + "-" + end);
    }

    /** The shortest name, the number where there is none. */
    private static String named(int value, Map<String, Integer> names) {
        return names.entrySet().stream()
                .filter(name -> name.getValue() == value)
                .map(Map.Entry::getKey)
                .min((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length())
                .orElse(String.format(Locale.ROOT, value > 0xff ? "0x%04x" : "%d", value));
    }

    private static String characteristics(String word, long mask) {
        if (mask == 0) {
            return null;
        }
        StringJoiner bits = new StringJoiner(",", word + " ", "");
        for (int bit = 63; bit >= 0; bit--) {
            if ((mask >>> bit & 1) != 0) {
                bits.add(named(bit, Vocabulary.CHARACTERISTICS));
            }
        }
        return bits.toString();
    }

    /** In the middle of what is rounded to it. */
    private static String share(long probability) {
        if (probability == 0 || probability == Numbers.U32) {
            return probability == 0 ? "0" : "1";
        }
        return Double.toString((probability + 0.5) / Numbers.U32);
    }
}
