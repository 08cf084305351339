package io.wirecloset.vl1.peer;

import static io.wirecloset.vl1.peer.Verdict.COPY;
import static io.wirecloset.vl1.peer.Verdict.NEW;
import static io.wirecloset.vl1.peer.Verdict.OLD;
import static io.wirecloset.vl1.peer.Verdict.STRANGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayWindowTest {
    private static final int SIZE = ReplayWindow.PACKETS;

    /** Simple and slow: remembers everything. */
    private static final class Model {
        final java.util.Set<Long> seen = new java.util.HashSet<>();
        long next;

        Verdict judge(long counter) {
            if (counter + SIZE < next) {
                return OLD;
            }
            next = Math.max(next, counter + 1);
            return seen.add(counter) ? NEW : COPY;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 32, 8191, 8192, 8193, 1L << 44, (1L << 45) - 1, (1L << 56) - 1_000_000})
    void eachCounterIsNewOnceFromWhicheverFloor(long floor) {
        ReplayWindow window = new ReplayWindow(floor, floor, 0);
        assertThat(window.judge(floor - 1, 0)).isEqualTo(OLD);
        for (long counter = floor; counter < floor + 3 * SIZE; counter++) {
            assertThat(window.judge(counter, 0)).isEqualTo(NEW);
            assertThat(window.judge(counter, 0)).isEqualTo(COPY);
        }
        for (long counter = floor; counter < floor + 3 * SIZE; counter++) {
            Verdict expected = counter + SIZE < floor + 3 * SIZE ? OLD : COPY;
            assertThat(window.judge(counter, 0)).as("%d", counter).isEqualTo(expected);
        }
    }

    @Test
    void backwardsTheyAreNewToo() {
        ReplayWindow window = new ReplayWindow(0, 0, 0);
        for (long counter = 3 * SIZE; counter >= 2 * SIZE + 1; counter--) {
            assertThat(window.judge(counter, 0)).as("%d", counter).isEqualTo(NEW);
        }
        assertThat(window.judge(2 * SIZE + 1, 0)).isEqualTo(COPY);
        assertThat(window.judge(2 * SIZE, 0)).as("overtaken by too many").isEqualTo(OLD);
    }

    @Test
    void onlySoManyMayOvertake() {
        ReplayWindow window = new ReplayWindow(0, 0, 0);
        window.judge(SIZE, 0);
        assertThat(window.judge(1, 0)).isEqualTo(NEW);
        window.judge(SIZE + 1, 0);
        assertThat(window.judge(1, 0)).isEqualTo(OLD);
        assertThat(window.judge(2, 0)).isEqualTo(NEW);
    }

    @Test
    void agreesWithAModelThatForgetsNothing() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ReplayWindow window = new ReplayWindow(0, 0, 0);
            Model model = new Model();
            long at = 0;
            for (int i = 0; i < 50_000; i++) {
                at += random.nextInt(20) == 0 ? random.nextInt(2 * SIZE) : random.nextInt(3);
                long counter = Math.max(0, at - random.nextInt(random.nextBoolean() ? 40 : SIZE + SIZE / 4));
                assertThat(window.judge(counter, 0))
                        .as("seed %d, packet %d", seed, i)
                        .isEqualTo(model.judge(counter));
            }
        }
    }

    @Test
    void whatWasSentBeforeTheAnnouncementMayComeIfNothingDidYet() {
        ReplayWindow window = new ReplayWindow(100, 5_000, 0);
        assertThat(window.judge(99, 0)).isEqualTo(OLD);
        assertThat(window.judge(100, 0)).isEqualTo(NEW);
        assertThat(window.judge(4_999, 0)).isEqualTo(NEW);
        assertThat(window.judge(5_000, 0)).isEqualTo(NEW);
        assertThat(window.judge(100, 0)).isEqualTo(COPY);
    }

    @Test
    void aCopyIsOneOnlyWhileTheNewestIsYoung() {
        ReplayWindow window = new ReplayWindow(0, 0, 1_000);
        window.judge(5, 1_000);
        window.judge(6, 5_000);
        assertThat(window.judge(5, 6_999)).isEqualTo(COPY);
        assertThat(window.judge(5, 7_000)).isEqualTo(OLD);
        assertThat(window.judge(7, 7_000)).isEqualTo(NEW);
        assertThat(window.judge(6, 7_000)).isEqualTo(COPY);
    }

    @Test
    void noLaneCountsFasterThanTimeAllows() {
        ReplayWindow window = new ReplayWindow(100, 100, 0);
        long most = 100 + (1 << 16) + 10 * (1 << 14);
        assertThat(window.judge(most + 1, 10)).isEqualTo(STRANGE);
        assertThat(window.judge(most, 10)).isEqualTo(NEW);
        assertThat(window.judge(most + 1 + (1 << 16), 10)).isEqualTo(NEW);
        assertThat(window.judge(most + 3 + (2 << 16), 9))
                .as("a clock read before")
                .isEqualTo(STRANGE);
        assertThat(window.judge(1L << 55, Long.MAX_VALUE / 2)).isEqualTo(STRANGE);
        assertThat(window.judge(100, 11)).as("so far overtaken").isEqualTo(OLD);
    }

    /** Both lanes and the control loop may hold a copy of the same packet at the same time. */
    @Test
    void ofTwoThreadsWithTheSamePacketOneIsToldThatItIsNew() throws InterruptedException {
        int packets = 400_000;
        ReplayWindow window = new ReplayWindow(0, 0, 0);
        AtomicIntegerArray passed = new AtomicIntegerArray(packets);
        CountDownLatch start = new CountDownLatch(3);
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            Thread each = new Thread(() -> {
                start.countDown();
                for (int counter = 0; counter < packets; counter++) {
                    if (window.judge(counter, 0) == NEW) {
                        passed.incrementAndGet(counter);
                    }
                }
            });
            threads.add(each);
            each.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int counter = 0; counter < packets; counter++) {
            assertThat(passed.get(counter)).as("%d", counter).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void judgingAllocatesNothing() {
        ReplayWindow window = new ReplayWindow(0, 0, 0);
        RecentPackets recent = new RecentPackets();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long counter = 0;
        for (int attempt = 0; attempt < 6 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                window.judge(counter++, 0);
                recent.judge(77, counter * 0x9e3779b97f4a7c15L, 0);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1_000);
    }
}
