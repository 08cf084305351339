package io.wirecloset.transport.linux;

/** Calls that change the calling thread's namespaces. A result below zero is the negated {@link Errno}. */
public final class NamespaceCalls {
    public static final int CLONE_NEWNET = 0x40000000;

    private static final CFunction SETNS = CFunction.bind("setns", 2);
    private static final CFunction UNSHARE = CFunction.bind("unshare", 1);

    private NamespaceCalls() {}

    /** Takes the calling thread, and no other, into the namespace: never on a virtual or a pooled thread. */
    public static int setns(int fd, int kind) {
        return (int) SETNS.call(fd, kind);
    }

    public static int unshare(int flags) {
        return (int) UNSHARE.call(flags);
    }
}
