package io.wirecloset.vl1.wire;

/**
 * Bytes or text that do not have the shape they should have. The one exception of all parsers; it never leaves the
 * layer: whoever receives a packet catches it once and drops the packet. Costs nothing to throw (no stack trace).
 */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
