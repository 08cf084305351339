package io.wirecloset.node;

import io.wirecloset.engine.Validation;
import io.wirecloset.vl1.identity.AddressDerivation;
import io.wirecloset.vl1.identity.Identity;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Checks on a thread of its own whether addresses follow from their keys: the memory-hard work that strangers cost us. */
final class Validator implements Validation, AutoCloseable {
    private static final int STOP_LIMIT_SECONDS = 5;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Thread.ofPlatform().name("node-validation").daemon().unstarted(task),
            new ThreadPoolExecutor.DiscardPolicy());
    // its thread only
    private AddressDerivation derivation;
    // set once, before the first submit
    private BiConsumer<Identity, Boolean> answers;

    void answersTo(BiConsumer<Identity, Boolean> taker) {
        answers = taker;
    }

    @Override
    public void submit(Identity identity) {
        thread.execute(() -> answers.accept(identity, isValid(identity)));
    }

    Future<Boolean> check(Identity identity) {
        return thread.submit(() -> isValid(identity));
    }

    private boolean isValid(Identity identity) {
        if (derivation == null) {
            derivation = new AddressDerivation();
        }
        return derivation.isValid(identity);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the thread that checks identities does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
