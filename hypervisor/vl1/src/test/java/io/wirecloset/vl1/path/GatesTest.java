package io.wirecloset.vl1.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

// VL1 checklist 36, 41, 62
class GatesTest {
    private static final Endpoint NEAR = Endpoint.parse("192.168.1.1/9993");
    private static final Endpoint FAR = Endpoint.parse("8.8.8.8/9993");

    @Test
    void aKeyPassesOncePerInterval() {
        RateGate<String> gate = new RateGate<>(100, 10);
        assertThat(gate.pass("a", 1_000)).isTrue();
        assertThat(gate.pass("a", 1_099)).isFalse();
        assertThat(gate.pass("b", 1_099)).isTrue();
        assertThat(gate.pass("a", 1_100)).isTrue();
    }

    @Test
    void aGateFloodedWithKeysForgetsTheOldest() {
        RateGate<Integer> gate = new RateGate<>(1_000, 10);
        for (int key = 0; key < 11; key++) {
            assertThat(gate.pass(key, 5)).isTrue();
        }
        assertThat(gate.pass(10, 6)).isFalse();
        assertThat(gate.pass(0, 6)).isTrue();
    }

    @Test
    void aNeighbourhoodGetsOneValidationIn2Seconds() {
        SourceGate gate = new SourceGate();
        assertThat(gate.pass(Endpoint.parse("10.9.4.4/1"), 0)).isTrue();
        assertThat(gate.pass(Endpoint.parse("10.9.4.77/2"), 1_999)).isFalse();
        assertThat(gate.pass(Endpoint.parse("10.9.5.4/1"), 1_999)).isTrue();
        assertThat(gate.pass(Endpoint.parse("10.9.4.77/2"), 2_000)).isTrue();
    }

