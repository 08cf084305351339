package io.wirecloset.node.controller;

import java.io.IOException;

/** A controller elsewhere did not do what it was asked; the message names it, what was asked and why. */
public final class ControllerFault extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What can be done about it. */
    public enum Kind {
        /** Nothing answers, or not in time: passes by itself. What was asked for may have happened. */
        UNREACHABLE,
        /** The token is not its token, or it does not talk to clients from here. */
        UNAUTHORIZED,
        /** There is no such network or member. */
        NOT_FOUND,
        /** It understood and refused. */
        REFUSED,
        /** What answers is no controller, or one that says what cannot be. */
        BAD_ANSWER
    }

    ControllerFault(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
