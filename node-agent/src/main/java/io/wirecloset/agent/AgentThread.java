package io.wirecloset.agent;

import io.wirecloset.agent.Succession.Surroundings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The thread in which agents of this process work, one after the other. It begins before Quarkus does: without an agent pods
 * have no network, and to carry their frames takes nothing of what Quarkus brings.
 */
final class AgentThread {
    private static final Logger LOG = System.getLogger(AgentThread.class.getName());

    private final CompletableFuture<Surroundings> surroundings = new CompletableFuture<>();
    private final CountDownLatch settled = new CountDownLatch(1);
    private final CompletableFuture<Exception> ended = new CompletableFuture<>();
    private final Succession succession;
    private final Thread thread;

    private AgentThread(AgentSettings settings) {
        succession = new Succession(settings, this::surroundings);
        thread = Thread.ofPlatform().daemon().name("agent").start(this::run);
    }

    static AgentThread begin(AgentSettings settings) {
        return new AgentThread(settings);
    }

    private void run() {
        Exception why = null;
        try {
            succession.run();
        } catch (IOException | RuntimeException e) {
            why = e;
        }
        settled.countDown();
        ended.complete(why);
    }

    private Surroundings surroundings() {
        settled.countDown();
        return surroundings.join();
    }

    /** Returns when frames are carried, or when that has to wait: for another agent to end, or for ever. */
    void awaitCarrying(Duration limit) {
        try {
            if (!settled.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.DEBUG, "frames are not carried yet after {0}", limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be called once: agents serve from then on. */
    void serveWith(Surroundings around) {
        surroundings.complete(around);
    }

    /** @param then told why no agent can run; null when it was told to end */
    void whenEnded(Consumer<Exception> then) {
        ended.thenAccept(then);
    }

    /** @return whether it ended within this time */
    boolean end(Duration limit) throws InterruptedException {
        succession.stop();
        return thread.join(limit);
    }
}
