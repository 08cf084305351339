package io.wirecloset.transport.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Binds functions of the C library, each with its errno captured; the one class that knows the linker.
 *
 * <p>The classes of calls around it ({@link FileCalls}, {@link SocketCalls}, …) follow the kernel's own convention: a
 * result below zero is the negated error number. Nothing throws, nothing is allocated.
 */
final class CLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private CLibrary() {}

    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    /** For functions declared with an ellipsis, which some calling conventions treat differently from that point on. */
    static MethodHandle bindVariadic(String name, int fixedArguments, MemoryLayout result, MemoryLayout... arguments) {
        return link(
                name,
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixedArguments));
    }

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, shape, options);
    }

    /** Where the calling thread's errno is captured. */
    static MemorySegment state() {
        return CAPTURED.get();
    }

    static int result(int returned, MemorySegment state) {
        return returned >= 0 ? returned : -state.get(ValueLayout.JAVA_INT, ERRNO_AT);
    }

    static long result(long returned, MemorySegment state) {
        return returned >= 0 ? returned : -state.get(ValueLayout.JAVA_INT, ERRNO_AT);
    }

    /** A handle can only throw when it is called with other types than it was bound with. */
    static AssertionError misbound(Throwable cause) {
        return new AssertionError("a call of the C library is bound wrongly", cause);
    }
}
