package io.wirecloset.node.controller;

/** What was asked for is not done; the message names the field and what to do instead. Does not leave the package. */
final class Refusal extends RuntimeException {
    private final int status;

    /** @param status of the HTTP answer */
    Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
