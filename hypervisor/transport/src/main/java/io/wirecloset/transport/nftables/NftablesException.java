package io.wirecloset.transport.nftables;

import java.io.IOException;

/** The packet filter refused a change, or its library is missing; the message is the library's own where it has one. */
public final class NftablesException extends IOException {
    private static final long serialVersionUID = 1;

    public NftablesException(String message) {
        super(message);
    }

    public NftablesException(String message, Throwable cause) {
        super(message, cause);
    }
}
