package io.wirecloset.node;

import io.wirecloset.engine.Engine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Has something computed on the control loop, and waits for it. */
final class Question {
    private static final int ANSWER_LIMIT_SECONDS = 10;

    private Question() {}

    /** @throws IllegalStateException when it failed, or when nobody answers */
    static <T> T ask(Engine engine, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        engine.post(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the node does not answer: it is stopping", e);
        }
    }
}
