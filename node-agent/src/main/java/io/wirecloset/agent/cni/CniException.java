package io.wirecloset.agent.cni;

/** A call that is answered with an error. */
final class CniException extends Exception {
    private static final long serialVersionUID = 1;

    // of the specification
    static final int INCOMPATIBLE_VERSION = 1;
    static final int UNSUPPORTED_FIELD = 2;
    static final int BAD_ENVIRONMENT = 4;
    static final int IO_FAILURE = 5;
    static final int DECODING_FAILURE = 6;
    static final int BAD_CONFIG = 7;
    static final int BAD_NAMESPACE = 8;
    static final int TRY_AGAIN_LATER = 11;
    static final int NOT_AVAILABLE = 50;

    // ours
    static final int NETWORK_UNKNOWN = 101;
    static final int NO_ADDRESS_LEFT = 103;
    static final int CONFLICT = 107;
    static final int DELETED = 108;
    static final int NOT_INTACT = 109;
    static final int ADDRESS_REFUSED = 110;
    static final int PORT_TAKEN = 111;
    static final int NAMESPACE_REFUSED = 112;

    static final int INTERNAL = 999;

    private final int code;
    private final String details;

    CniException(int code, String message) {
        this(code, message, "");
    }

    /** @param details what to look at or do next; may be empty */
    CniException(int code, String message, String details) {
        super(message);
        this.code = code;
        this.details = details;
    }

    int code() {
        return code;
    }

    String details() {
        return details;
    }
}
