package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CLibrary.misbound;
import static io.wirecloset.transport.linux.CLibrary.result;
import static io.wirecloset.transport.linux.CLibrary.state;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that change the calling thread's namespaces and mounts. A result below zero is the negated {@link Errno}. */
public final class NamespaceCalls {
    public static final int CLONE_NEWNET = 0x40000000;
    public static final long MS_BIND = 0x1000;
    public static final int MNT_DETACH = 2;

    private static final MethodHandle SETNS = CLibrary.bind("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = CLibrary.bind("unshare", JAVA_INT, JAVA_INT);
    private static final MethodHandle MOUNT =
            CLibrary.bind("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle UMOUNT = CLibrary.bind("umount2", JAVA_INT, ADDRESS, JAVA_INT);

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

    public static int bindMount(String source, String target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            return result(
                    (int) MOUNT.invokeExact(
                            state,
                            arena.allocateFrom(source),
                            arena.allocateFrom(target),
                            arena.allocateFrom("none"),
                            MS_BIND,
                            MemorySegment.NULL),
                    state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int unmount(String target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            return result((int) UMOUNT.invokeExact(state, arena.allocateFrom(target), MNT_DETACH), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }
}
