package io.wirecloset.transport.netlink;

/** A message ends early or says something impossible. Never leaves this package. */
final class MalformedReplyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedReplyException(String message) {
        super(message, null, false, false);
    }
}
