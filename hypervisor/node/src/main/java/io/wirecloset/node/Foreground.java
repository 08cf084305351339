package io.wirecloset.node;

import java.util.concurrent.CountDownLatch;

/** Keeps a program going until it is told to stop, and lets it stop cleanly. */
public final class Foreground {
    private Foreground() {}

    /** Returns never: SIGTERM and Ctrl-C close what runs and end the process with code 0. */
    public static int run(AutoCloseable running) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            int code = 0;
            try {
                running.close();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
                code = 1;
            }
            // Otherwise the code would be that of the signal, though nothing went wrong.
            Runtime.getRuntime().halt(code);
        }));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}
