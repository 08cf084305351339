package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CLibrary.misbound;
import static io.wirecloset.transport.linux.CLibrary.result;
import static io.wirecloset.transport.linux.CLibrary.state;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that change the calling thread's namespaces. A result below zero is the negated {@link Errno}. */
public final class NamespaceCalls {
    public static final int CLONE_NEWNET = 0x40000000;

    private static final MethodHandle SETNS = CLibrary.bind("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = CLibrary.bind("unshare", JAVA_INT, JAVA_INT);

    private NamespaceCalls() {}

    /** Takes the calling thread, and no other, into the namespace: never on a virtual or a pooled thread. */
    public static int setns(int fd, int kind) {
        try {
            MemorySegment state = state();
            return result((int) SETNS.invokeExact(state, fd, kind), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int unshare(int flags) {
        try {
            MemorySegment state = state();
            return result((int) UNSHARE.invokeExact(state, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }
}
