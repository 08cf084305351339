package io.wirecloset.transport.nftables;

import io.wirecloset.transport.linux.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** The functions of libnftables(3) that are used, bound when the first is called. The library stays loaded. */
final class LibNftables {
    static final String NAME = "libnftables.so.1";
    static final int OUTPUT_JSON = 1 << 4;

    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup(NAME, Arena.global());

    private static final CFunction NEW = CFunction.of(LIBRARY, "nft_ctx_new", 1);
    private static final CFunction FREE = CFunction.of(LIBRARY, "nft_ctx_free", 1);
    private static final CFunction SET_OUTPUT_FLAGS = CFunction.of(LIBRARY, "nft_ctx_output_set_flags", 2);
    private static final CFunction BUFFER_OUTPUT = CFunction.of(LIBRARY, "nft_ctx_buffer_output", 1);
    private static final CFunction BUFFER_ERROR = CFunction.of(LIBRARY, "nft_ctx_buffer_error", 1);
    private static final CFunction OUTPUT = CFunction.of(LIBRARY, "nft_ctx_get_output_buffer", 1);
    private static final CFunction ERROR = CFunction.of(LIBRARY, "nft_ctx_get_error_buffer", 1);
    private static final CFunction RUN = CFunction.of(LIBRARY, "nft_run_cmd_from_buffer", 2);

    private LibNftables() {}

    /** A context that keeps what it prints; 0 when there is no memory. */
    static long newContext() {
        long context = NEW.plain(0);
        if (context != 0) {
            SET_OUTPUT_FLAGS.plain(context, OUTPUT_JSON);
            BUFFER_OUTPUT.plain(context);
            BUFFER_ERROR.plain(context);
        }
        return context;
    }

    static void free(long context) {
        FREE.plain(context);
    }

    /** @return whether all commands were carried out; else none was */
    static boolean run(long context, String commands) {
        try (Arena call = Arena.ofConfined()) {
            return (int) RUN.plain(context, CFunction.at(call.allocateFrom(commands))) == 0;
        }
    }

    /** What the last commands printed. */
    static String output(long context) {
        return text(OUTPUT.plain(context));
    }

    /** What was wrong with them. */
    static String error(long context) {
        return text(ERROR.plain(context));
    }

    /** The library's own memory, valid until the next call: copied here. */
    private static String text(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }
}
