package io.wirecloset.transport.nftables;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.util.Map;

/**
 * Changes and lists the packet filter of one network namespace, in the JSON of {@code libnftables-json(5)}.
 *
 * <p>All commands of one {@link #apply} take effect together or not at all. Any thread, one at a time.
 */
public final class Nftables implements AutoCloseable {
    private static final String LIBRARY = "libnftables.so.1";
    private static final int OUTPUT_JSON = 1 << 4;

    private final LibNftables library;
    private final NetworkNamespace namespace;
    private Pointer context;

    private Nftables(LibNftables library, NetworkNamespace namespace, Pointer context) {
        this.library = library;
        this.namespace = namespace;
        this.context = context;
    }

    /** The functions of libnftables(3) that are used. */
    private interface LibNftables extends Library {
        Pointer nft_ctx_new(int flags);

        void nft_ctx_free(Pointer context);

        int nft_ctx_output_set_flags(Pointer context, int flags);

        int nft_ctx_buffer_output(Pointer context);

        int nft_ctx_buffer_error(Pointer context);

        String nft_ctx_get_output_buffer(Pointer context);

        String nft_ctx_get_error_buffer(Pointer context);

        int nft_run_cmd_from_buffer(Pointer context, String commands);
    }

    private static final class Loaded {
        static final LibNftables LIBRARY_OR_NULL;
        static final UnsatisfiedLinkError WHY_NOT;

        static {
            LibNftables loaded = null;
            UnsatisfiedLinkError whyNot = null;
            try {
                loaded = Native.load(LIBRARY, LibNftables.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
            } catch (UnsatisfiedLinkError e) {
                whyNot = e;
            }
            LIBRARY_OR_NULL = loaded;
            WHY_NOT = whyNot;
        }
    }

    /** The filter of the calling thread's namespace. */
    public static Nftables open() throws IOException {
        try (NetworkNamespace here = NetworkNamespace.current()) {
            return openIn(here);
        }
    }

    /** The filter of the given namespace, which this then keeps open. */
    public static Nftables openIn(NetworkNamespace namespace) throws IOException {
        LibNftables library = Loaded.LIBRARY_OR_NULL;
        if (library == null) {
            throw new NftablesException(
                    LIBRARY + " cannot be loaded: install the package libnftables1", Loaded.WHY_NOT);
        }
        NetworkNamespace kept = namespace.duplicate();
        try {
            return new Nftables(library, kept, kept.run(() -> newContext(library)));
        } catch (IOException | RuntimeException e) {
            kept.close();
            throw e;
        }
    }

    private static Pointer newContext(LibNftables library) throws NftablesException {
        Pointer context = library.nft_ctx_new(0);
        if (context == null) {
            throw new NftablesException("nft_ctx_new failed");
        }
        library.nft_ctx_output_set_flags(context, OUTPUT_JSON);
        library.nft_ctx_buffer_output(context);
        library.nft_ctx_buffer_error(context);
        return context;
    }

    /**
     * Applies a list of commands as one transaction.
     *
     * @param json {@code {"nftables": [{"add": {"table": …}}, …]}}
     * @return what the commands printed, as JSON; empty for changes
     * @throws NftablesException with the library's text; nothing was changed
     */
    public synchronized String apply(String json) throws IOException {
        if (context == null) {
            throw new IllegalStateException("nftables is closed");
        }
        // the library opens its socket when it runs commands: in the namespace of the thread that asks
        return namespace.run(() -> {
            int done = library.nft_run_cmd_from_buffer(context, json);
            String output = library.nft_ctx_get_output_buffer(context);
            String error = library.nft_ctx_get_error_buffer(context);
            if (done != 0) {
                throw new NftablesException("nftables refused: " + (error == null ? "" : error.strip()));
            }
            return output == null ? "" : output;
        });
    }

    /** The whole rule set, as JSON. */
    public String list() throws IOException {
        return apply("{\"nftables\": [{\"list\": {\"ruleset\": null}}]}");
    }

    /**
     * One table with all in it, as JSON.
     *
     * @param family {@code ip}, {@code ip6}, {@code inet}, {@code bridge}, {@code netdev}
     * @return null when there is no such table
     */
    public String listTable(String family, String name) throws IOException {
        if (!name.matches("[A-Za-z0-9_.-]+") || !family.matches("[a-z0-9]+")) {
            throw new IllegalArgumentException("not a table: " + family + " " + name);
        }
        String tables = apply("{\"nftables\": [{\"list\": {\"tables\": null}}]}");
        if (!TableList.contains(tables, family, name)) {
            return null;
        }
        return apply("{\"nftables\": [{\"list\": {\"table\": {\"family\": \"" + family + "\", \"name\": \"" + name
                + "\"}}}]}");
    }

    @Override
    public synchronized void close() {
        if (context != null) {
            library.nft_ctx_free(context);
            context = null;
            namespace.close();
        }
    }
}
