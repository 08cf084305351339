package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * A function of a C library, its errno captured; the one class that knows the linker. Nothing is allocated by a call, and
 * none throws.
 *
 * <p>Whatever the C declaration says, each argument and the result go as a whole register: a callee that declared less reads
 * its lower half. So all functions with as many arguments share what the linker makes for them, which takes milliseconds each
 * time and is in no start-up cache. Not for functions that take or return floating point numbers or structures by value.
 *
 * <p>{@code call} follows the kernel's own convention: a result below zero is the negated error number. {@code plain} returns
 * what the function did.
 */
public record CFunction(MethodHandle handle, boolean wide) {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    /** Of the C library, with a result of 32 bits. */
    static CFunction bind(String name, int arguments) {
        return new CFunction(link(LINKER.defaultLookup(), name, arguments), false);
    }

    /** Of the C library, with a result of 64 bits. */
    static CFunction bindWide(String name, int arguments) {
        return new CFunction(link(LINKER.defaultLookup(), name, arguments), true);
    }

    /** For functions of three arguments, declared with an ellipsis behind two, which some calling conventions treat differently. */
    static CFunction bindVariadic(String name) {
        return new CFunction(link(LINKER.defaultLookup(), name, 3, Linker.Option.firstVariadicArg(2)), false);
    }

    /** Of another library: to be called by {@code plain}. @throws IllegalArgumentException when it has no such function */
    public static CFunction of(SymbolLookup library, String name, int arguments) {
        return new CFunction(link(library, name, arguments), true);
    }

    private static MethodHandle link(SymbolLookup library, String name, int arguments, Linker.Option... more) {
        MemoryLayout[] registers = new MemoryLayout[arguments];
        Arrays.fill(registers, JAVA_LONG);
        Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = Linker.Option.captureCallState("errno");
        MemorySegment symbol =
                library.find(name).orElseThrow(() -> new IllegalArgumentException("there is no function " + name));
        return LINKER.downcallHandle(symbol, FunctionDescriptor.of(JAVA_LONG, registers), options);
    }

    /**
     * Where the segment lies, for a function to read or write there during the call. Who calls sees to it that the segment
     * is reachable until then.
     */
    public static long at(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a segment on the heap may move");
        }
        return segment.address();
    }

    long call(long a) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    long call(long a, long b) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a, b), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    long call(long a, long b, long c) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a, b, c), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    long call(long a, long b, long c, long d) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a, b, c, d), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    long call(long a, long b, long c, long d, long e) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a, b, c, d, e), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    long call(long a, long b, long c, long d, long e, long f) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) handle.invokeExact(state, a, b, c, d, e, f), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public long plain(long a) {
        try {
            return (long) handle.invokeExact(CAPTURED.get(), a);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public long plain(long a, long b) {
        try {
            return (long) handle.invokeExact(CAPTURED.get(), a, b);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    private long result(long returned, MemorySegment state) {
        long value = wide ? returned : (int) returned;
        return value >= 0 ? value : -state.get(ValueLayout.JAVA_INT, ERRNO_AT);
    }

    /** A handle can only throw when it is called with another number of arguments than it was bound with. */
    private static AssertionError misbound(Throwable cause) {
        return new AssertionError("a call of a C library is bound wrongly", cause);
    }
}
