package io.wirecloset.transport.netlink;

import io.wirecloset.transport.linux.Errno;
import java.io.IOException;

/** The kernel refused a request, in its own words where it gave some. */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    NetlinkException(String operation, int errno, String explanation) {
        super(operation + ": " + Errno.describe(errno) + (explanation.isEmpty() ? "" : " (" + explanation + ")"));
        this.errno = errno;
    }

    NetlinkException(String operation, MalformedReplyException cause) {
        super(operation + ": the kernel's answer cannot be read: " + cause.getMessage(), cause);
        this.errno = Errno.EIO;
    }

    /** One of the constants of {@link Errno}, or another number of the kernel's. */
    public int errno() {
        return errno;
    }
}
