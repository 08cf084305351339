package io.wirecloset.controller;

import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;

/** Changes on their way to the store. Each is answered once, by the store or, when that stays silent, by the clock. */
final class Commits {
    private final Store store;
    private final Deque<Attempt> open = new ArrayDeque<>();

    /** One change and who waits for it. */
    private static final class Attempt implements Completion {
        private final Completion waiting;
        private final long deadlineMs;
        private boolean answered;

        Attempt(Completion waiting, long deadlineMs) {
            this.waiting = waiting;
            this.deadlineMs = deadlineMs;
        }

        @Override
        public void done() {
            if (!answered) {
                answered = true;
                waiting.done();
            }
        }

        @Override
        public void failed(String why) {
            if (!answered) {
                answered = true;
                waiting.failed(why);
            }
        }
    }

    Commits(Store store) {
        this.store = store;
    }

    void commit(Change change, Completion completion, long nowMs) {
        Attempt attempt = new Attempt(completion, nowMs + Timing.COMMIT_TIMEOUT_MS);
        store.commit(change, attempt);
        if (!attempt.answered) {
            open.add(attempt);
        }
    }

    /** Gives up on what is overdue. @return when to be asked next */
    long poll(long nowMs) {
        while (!open.isEmpty() && (open.peek().answered || open.peek().deadlineMs <= nowMs)) {
            open.remove().failed("the store did not answer in time");
        }
        return open.isEmpty() ? Long.MAX_VALUE : open.peek().deadlineMs;
    }
}
