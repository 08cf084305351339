package io.wirecloset.controller.language;

import io.wirecloset.vl2.rule.RuleType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of the language (rules.md 7.2, 7.3). */
final class Vocabulary {
    static final Set<String> ACTIONS = Set.of("drop", "accept", "break", "tee", "watch", "redirect");
    static final Set<String> DEFINITIONS = Set.of("macro", "tag", "cap");

    /** Match words and the rules they make; the two kinds of IP rules are told apart by their address. */
    static final Map<String, Integer> MATCHES = Map.ofEntries(
            Map.entry("ztsrc", RuleType.SOURCE_ZEROTIER_ADDRESS),
            Map.entry("ztdest", RuleType.DEST_ZEROTIER_ADDRESS),
            Map.entry("vlan", RuleType.VLAN_ID),
            Map.entry("vlanpcp", RuleType.VLAN_PCP),
            Map.entry("vlandei", RuleType.VLAN_DEI),
            Map.entry("ethertype", RuleType.ETHERTYPE),
            Map.entry("ipprotocol", RuleType.IP_PROTOCOL),
            Map.entry("macsrc", RuleType.MAC_SOURCE),
            Map.entry("macdest", RuleType.MAC_DEST),
            Map.entry("ipsrc", RuleType.IPV4_SOURCE),
            Map.entry("ipdest", RuleType.IPV4_DEST),
            Map.entry("iptos", RuleType.IP_TOS),
            Map.entry("icmp", RuleType.ICMP),
            Map.entry("sport", RuleType.IP_SOURCE_PORT_RANGE),
            Map.entry("dport", RuleType.IP_DEST_PORT_RANGE),
            Map.entry("framesize", RuleType.FRAME_SIZE_RANGE),
            Map.entry("chr", RuleType.CHARACTERISTICS),
            Map.entry("random", RuleType.RANDOM),
            Map.entry("tdiff", RuleType.TAGS_DIFFERENCE),
            Map.entry("tand", RuleType.TAGS_BITWISE_AND),
            Map.entry("tor", RuleType.TAGS_BITWISE_OR),
            Map.entry("txor", RuleType.TAGS_BITWISE_XOR),
            Map.entry("teq", RuleType.TAGS_EQUAL),
            Map.entry("tseq", RuleType.TAG_SENDER),
            Map.entry("treq", RuleType.TAG_RECEIVER));

    /** Match words that take two arguments, not one. */
    static final Set<String> TAKING_TWO =
            Set.of("iptos", "icmp", "tdiff", "tand", "tor", "txor", "teq", "tseq", "treq");

    static final Map<String, Integer> ETHERTYPES = Map.of(
            "ipv4", 0x0800,
            "arp", 0x0806,
            "wol", 0x0842,
            "rarp", 0x8035,
            "ipv6", 0x86dd,
            "atalk", 0x809b,
            "aarp", 0x80f3,
            "ipx_a", 0x8137,
            "ipx_b", 0x8138);

    static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("icmp4", 1),
            Map.entry("icmpv4", 1),
            Map.entry("igmp", 2),
            Map.entry("ipip", 4),
            Map.entry("tcp", 6),
            Map.entry("egp", 8),
            Map.entry("igp", 9),
            Map.entry("udp", 17),
            Map.entry("rdp", 27),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("icmp6", 58),
            Map.entry("icmpv6", 58),
            Map.entry("l2tp", 115),
            Map.entry("sctp", 132),
            Map.entry("udplite", 136));

    /** Bit numbers. */
    static final Map<String, Integer> CHARACTERISTICS = Map.ofEntries(
            Map.entry("inbound", 63),
            Map.entry("multicast", 62),
            Map.entry("broadcast", 61),
            Map.entry("ipauth", 60),
            Map.entry("macauth", 59),
            Map.entry("tcp_fin", 0),
            Map.entry("tcp_syn", 1),
            Map.entry("tcp_rst", 2),
            Map.entry("tcp_psh", 3),
            Map.entry("tcp_ack", 4),
            Map.entry("tcp_urg", 5),
            Map.entry("tcp_ece", 6),
            Map.entry("tcp_cwr", 7),
            Map.entry("tcp_ns", 8),
            Map.entry("tcp_rs2", 9),
            Map.entry("tcp_rs1", 10),
            Map.entry("tcp_rs0", 11));

    private static final Set<String> RESERVED = reserved();

    private Vocabulary() {}

    private static Set<String> reserved() {
        Set<String> words = new HashSet<>(MATCHES.keySet());
        words.addAll(ACTIONS);
        words.addAll(DEFINITIONS);
        words.addAll(List.of("priority", "default"));
        words.addAll(List.of(
                "type", "enum", "class", "define", "import", "include", "log", "not", "xor", "or", "and", "set", "var",
                "let"));
        return Set.copyOf(words);
    }

    /** @param folded a word in lower case */
    static boolean isReserved(String folded) {
        return RESERVED.contains(folded);
    }

    static boolean isAction(String folded) {
        return ACTIONS.contains(folded);
    }
}
