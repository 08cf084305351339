package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.RemoteTrace;

/** What networks and members have in common in JSON. */
final class Own {
    /** An object of ours within the stock controller's objects; stock controllers keep it and look over it. */
    static final String FIELD = "wirecloset";

    static final String TRACE_TARGET = "remoteTraceTarget";
    static final String TRACE_LEVEL = "remoteTraceLevel";

    private Own() {}

    /** Our own object within one, made if need be. */
    static ObjectNode of(ObjectNode object) {
        return object.get(FIELD) instanceof ObjectNode own ? own : object.putObject(FIELD);
    }

    static void write(RemoteTrace trace, ObjectNode o) {
        o.put(TRACE_TARGET, trace.target());
        o.put(TRACE_LEVEL, trace.level());
    }

    /** One of the two fields changed: what is no target switches remote trace off. */
    static RemoteTrace with(RemoteTrace trace, String field, JsonNode value) {
        if (field.equals(TRACE_LEVEL)) {
            return trace.withLevel(Lenient.number(value, 0));
        }
        return trace.withTarget(
                value.isTextual() && RemoteTrace.isTarget(value.textValue()) ? value.textValue() : null);
    }
}