    @Test
    void aBudgetIsSpentAndComesBack() {
        Budget budget = new Budget(2);
        assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(1)).isTrue();
        assertThat(budget.take(999)).isFalse();
        assertThat(budget.take(1_000)).isTrue();
    }

    @Test
    void slotsAreHandedOutOnceAndReusedLate() {
        SlotPool pool = new SlotPool(3);
        Set<Integer> taken = new HashSet<>(java.util.List.of(pool.take(), pool.take(), pool.take()));
        assertThat(taken).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(pool.take()).isEqualTo(-1);
        pool.giveBack(2);
        pool.giveBack(0);
        assertThat(pool.take()).isEqualTo(2);
    }

    @Test
    void nearIsBetterThanFarAndQuickThanSlowAndAliveThanSilent() {
        Path far = path(1, FAR, 0);
        Path near = path(2, NEAR, 0);
        assertThat(Paths.best(java.util.List.of(near, far), 10)).isSameAs(near);
        far.measured(5);
        assertThat(Paths.best(java.util.List.of(near, far), 10)).isSameAs(far);
        near.measured(5);
        assertThat(Paths.best(java.util.List.of(near, far), 10)).isSameAs(near);
        far.heard(Timing.PATH_ALIVE_MS);
        assertThat(Paths.best(java.util.List.of(near, far), Timing.PATH_ALIVE_MS))
                .isSameAs(far);
        far.prefer(1);
        near.prefer(1_000_000);
        assertThat(Paths.best(java.util.List.of(near, far), Timing.PATH_ALIVE_MS))
                .isSameAs(near);
    }

    @Test
    void aPathIsAliveFor19AndKnownFor243Seconds() {
        Path path = path(1, NEAR, 1_000);
        assertThat(path.isAlive(19_999)).isTrue();
        assertThat(path.isAlive(20_000)).isFalse();
        assertThat(path.isExpired(243_999)).isFalse();
        assertThat(path.isExpired(244_000)).isTrue();
        assertThat(Paths.best(java.util.List.of(path), 244_000)).isNull();
    }

    @Test
    void aPathThatDoesNotAnswerIsDoubtedUntilItDoes() {
        Path path = path(1, NEAR, 0);
        path.watch();
        assertThat(path.unansweredMs(9_000)).as("nothing was sent").isZero();
        path.sent(10_000);
        path.watch();
        path.sent(12_000);
        path.watch();
        assertThat(path.unansweredMs(13_000)).isEqualTo(3_000);
        assertThat(path.isDoubtful(14_999)).isFalse();
        assertThat(path.isDoubtful(15_000)).isTrue();
        path.heard(15_000);
        assertThat(path.isDoubtful(15_000)).isFalse();
        path.watch();
        assertThat(path.unansweredMs(99_000)).isZero();
    }

    @Test
    void aPathThatThePeerLeftForARelayIsDoubtedSooner() {
        Path path = path(1, NEAR, 0);
        path.sent(1_000);
        path.watch();
        path.heardRelayed(999);
        assertThat(path.isDoubtful(3_000)).isFalse();
        path.heardRelayed(1_000);
        assertThat(path.isDoubtful(2_999)).isFalse();
        assertThat(path.isDoubtful(3_000)).isTrue();
        path.heard(3_000);
        assertThat(path.isDoubtful(3_000)).isFalse();
    }

    @Test
    void aPathThatDoesNotAnswerComesAfterOneThatDoes() {
        Path far = path(1, FAR, 0);
        Path near = path(2, NEAR, 0);
        near.measured(1);
        far.measured(200);
        near.sent(1_000);
        near.watch();
        assertThat(Paths.best(java.util.List.of(far, near), 5_999)).isSameAs(near);
        assertThat(Paths.best(java.util.List.of(far, near), 6_000)).isSameAs(far);
    }

    @Test
    void aHostHeardFromAnotherPortIsAnsweredThere() {
        Path old = path(1, FAR, 0);
        Path moved = path(1, FAR.withPort(777), 2_999);
        old.measured(5);
        assertThat(Paths.best(java.util.List.of(moved, old), 3_000)).isSameAs(old);
        moved.heard(3_000);
        assertThat(Paths.best(java.util.List.of(moved, old), 3_000)).isSameAs(moved);
        old.heard(4_000);
        assertThat(Paths.best(java.util.List.of(moved, old), 4_000)).isSameAs(old);
    }

    @Test
    void latencyIsTheAverageOfOldAndNew() {
        Path path = path(1, NEAR, 0);
        path.measured(100);
        path.measured(50);
        assertThat(path.latencyMs()).isEqualTo(75);
        path.measured(-5);
        assertThat(path.latencyMs()).isEqualTo(37);
    }

    @Test
    void whatLanesHeardBeforeThePathWasLearnedDoesNotCount() {
        long[] heard = {500};
        LaneTimes lanes = new LaneTimes() {
            @Override
            public long heardMs(int slot) {
                return heard[0];
            }

            @Override
            public long sentMs(int slot) {
                return 0;
            }
        };
        Path path = new Path(0, 0, NEAR, 1432, lanes, 1_000);
        assertThat(path.heardMs()).isEqualTo(1_000);
        heard[0] = 2_000;
        assertThat(path.heardMs()).isEqualTo(2_000);
        path.doubt();
        assertThat(path.isExpired(2_001)).isTrue();
        heard[0] = 2_002;
        assertThat(path.isAlive(2_003)).isTrue();
    }

    // ---- each border, from both sides

    @Test
    void aKeyPassesAgainExactlyAfterTheInterval() {
        RateGate<String> gate = new RateGate<>(100, 10);
        assertThat(gate.pass("a", 50)).isTrue();
        assertThat(gate.pass("a", 149)).isFalse();
        assertThat(gate.pass("a", 150)).isTrue();
        assertThat(gate.pass("a", 249)).as("counted from the second passage").isFalse();
        gate.forget("a");
        assertThat(gate.pass("a", 249)).isTrue();
    }

    @Test
    void onlyTheKeyThatPassedLongestAgoIsForgottenForRoom() {
        RateGate<Integer> gate = new RateGate<>(1_000, 3);
        for (int key = 1; key <= 3; key++) {
            gate.pass(key, key);
        }
        assertThat(gate.pass(1, 10)).isFalse();
        gate.pass(4, 10);
        assertThat(gate.pass(2, 11)).as("still there").isFalse();
        assertThat(gate.pass(1, 11)).as("forgotten").isTrue();
        assertThat(gate.pass(2, 12)).as("in its turn").isTrue();
        assertThat(gate.pass(4, 12)).isFalse();
    }

    @Test
    void newcomersOfQuietNeighbourhoodsDoNotCompeteWithThoseOfBusyOnes() {
        NewcomerGate gate = new NewcomerGate();
        assertThat(gate.knock(FAR, 0)).isEqualTo(NewcomerGate.Source.QUIET);
        assertThat(gate.knock(FAR, 1_999)).isEqualTo(NewcomerGate.Source.REFUSED);
        assertThat(gate.knock(FAR, 2_000)).isEqualTo(NewcomerGate.Source.BUSY);
        assertThat(gate.knock(FAR, 11_999)).isEqualTo(NewcomerGate.Source.BUSY);
        assertThat(gate.knock(FAR, 21_999)).isEqualTo(NewcomerGate.Source.QUIET);

        NewcomerGate flooded = new NewcomerGate();
        int[] let = new int[3];
        for (int round = 0; round < 2; round++) {
            for (int each = 0; each < 1_000; each++) {
                Endpoint from = Endpoint.ofV4(0x2d000000 + (each << 8), 1);
                let[flooded.knock(from, 2_000L * round).ordinal()]++;
            }
        }
        assertThat(let[NewcomerGate.Source.QUIET.ordinal()]).isEqualTo(Limits.NEWCOMERS_PER_SECOND_QUIET);
        assertThat(let[NewcomerGate.Source.BUSY.ordinal()]).isEqualTo(Limits.NEWCOMERS_PER_SECOND_BUSY);
        assertThat(flooded.knock(Endpoint.ofV4(0xc6336407, 1), 2_000)).isEqualTo(NewcomerGate.Source.QUIET);
    }

    private static Path path(int slot, Endpoint endpoint, long nowMs) {
        return new Path(slot, 0, endpoint, 1432, LaneTimes.NONE, nowMs);
    }
}
