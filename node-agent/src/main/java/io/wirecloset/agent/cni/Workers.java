package io.wirecloset.agent.cni;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * As many threads as calls were under way at once, up to a limit; what comes then waits, up to a limit too.
 *
 * <p>A plain pool with a queue begins a thread with every task until it has them all, however idle the others are: a
 * hundred stacks for four pods at a time.
 */
final class Workers extends ThreadPoolExecutor {
    private static final int IDLE_S = 10;

    /** @param queued how many calls may wait for a thread; one more is refused with {@link RejectedExecutionException} */
    Workers(String name, int threads, int queued) {
        this(name, threads, queued, new Waiting());
    }

    private Workers(String name, int threads, int queued, Waiting waiting) {
        super(
                0,
                threads,
                IDLE_S,
                TimeUnit.SECONDS,
                waiting,
                Thread.ofPlatform().daemon().name(name, 0).factory(),
                (task, pool) -> {
                    if (pool.isShutdown() || waiting.size() >= queued) {
                        throw new RejectedExecutionException();
                    }
                    waiting.enqueue(task);
                });
    }

    /** All threads are busy, and somebody waits for one. */
    boolean crowded() {
        return !getQueue().isEmpty();
    }

    /** Takes at first only what an idle thread waits for: the pool then begins another one, and asks again when it may not. */
    private static final class Waiting extends LinkedTransferQueue<Runnable> {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        void enqueue(Runnable task) {
            super.offer(task);
        }
    }
}
