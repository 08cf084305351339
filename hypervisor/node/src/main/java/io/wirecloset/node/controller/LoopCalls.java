package io.wirecloset.node.controller;

import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.node.localapi.ApiResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * To the control loop and back: what the local API asks is looked up and changed there, and answered when it is stored.
 * Called on the API's threads, which wait.
 */
final class LoopCalls {
    /** More than a store may take to answer. */
    private static final long ANSWER_TIMEOUT_MS = Timing.COMMIT_TIMEOUT_MS + 5_000;

    /** What is answered, computed on the control loop. */
    interface Look {
        ApiResponse now();
    }

    private final Executor loop;
    private final ReentrantLock changing = new ReentrantLock(true);

    // control loop only
    private boolean ready;

    /** @param loop posts to the control loop */
    LoopCalls(Executor loop) {
        this.loop = loop;
    }

    /** From now on there is something to look at and to change. On the control loop. */
    void ready() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    /** Answers with what is there now. */
    ApiResponse look(Look look) {
        return await(answer -> {
            requireReady();
            answer.complete(look.now());
        });
    }

    private void requireReady() {
        if (!ready) {
            throw new Refusal(503, "the controller has not read its files yet; try again");
        }
    }

    /** Changes something, after all changes before it, since each begins with what is there. */
    ApiResponse change(Consumer<CompletableFuture<ApiResponse>> begin) {
        try {
            if (!changing.tryLock(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new Refusal(503, "changes before this one are not stored yet; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "the service is stopping");
        }
        try {
            return await(answer -> {
                requireReady();
                begin.accept(answer);
            });
        } finally {
            changing.unlock();
        }
    }

    /** Whatever is to be done on the control loop, ready or not. */
    ApiResponse await(Consumer<CompletableFuture<ApiResponse>> begin) {
        CompletableFuture<ApiResponse> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                begin.accept(answer);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new Refusal(503, "the controller does not answer; what was asked for may still happen");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "the service is stopping");
        }
    }

    /** Answers a change once it is stored. */
    static Completion answering(CompletableFuture<ApiResponse> answer, Look stored) {
        return new Completion() {
            @Override
            public void done() {
                try {
                    answer.complete(stored.now());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            }

            @Override
            public void failed(String why) {
                answer.completeExceptionally(new Refusal(503, why));
            }
        };
    }
}
