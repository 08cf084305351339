package io.wirecloset.controller.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleTextTest {
    @Test
    void aTableReadsLikeTheSourceItCameFrom() throws RuleError {
        String source = """
                drop
                  not ethertype ipv4
                  not ethertype arp
                  not ethertype ipv6
                ;
                accept ipprotocol tcp dport 22;
                break chr tcp_syn not chr tcp_ack;
                tee 128 0123456789 ipdest 10.0.0.0/8;
                redirect 0123456789 dport 80-81 or not ipsrc fd00::/8;
                drop random 0.5;
                accept;
                """;

        String text = RuleText.of(RuleSet.compile(source).table(), "");

        assertThat(text.replaceAll("random [0-9.]+", "random 0.5")).isEqualTo(source);
    }

    @Test
    void whatIsSaidMeansTheSameAgain() throws RuleError {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<Rule> rules = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                rules.add(rule(random));
            }
            rules.add(Rule.ACCEPT);
            String text = RuleText.of(RuleTable.of(rules), "  ");

            List<Rule> again = RuleSet.compile(text).table().rules();

            // entries without words are comments
            long silent =
                    text.lines().filter(line -> line.contains("cannot be said")).count();
            assertThat(again).as("seed %d: %s", seed, text).hasSize(rules.size() - (int) silent);
            if (silent == 0) {
                assertThat(again).as("seed %d: %s", seed, text).isEqualTo(rules);
            }
        }
    }

    private static Rule rule(Random random) {
        int type = random.nextInt(4) == 0
                ? List.of(RuleType.DROP, RuleType.ACCEPT, RuleType.BREAK).get(random.nextInt(3))
                : RuleType.SOURCE_ZEROTIER_ADDRESS + random.nextInt(28);
        byte[] data = new byte[RuleType.dataBytes(type)];
        random.nextBytes(data);
        switch (type) {
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST -> data[4] = (byte) random.nextInt(33);
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST -> data[16] = (byte) random.nextInt(129);
            case RuleType.ICMP -> {
                data[2] = (byte) random.nextInt(2);
                data[1] = data[2] == 0 ? 0 : data[1];
            }
            default -> {}
        }
        boolean action = RuleType.isAction(type);
        return Rule.of(type, !action && random.nextBoolean(), !action && random.nextBoolean(), data);
    }

    @Test
    void whatCannotBeSaidIsAComment() throws RuleError {
        RuleTable table = RuleTable.of(List.of(
                Rule.of(RuleType.INTEGER_RANGE, false, false, new byte[19]),
                Rule.priority(3),
                Rule.ACCEPT,
                Rule.of(RuleType.ETHERTYPE, true, false, new byte[] {8, 0})));

        String text = RuleText.of(table, "");

        assertThat(text).isEqualTo("""
                # entry 1, INTEGER_RANGE, cannot be said in this language; it is left out
                # entry 2, ACTION_PRIORITY, cannot be said in this language; it is left out
                accept;
                # and matches without an action: not ethertype ipv4
                """);
        assertThat(RuleSet.compile(text).table()).isEqualTo(RuleTable.ACCEPT);
    }
}
