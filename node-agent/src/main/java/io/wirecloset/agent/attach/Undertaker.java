package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.Attachment.State;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * Takes the interfaces of deleted attachments away, behind the answer to their DEL: all that wait together, since the
 * kernel lets each removal wait for its readers, however many links it takes.
 *
 * <p>What is cut off or fails is still written down as being removed, and is finished by the next repair or start.
 */
final class Undertaker implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Undertaker.class.getName());
    /** So many go together: a transaction of the filter of that size is still short. */
    private static final int BATCH = 32;

    private static final long IDLE_S = 10;
    private static final long STOP_WAIT_S = 10;

    private final AttachmentStore records;
    private final Removal removal;
    private final Lock kernel;
    /** One thread while there is something to do. */
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1,
            1,
            IDLE_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("detach").factory());

    // guarded by this
    private final Set<AttachmentKey> waiting = new HashSet<>();
    private boolean working;

    /** @param kernel held while the kernel is changed */
    Undertaker(AttachmentStore records, Removal removal, Lock kernel) {
        this.records = records;
        this.removal = removal;
        this.kernel = kernel;
        worker.allowCoreThreadTimeOut(true);
    }

    /** Finishes the removal of an attachment whose record says that it is being removed, some time soon. */
    synchronized void bury(AttachmentKey key) {
        waiting.add(key);
        if (!working) {
            try {
                worker.execute(this::work);
                working = true;
            } catch (RejectedExecutionException e) {
                waiting.clear(); // the process ends; its next start finishes
            }
        }
    }

    private void work() {
        for (List<AttachmentKey> batch = next(); !batch.isEmpty(); batch = next()) {
            kernel.lock();
            try {
                List<Attachment> removing = batch.stream()
                        .map(records::get)
                        .filter(a -> a != null && a.state() == State.REMOVING)
                        .toList();
                if (!removing.isEmpty()) {
                    removal.finish(removing);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "removing " + batch + " failed and is tried again", e);
            } finally {
                kernel.unlock();
            }
        }
    }

    /** @return empty when there is nothing to do, and then somebody has to be told of what comes */
    private synchronized List<AttachmentKey> next() {
        List<AttachmentKey> batch = new ArrayList<>(waiting).subList(0, Math.min(BATCH, waiting.size()));
        batch.forEach(waiting::remove);
        working = !batch.isEmpty();
        notifyAll();
        return batch;
    }

    /** Waits until nothing is left to do. @return whether that came about within the time */
    synchronized boolean await(long limitMs) throws InterruptedException {
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (working) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }

    /** Lets what is under way end. */
    @Override
    public void close() {
        try {
            if (!await(TimeUnit.SECONDS.toMillis(STOP_WAIT_S))) {
                LOG.log(Level.WARNING, "removals are cut off by the end of this process; the next start finishes them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker.shutdown();
    }
}
