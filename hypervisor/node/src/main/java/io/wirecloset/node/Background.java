package io.wirecloset.node;

import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The node's thread for what takes time and must not keep the control loop: files, devices, addresses. In order. */
final class Background implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    private static final int STOP_LIMIT_SECONDS = 30;

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1,
            task -> Thread.ofPlatform().name("node-background").daemon().unstarted(task),
            new ThreadPoolExecutor.DiscardPolicy());

    /** Ignored when the node has stopped. */
    void run(Runnable task) {
        thread.execute(() -> runSafely(task));
    }

    void every(int intervalMs, Runnable task) {
        thread.scheduleWithFixedDelay(() -> runSafely(task), intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Waits, within reason, until what was asked for so far is done. */
    void settle() {
        if (thread.isShutdown()) {
            return; // it has ended, and what was asked for before is done
        }
        Future<?> last = thread.submit(() -> {});
        try {
            last.get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "files and devices are not settled after {0} s", STOP_LIMIT_SECONDS);
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, e.getMessage(), e);
        }
    }

    /** Does what was asked for, and ends. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
