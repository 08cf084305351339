package io.wirecloset.node;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/** Keeps a program going until it is told to stop, and lets it stop cleanly. */
public final class Foreground {
    /** Starts what is to run. */
    public interface Start {
        /** @param anew to be called, on any thread, when it should be closed and started anew */
        AutoCloseable start(Runnable anew) throws IOException;
    }

    private final Start start;
    private final Semaphore anew = new Semaphore(0);
    private AutoCloseable running;
    private boolean stopped;

    Foreground(Start start) {
        this.start = start;
    }

    /** Returns never: SIGTERM and Ctrl-C close what runs and end the process with code 0. */
    public static int run(AutoCloseable running) {
        try {
            return run(anew -> running);
        } catch (IOException e) {
            throw new AssertionError("it runs already", e);
        }
    }

    /** The same for what may ask to be started anew. @throws IOException if it cannot be started */
    public static int run(Start start) throws IOException {
        Foreground program = new Foreground(start);
        program.startUp();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            int code = program.stop() ? 0 : 1;
            // Otherwise the code would be that of the signal, though nothing went wrong.
            Runtime.getRuntime().halt(code);
        }));
        try {
            while (program.awaitAnew()) {
                program.startUp();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    synchronized void startUp() throws IOException {
        if (!stopped) {
            running = start.start(anew::release);
        }
    }

    /** Waits until what runs asks to be started anew, and closes it. @return false if the program was stopped meanwhile */
    boolean awaitAnew() throws InterruptedException {
        anew.acquire();
        synchronized (this) {
            anew.drainPermits();
            close();
            return !stopped;
        }
    }

    /** @return whether all went well */
    synchronized boolean stop() {
        stopped = true;
        return close();
    }

    private boolean close() {
        AutoCloseable closing = running;
        running = null;
        try {
            if (closing != null) {
                closing.close();
            }
            return true;
        } catch (Exception e) {
            System.err.println("while stopping: " + e);
            return false;
        }
    }
}
