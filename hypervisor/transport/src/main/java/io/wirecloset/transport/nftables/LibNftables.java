package io.wirecloset.transport.nftables;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The functions of libnftables(3) that are used, bound when the first is called. The library stays loaded. */
final class LibNftables {
    static final String NAME = "libnftables.so.1";
    static final int OUTPUT_JSON = 1 << 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup(NAME, Arena.global());

    private static final MethodHandle NEW = bind("nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final MethodHandle FREE = bind("nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle SET_OUTPUT_FLAGS =
            bind("nft_ctx_output_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    private static final MethodHandle BUFFER_OUTPUT =
            bind("nft_ctx_buffer_output", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle BUFFER_ERROR =
            bind("nft_ctx_buffer_error", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle OUTPUT =
            bind("nft_ctx_get_output_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle ERROR = bind("nft_ctx_get_error_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle RUN =
            bind("nft_run_cmd_from_buffer", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    private LibNftables() {}

    private static MethodHandle bind(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(
                LIBRARY.find(name).orElseThrow(() -> new IllegalArgumentException(NAME + " has no " + name)), shape);
    }

    /** A context that keeps what it prints; {@link MemorySegment#NULL} when there is no memory. */
    static MemorySegment newContext() {
        try {
            MemorySegment context = (MemorySegment) NEW.invokeExact(0);
            if (!context.equals(MemorySegment.NULL)) {
                SET_OUTPUT_FLAGS.invokeExact(context, OUTPUT_JSON);
                int ignored = (int) BUFFER_OUTPUT.invokeExact(context);
                ignored = (int) BUFFER_ERROR.invokeExact(context);
            }
            return context;
        } catch (Throwable e) {
            throw misbound(e);
        }
    }

    static void free(MemorySegment context) {
        try {
            FREE.invokeExact(context);
        } catch (Throwable e) {
            throw misbound(e);
        }
    }

    /** @return 0 when all commands were carried out, else none was */
    static int run(MemorySegment context, String commands) {
        try (Arena call = Arena.ofConfined()) {
            return (int) RUN.invokeExact(context, call.allocateFrom(commands));
        } catch (Throwable e) {
            throw misbound(e);
        }
    }

    /** What the last commands printed. */
    static String output(MemorySegment context) {
        return text(OUTPUT, context);
    }

    /** What was wrong with them. */
    static String error(MemorySegment context) {
        return text(ERROR, context);
    }

    /** The library's own memory, valid until the next call: copied here. */
    private static String text(MethodHandle function, MemorySegment context) {
        try {
            MemorySegment text = (MemorySegment) function.invokeExact(context);
            return text.equals(MemorySegment.NULL)
                    ? ""
                    : text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw misbound(e);
        }
    }

    /** A handle can only throw when it is called with other types than it was bound with. */
    private static AssertionError misbound(Throwable cause) {
        return new AssertionError("a call of " + NAME + " is bound wrongly", cause);
    }
}
