package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;

/** What networks and members have in common in JSON. */
final class Own {
    /** An object of ours within the stock controller's objects; stock controllers keep it and look over it. */
    static final String FIELD = "wirecloset";

    private static final int TRACE_TARGET_CHARS = 10;

    private Own() {}

    /** Whether a wish for a remote trace target is one, and another than there is: text of another length is none. */
    static boolean asksForTrace(JsonNode wanted, JsonNode shown) {
        return wanted.isTextual() && wanted.textValue().length() == TRACE_TARGET_CHARS && !wanted.equals(shown);
    }
}
