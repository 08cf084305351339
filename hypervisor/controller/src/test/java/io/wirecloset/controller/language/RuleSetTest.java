package io.wirecloset.controller.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSetTest {
    private static List<Object> types(List<Map<String, Object>> rules) {
        return rules.stream().map(rule -> rule.get("type")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"accept; drop;", "accept ;\ndrop ;", "accept;\ndrop", "ACCEPT; Drop;", "accept; ; ; drop;"})
    void anActionIsCompleteAtItsSemicolonEverywhere(String source) throws RuleError {
        assertThat(types(RuleSet.compile(source).rules())).containsExactly("ACTION_ACCEPT", "ACTION_DROP");
    }

    @Test
    void bareActionsStandAnywhereInACapability() throws RuleError {
        RuleSet made = RuleSet.compile("cap c id 1 accept ; drop ; ;\nbreak;\naccept ipprotocol tcp;");

        assertThat(types(made.capabilities().get("c").rules())).containsExactly("ACTION_ACCEPT", "ACTION_DROP");
        assertThat(types(made.rules())).containsExactly("ACTION_BREAK", "MATCH_IP_PROTOCOL", "ACTION_ACCEPT");
    }

    /** Stock compilers close the capability at "accept;", so the rest would silently be elsewhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cap c id 1 accept;\ndrop ipprotocol tcp;\naccept;",
                "cap a id 1 accept;\ncap b id 2 accept;\ndrop;",
                "macro m drop;\ninclude m"
            })
    void aDefinitionThatNobodyClosedIsNamed(String source) {
        assertThatThrownBy(() -> RuleSet.compile(source)).hasMessageContaining("is not closed");
    }

    @Test
    void topBitsAreBitsLikeOthers() throws RuleError {
        RuleSet made = RuleSet.compile("tag t id 1 flag 31 top ;\nbreak tand t top; accept chr inbound,multicast,31;");

        assertThat(made.rules().getFirst()).containsEntry("value", 0x8000_0000L);
        assertThat(made.rules().get(2)).containsEntry("mask", "c000000080000000");
    }

    @Test
    void anArgumentOfAMacroReachesTheMacroItIncludes() throws RuleError {
        RuleSet made = RuleSet.compile("""
                macro port($p) accept dport $p ; ;
                macro both($a,$b) include port($a) include port($b) ;
                include both(22,80-81)
                """);

        assertThat(made.rules().getFirst()).containsEntry("start", 22L).containsEntry("end", 22L);
        assertThat(made.rules().get(2)).containsEntry("start", 80L).containsEntry("end", 81L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "macro a include a ; include a",
                "macro a include b ; macro b include a ; include b",
                "macro a0 ; macro a1 include a0 include a0 ; macro a2 include a1 include a1 ; "
                        + "macro a3 include a2 include a2 ; macro a4 include a3 include a3 ; "
                        + "macro a5 include a4 include a4 ; macro a6 include a5 include a5 ; "
                        + "macro a7 include a6 include a6 ; macro a8 include a7 include a7 ; "
                        + "macro a9 include a8 include a8 ; macro b0 include a9 include a9 ; "
                        + "macro b1 include b0 include b0 ; macro b2 include b1 include b1 ; "
                        + "macro b3 include b2 include b2 ; include b3"
            })
    void macrosDoNotGrowWithoutEnd(String source) {
        assertThatThrownBy(() -> RuleSet.compile(source)).hasMessageContaining("without end, or too often");
    }

    @Test
    void aTableThatNoMemberWouldTakeWholeIsRefused() throws RuleError {
        String rule = "accept dport 1 ;\n";

        assertThat(RuleSet.compile(rule.repeat(512)).table().size()).isEqualTo(1024);
        assertThatThrownBy(() -> RuleSet.compile(rule.repeat(513))).hasMessageContaining("more than 1024 entries");
        assertThatThrownBy(() -> RuleSet.compile("cap c id 1 " + rule.repeat(33) + ";"))
                .hasMessageContaining("more than 64 entries");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "accept ipprotocol icmp ;|1:19|icmp4",
                "accept dport http ;|1:14|a range like 1-5",
                "drop not ;|1:6|stands before a match",
                "accept ipsrc 10.0.0.0/33 ;|1:14|like 10.1.0.0/16",
                "accept chr inbound,syn ;|1:12|tcp_syn",
                "tee 64 self ;|1:8|ten hexadecimal digits",
                "accept ipprotocol tcp accept ;|1:23|the ';' of 'accept' in line 1",
                "accept ethertype ipv4;accept;|1:22|a blank after it",
                "tag t id 1 ; accept teq t five ;|1:27|flag or enum of 't'",
                "macro m($a,$a) ;|1:12|already",
                "include m(1|1:9|without blanks",
                "accept icmp 8 echo ;|1:15|a number from -1 to 255"
            })
    void anErrorSaysWhereItIsAndWhatWasExpected(String source, String where, String says) {
        assertThatThrownBy(() -> RuleSet.compile(source)).isInstanceOfSatisfying(RuleError.class, error -> {
            assertThat(error.where()).startsWith(where + ": ");
            assertThat(error.getMessage()).contains(says);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "80,80",
        "0x50,80",
        "0X50,80",
        "080,80",
        "0x00000000000000000050,80",
        "80/tcp,80",
        "+80,80",
        "0,0",
        "0x0,0"
    })
    void numbersAreDecimalOrHexadecimal(String text, long value) {
        assertThat(Numbers.whole(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0x", "0xg", "99999999999999999999999", "- 1", "--1"})
    void otherTextIsNoNumber(String text) {
        assertThat(Numbers.whole(text)).isEqualTo(Numbers.NONE);
    }

    @Test
    void aSourceOfAnySizeIsBounded() {
        assertThatThrownBy(() -> RuleSet.compile(" ".repeat(RuleSet.MAX_CHARS + 1)))
                .isInstanceOf(RuleError.class);
    }
}
