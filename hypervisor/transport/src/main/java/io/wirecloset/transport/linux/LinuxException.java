package io.wirecloset.transport.linux;

import java.io.IOException;

/** The kernel refused something; says what, and with which error number. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    public LinuxException(String operation, int errno) {
        super(operation + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /** One of the constants of {@link Errno}, or another number of the kernel's. */
    public int errno() {
        return errno;
    }
}
