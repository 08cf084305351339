package io.wirecloset.controller;

import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Lets the changes of one network happen one after the other, so that each is planned on what is stored, and no address
 * is given twice. Requests that change nothing need no turn and never wait here.
 */
final class Turns {
    /** One change. */
    interface Turn {
        /** @return what is to be stored, or null for nothing; called when all changes before it are settled */
        Change plan();

        /** What was planned is stored, or there was nothing to store. */
        void stored();

        void failed(String why);
    }

    private static final class Line {
        final Deque<Turn> waiting = new ArrayDeque<>();
        boolean onItsWay;
        boolean running;
    }

    private final Map<Long, Line> lines = new HashMap<>();
    private final BiConsumer<Change, Completion> commit;

    Turns(BiConsumer<Change, Completion> commit) {
        this.commit = commit;
    }

    void add(long networkId, Turn turn) {
        Line line = lines.computeIfAbsent(networkId, id -> new Line());
        if (line.waiting.size() == Limits.WAITING_CHANGES) {
            turn.failed("too many changes of the network are waiting for the store");
            return;
        }
        line.waiting.add(turn);
        run(networkId, line);
    }

    /** A loop, not a recursion: a store may confirm during the call. */
    private void run(long networkId, Line line) {
        if (line.running) {
            return;
        }
        line.running = true;
        try {
            while (!line.onItsWay && !line.waiting.isEmpty()) {
                begin(networkId, line, line.waiting.remove());
            }
        } finally {
            line.running = false;
        }
        if (!line.onItsWay) {
            lines.remove(networkId, line);
        }
    }

    private void begin(long networkId, Line line, Turn turn) {
        Change change = turn.plan();
        if (change == null) {
            turn.stored();
            return;
        }
        line.onItsWay = true;
        commit.accept(change, new Completion() {
            @Override
            public void done() {
                line.onItsWay = false;
                turn.stored();
                run(networkId, line);
            }

            @Override
            public void failed(String why) {
                line.onItsWay = false;
                turn.failed(why);
                run(networkId, line);
            }
        });
    }
}
