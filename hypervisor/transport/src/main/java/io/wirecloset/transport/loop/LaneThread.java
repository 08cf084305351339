package io.wirecloset.transport.loop;

import io.wirecloset.engine.Duty;
import io.wirecloset.transport.linux.Joining;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.Poller;
import java.util.function.LongSupplier;

/**
 * Drives a lane: works as long as there is work, then sleeps until a descriptor has news or somebody {@linkplain #wake
 * wakes} it.
 *
 * <p>Between two turns of work it only asks which descriptors are ready, so that none starves behind a busy one.
 */
public final class LaneThread implements AutoCloseable {
    /** The longest sleep: lanes forget half a packet after a while. */
    private static final int SLEEP_MS = 500;
    /** After a fault, so that a lasting one does not burn the processor. */
    private static final int FAULT_PAUSE_MS = 10;

    private final LongSupplier nowMs;
    private final Poller poller;
    private final Thread thread;
    private final Faults faults;
    private Duty duty;
    private volatile boolean stopped;

    private LaneThread(String name, LongSupplier nowMs, Poller poller) {
        this.nowMs = nowMs;
        this.poller = poller;
        this.faults = new Faults(name);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** Not running yet: the lane's ports want {@link #poller} first. @param nowMs monotonic milliseconds */
    public static LaneThread create(String name, LongSupplier nowMs) throws LinuxException {
        return new LaneThread(name, nowMs, Poller.create());
    }

    /** Where the ports of this lane have their descriptors watched, also while it runs. */
    public Poller poller() {
        return poller;
    }

    public void start(Duty lane) {
        duty = lane;
        thread.start();
    }

    /** Any thread: there is something to do. */
    public void wake() {
        poller.wake();
    }

    /** Faults of the duty so far. */
    public long faults() {
        return faults.count();
    }

    private void run() {
        while (!stopped) {
            int timeoutMs;
            try {
                timeoutMs = duty.doWork(nowMs.getAsLong()) > 0 ? 0 : SLEEP_MS;
            } catch (Throwable fault) {
                faults.happened(fault);
                timeoutMs = FAULT_PAUSE_MS;
            }
            poller.await(timeoutMs);
        }
    }

    /** Waits until the thread has ended. Its ports may be closed after that. A second time does nothing. */
    @Override
    public void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        if (thread.getState() != Thread.State.NEW) {
            poller.wake();
            Joining.join(thread);
        }
        poller.close();
    }
}
