package io.wirecloset.transport.loop;

import io.wirecloset.engine.Duty;
import io.wirecloset.transport.linux.Joining;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Drives the control loop: works while there is work, then sleeps until the next thing is due or somebody wakes it. */
public final class ControlThread implements AutoCloseable {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long LONGEST_SLEEP_MS = 1_000;
    private static final long FAULT_PAUSE_MS = 10;

    private final LongSupplier nowMs;
    private final Thread thread;
    private final Faults faults;
    private Duty duty;
    private LongSupplier nextDueMs;
    private volatile boolean woken;
    private volatile boolean stopped;

    /** @param nowMs monotonic milliseconds */
    public ControlThread(String name, LongSupplier nowMs) {
        this.nowMs = nowMs;
        this.faults = new Faults(name);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** @param nextDueMs asked after each turn, on the loop's thread: when to work next if nothing comes before */
    public void start(Duty control, LongSupplier nextDueMs) {
        this.duty = control;
        this.nextDueMs = nextDueMs;
        thread.start();
    }

    /** Any thread: there is something to do. Cheap when it is awake. */
    public void wake() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Faults of the duty so far. */
    public long faults() {
        return faults.count();
    }

    private void run() {
        while (!stopped) {
            woken = false;
            try {
                if (duty.doWork(nowMs.getAsLong()) == 0) {
                    sleep(nextDueMs.getAsLong() - nowMs.getAsLong());
                }
            } catch (Throwable fault) {
                faults.happened(fault);
                sleep(FAULT_PAUSE_MS);
            }
        }
    }

    private void sleep(long forMs) {
        if (forMs > 0 && !woken && !stopped) {
            LockSupport.parkNanos(this, Math.min(forMs, LONGEST_SLEEP_MS) * NANOS_PER_MS);
        }
    }

    /** Waits until the thread has ended, unless called on it. */
    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        if (!isCurrentThread()) {
            Joining.join(thread);
        }
    }
}
