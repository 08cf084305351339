package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentPacketsTest {
    private final RecentPackets recent = new RecentPackets();

    @Test
    void aPacketIsNewOnceThenACopyThenOld() {
        assertThat(recent.judge(5, 99, 10_000)).isEqualTo(Verdict.NEW);
        assertThat(recent.judge(5, 99, 11_900)).isEqualTo(Verdict.COPY);
        assertThat(recent.judge(5, 99, 14_200)).isEqualTo(Verdict.OLD);
        assertThat(recent.judge(6, 99, 14_200)).as("another sender's").isEqualTo(Verdict.NEW);
        assertThat(recent.judge(5, 98, 14_200)).isEqualTo(Verdict.NEW);
    }

    @Test
    void anythingMayBeAnId() {
        for (long id : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(recent.judge(0, id, 0)).isEqualTo(Verdict.NEW);
            assertThat(recent.judge(0, id, 0)).isEqualTo(Verdict.COPY);
        }
    }

    /** The bound that is promised, with room for chance. */
    @Test
    void ofTheLast4096PacketsHardlyOneIsForgottenAndOfTheLast16384FewAre() {
        assertThat(forgottenAfter(4_096)).isLessThanOrEqualTo(3);
        assertThat(forgottenAfter(16_384)).isBetween(16_384 / 80, 16_384 / 10);
    }

    private static int forgottenAfter(int packets) {
        RecentPackets recent = new RecentPackets();
        for (int round = 0; round < 4; round++) {
            Random before = new Random(round);
            for (int i = 0; i < packets; i++) {
                recent.judge(before.nextInt(100), before.nextLong(), 0);
            }
        }
        int forgotten = 0;
        Random again = new Random(3);
        for (int i = 0; i < packets; i++) {
            // what is found is moved to the front of its set, and so takes no place of another
            forgotten += recent.judge(again.nextInt(100), again.nextLong(), 0) == Verdict.NEW ? 1 : 0;
        }
        return forgotten;
    }
}
