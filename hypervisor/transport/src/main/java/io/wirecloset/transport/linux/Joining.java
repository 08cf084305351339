package io.wirecloset.transport.linux;

/** Waits for a thread's end, keeping an interruption for later. */
public final class Joining {
    private Joining() {}

    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
