package io.wirecloset.engine;

import io.wirecloset.vl1.identity.Identity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the work that strangers can cause within a budget: one identity is validated at a time, few wait, and one that
 * failed is not tried again while it is remembered. On the control loop.
 */
final class ValidationQueue {
    /** Beyond this the oldest is forgotten; who sent it greets again, and the newest is the likeliest to be waiting still. */
    static final int WAITING = 16;
    /** Each costs a stranger a second to make and us a tenth to refuse; so some thousand of them are no way to keep us busy. */
    static final int REMEMBERED_FAILURES = 1024;

    /** Takes results. */
    interface Out {
        void onValidated(Identity identity, boolean valid);

        /** An identity was pushed out before its turn. */
        void forgotten();
    }

    private final Validation validation;
    private final Out out;

    private final Deque<Identity> waiting = new ArrayDeque<>();
    private final Map<Identity, Boolean> failed = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Boolean> eldest) {
            return size() > REMEMBERED_FAILURES;
        }
    };
    private Identity inFlight;

    ValidationQueue(Validation validation, Out out) {
        this.validation = validation;
        this.out = out;
    }

    /** Asks for a result; it comes later, or at once if it is known. */
    void validate(Identity identity) {
        if (failed.get(identity) != null) {
            out.onValidated(identity, false);
        } else if (!identity.equals(inFlight) && !waiting.contains(identity)) {
            if (waiting.size() == WAITING) {
                waiting.removeFirst();
                out.forgotten();
            }
            waiting.addLast(identity);
            submitNext();
        }
    }

    /** The answer to what was submitted. Any other is not believed. */
    void onValidated(Identity identity, boolean valid) {
        if (!identity.equals(inFlight)) return;
        inFlight = null;
        if (!valid) failed.put(identity, true);
        out.onValidated(identity, valid);
        submitNext();
    }

    private void submitNext() {
        if (inFlight != null || waiting.isEmpty()) return;
        inFlight = waiting.removeFirst();
        validation.submit(inFlight);
    }
}
