package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import org.junit.jupiter.api.Test;

class RuleTableTest {
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
