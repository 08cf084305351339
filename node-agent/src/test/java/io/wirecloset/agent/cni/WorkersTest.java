package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void asManyThreadsAsCallsAtOnceAndNoMore() throws Exception {
        try (Workers workers = new Workers("test-", 64, 8)) {
            for (int i = 0; i < 200; i++) {
                Future<?> done = workers.submit(() -> {});
                done.get();
                idle(workers);
            }
            assertThat(workers.getLargestPoolSize()).isEqualTo(1);
        }
    }

    @Test
    void allThreadsWorkBeforeAnybodyWaitsAndWhoeverFindsNoPlaceIsRefused() throws Exception {
        Semaphore begun = new Semaphore(0);
        CountDownLatch end = new CountDownLatch(1);
        Semaphore ended = new Semaphore(0);
        try (Workers workers = new Workers("test-", 4, 3)) {
            Runnable task = () -> {
                begun.release();
                await(end);
                ended.release();
            };
            for (int i = 0; i < 4; i++) {
                workers.execute(task);
            }
            assertThat(begun.tryAcquire(4, 10, TimeUnit.SECONDS)).isTrue();
            assertThat(workers.crowded()).isFalse();
            for (int i = 0; i < 3; i++) {
                workers.execute(task);
            }
            assertThat(workers.crowded()).isTrue();
            assertThatThrownBy(() -> workers.execute(task)).isInstanceOf(RejectedExecutionException.class);
            end.countDown();
            assertThat(ended.tryAcquire(7, 10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void afterItsEndNothingIsTaken() {
        Workers workers = new Workers("test-", 4, 3);
        workers.close();
        assertThatThrownBy(() -> workers.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    /** A task is done a moment before its thread waits for the next. */
    private static void idle(Workers workers) {
        while (!((java.util.concurrent.LinkedTransferQueue<?>) workers.getQueue()).hasWaitingConsumer()) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
