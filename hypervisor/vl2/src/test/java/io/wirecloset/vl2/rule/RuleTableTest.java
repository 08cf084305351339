package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleTableTest {
    private final FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, new byte[20], 0, 20);

    @Test
    void theAcceptingTableLetsFramesPassBothWays() {
        assertThat(RuleTable.ACCEPT.outbound(frame)).isEqualTo(Decision.ACCEPT);
        assertThat(RuleTable.ACCEPT.inbound(frame)).isEqualTo(Decision.ACCEPT);
        assertThat(RuleTable.ACCEPT.unsupportedReason()).isNull();
    }

    @Test
    void aTableThatSaysMoreFailsClosedAndNamesTheRule() {
        RuleTable table = RuleTable.read(new byte[] {(byte) 0xa5, 2, 8, 0, 0, 0, 1, 0});

        assertThat(table.outbound(frame)).isEqualTo(Decision.NOT_SUPPORTED);
        assertThat(table.inbound(frame)).isEqualTo(Decision.NOT_SUPPORTED);
        assertThat(table.unsupportedReason()).contains("rule 1 of 3").contains("NOT MATCH_ETHERTYPE");
    }

    @Test
    void evenTwiceAcceptIsMoreThanAccept() {
        RuleTable table = RuleTable.of(List.of(Rule.ACCEPT, Rule.ACCEPT));

        assertThat(table.outbound(frame)).isEqualTo(Decision.NOT_SUPPORTED);
        assertThat(table.unsupportedReason()).isNotNull();
    }

    @Test
    void noRulesAllowNothing() {
        assertThat(RuleTable.EMPTY.inbound(frame)).isEqualTo(Decision.NOT_SUPPORTED);
        assertThat(RuleTable.EMPTY.unsupportedReason()).contains("no rules");
    }

    @Test
    void aThousandAndTwentyFourRulesAreReadAndNoMore() {
        byte[] many = new byte[2 * 1030];

        assertThat(RuleTable.read(many).size()).isEqualTo(1024);
        assertThatThrownBy(() -> RuleTable.of(Collections.nCopies(1025, Rule.DROP)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aValueOfTheWrongSizeIsRefusedWhenMade() {
        assertThatThrownBy(() -> Rule.of(RuleType.ETHERTYPE, false, false, new byte[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
