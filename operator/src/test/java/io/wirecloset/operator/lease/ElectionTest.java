package io.wirecloset.operator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.operator.lease.Election.Role;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T17: who may sign, and until when. Every candidate has a clock of its own. */
class ElectionTest {
    /** Held here, or the level is lost with the logger. */
    private static final Logger SAYINGS = Logger.getLogger(Election.class.getName());

    private final MemoryLease lease = new MemoryLease();
    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private final Election first = new Election(lease, "first", nowMs::get);
    private final Election second = new Election(lease, "second", () -> nowMs.get() + 77_000_000);

    @BeforeAll
    static void quietly() {
        SAYINGS.setLevel(Level.OFF);
    }

    @AfterAll
    static void asBefore() {
        SAYINGS.setLevel(null);
    }

    @Test
    void whoComesFirstLeadsForAsLongAsItRenews() {
        first.step();
        second.step();
        for (int i = 0; i < 100; i++) {
            nowMs.addAndGet(Timing.RETRY_MS);
            first.step();
            second.step();
            assertThat(first.holds()).isTrue();
            assertThat(second.role()).isEqualTo(Role.STANDBY);
        }
    }

    @Test
    void aDeadLeaderIsSucceededWithinTwentySeconds() {
        first.step();
        second.step();
        long diedMs = nowMs.get();
        while (!second.holds()) {
            nowMs.addAndGet(Timing.RETRY_MS);
            second.step();
            assertThat(first.holds() && second.holds()).isFalse();
        }
        // The rest of the twenty seconds is for coming up.
        assertThat(nowMs.get() - diedMs).isLessThanOrEqualTo(16_000);
    }

    @Test
    void aLeaderThatWasStoppedHasNoMandateFromTheMomentItGoesOn() {
        first.step();
        second.step();
        nowMs.addAndGet(30_000);
        assertThat(first.holds()).isFalse();
        second.step();
        second.step();
        assertThat(second.holds()).isTrue();
        first.step();
        assertThat(first.role()).isEqualTo(Role.LOST);
        assertThat(first.holds()).isFalse();
        assertThat(second.holds()).isTrue();
    }

    @Test
    void aLeaderThatWasStoppedWhileNobodyElseWasThereGoesOn() {
        first.step();
        nowMs.addAndGet(30_000);
        assertThat(first.holds()).isFalse();
        first.step();
        assertThat(first.holds()).isTrue();
    }

    @Test
    void whileTheServerIsAwayNobodyHasAMandateAndAfterwardsWhoHadIt() {
        first.step();
        lease.away(true);
        nowMs.addAndGet(Timing.RELIED_ON_MS - 1);
        first.step();
        assertThat(first.holds()).isTrue();
        nowMs.addAndGet(1);
        assertThat(first.holds()).isFalse();
        assertThat(first.role()).isEqualTo(Role.LEADER);
        lease.away(false);
        first.step();
        assertThat(first.holds()).isTrue();

        lease.away(true);
        nowMs.addAndGet(3_600_000);
        first.step();
        second.step();
        assertThat(first.holds() || second.holds()).isFalse();
        assertThat(first.role()).isEqualTo(Role.LEADER);
        lease.away(false);
        first.step();
        assertThat(first.holds()).isTrue();
    }

    @Test
    void anOutageOfTheServerIsNoReasonForAnotherLeader() {
        first.step();
        second.step();
        lease.away(true);
        for (int i = 0; i < 100; i++) {
            nowMs.addAndGet(Timing.RETRY_MS);
            first.step();
            second.step();
        }
        lease.away(false);
        second.step(); // before the leader could renew
        second.step();
        first.step();
        assertThat(first.holds()).isTrue();
        assertThat(second.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void aLeaseThatIsGivenBackIsTakenAtOnce() {
        first.step();
        second.step();
        first.resign();
        assertThat(first.holds()).isFalse();
        second.step();
        assertThat(second.holds()).isTrue();
    }

    @Test
    void aLabelOnTheLeaseIsNoReasonToGo() {
        first.step();
        lease.touch();
        nowMs.addAndGet(Timing.RETRY_MS);
        first.step();
        nowMs.addAndGet(Timing.RETRY_MS);
        first.step();
        nowMs.addAndGet(Timing.RELIED_ON_MS - 1);
        assertThat(first.holds()).isTrue();
    }

    @Test
    void whoFindsTheLeaseDeletedDoesNotTakeItForItsOwn() {
        first.step();
        lease.delete();
        first.step();
        assertThat(first.role()).isEqualTo(Role.LOST);
    }

    @Test
    void aDeletedLeaseIsNotTakenBeforeItsHolderMustHaveNoticed() {
        first.step();
        second.step();
        lease.delete();
        second.step();
        assertThat(second.holds()).isFalse();
        while (!second.holds()) {
            assertThat(nowMs.addAndGet(Timing.RETRY_MS)).isLessThan(2_000_000);
            second.step();
            assertThat(first.holds() && second.holds()).isFalse();
        }
    }

    /** Stops, slow requests and outages as a seed has it: never do two hold the lease. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverDoTwoHoldIt(long seed) {
        Random random = new Random(seed);
        Election[] all = new Election[3];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Election(lease, "candidate-" + i, nowMs::get);
        }
        int successions = 0;
        for (int turn = 0; turn < 20_000; turn++) {
            nowMs.addAndGet(random.nextInt(1_500));
            lease.away(random.nextInt(50) == 0);
            int who = random.nextInt(all.length);
            if (random.nextInt(200) == 0) {
                nowMs.addAndGet(random.nextInt(40_000)); // all but this one stand still
            }
            all[who].step();
            if (all[who].role() == Role.LOST) {
                all[who] = new Election(lease, "candidate-" + who + "-" + turn, nowMs::get);
                successions++;
            }
            int holding = 0;
            for (Election one : all) {
                holding += one.holds() ? 1 : 0;
            }
            assertThat(holding).isLessThanOrEqualTo(1);
        }
        assertThat(successions).isPositive();
    }
}
