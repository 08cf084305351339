package io.wirecloset.transport.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.linux.EventFd;
import io.wirecloset.transport.linux.Watched;
import io.wirecloset.vl1.crypto.RandomSource;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final long PATIENCE_SECONDS = 20;

    private final SystemClock clock = new SystemClock();

    @Test
    void theClockStartsAtWallTimeAndOnlyGoesForward() {
        assertThat(clock.nowMs()).isBetween(clock.wallMs() - 1000, clock.wallMs() + 1000);
        long last = clock.nowMs();
        for (int i = 0; i < 10_000; i++) {
            long now = clock.nowMs();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void randomBytesFillWhatWasAskedFor() {
        RandomSource random = RandomSource.of(new SecureRandom());
        byte[] bytes = new byte[64];
        random.fill(bytes, 16, 32);
        assertThat(bytes).startsWith(new byte[16]).endsWith(new byte[16]).isNotEqualTo(new byte[64]);
        assertThat(random.nextInt(7)).isBetween(0, 6);
    }

    @Test
    void aLaneWakesForItsDescriptorsAndWhenTold() throws Exception {
        Semaphore turns = new Semaphore(0);
        AtomicInteger told = new AtomicInteger();
        try (LaneThread lane = LaneThread.create("lane-test", clock);
                EventFd late = EventFd.create()) {
            lane.start(now -> {
                turns.release();
                return 0;
            });
            assertThat(turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            lane.poller().watch(new Watched() {
                @Override
                public int fd() {
                    return late.fd();
                }

                @Override
                public void ready() {
                    told.addAndGet(late.drain() ? 1 : 0);
                }
            });
            for (int i = 1; i <= 100; i++) {
                late.signal();
                while (told.get() < i) {
                    assertThat(turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isTrue();
                }
                lane.wake();
                assertThat(turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        }
        int atTheEnd = turns.drainPermits();
        assertThat(atTheEnd).isGreaterThanOrEqualTo(0);
    }

    @Test
    void aFaultIsCountedAndTheLaneGoesOn() throws Exception {
        CountDownLatch afterwards = new CountDownLatch(3);
        AtomicInteger turn = new AtomicInteger();
        try (LaneThread lane = LaneThread.create("lane-faulty", clock)) {
            lane.start(now -> {
                if (turn.incrementAndGet() <= 2) {
                    throw new IllegalStateException("on purpose");
                }
                afterwards.countDown();
                return 1;
            });
            assertThat(afterwards.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(lane.faults()).isEqualTo(2);
        }
    }

    @Test
    void theControlLoopSleepsUntilSomethingIsDueOrItIsWoken() throws Exception {
        Semaphore turns = new Semaphore(0);
        AtomicInteger left = new AtomicInteger(3);
        try (ControlThread control = new ControlThread("control-test", clock)) {
            control.start(
                    now -> {
                        turns.release();
                        if (left.getAndDecrement() == 1) {
                            throw new IllegalStateException("on purpose");
                        }
                        return 0;
                    },
                    () -> clock.nowMs() + 5);
            assertThat(turns.tryAcquire(10, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 100; i++) {
                turns.drainPermits();
                control.wake();
                assertThat(turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(control.faults()).isEqualTo(1);
            assertThat(control.isCurrentThread()).isFalse();
        }
    }
}
