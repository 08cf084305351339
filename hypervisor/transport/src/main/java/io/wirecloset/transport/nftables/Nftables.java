package io.wirecloset.transport.nftables;

import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;

/**
 * Changes and lists the packet filter of one network namespace, in the JSON of {@code libnftables-json(5)}.
 *
 * <p>All commands of one {@link #apply} take effect together or not at all. Any thread, one at a time.
 */
public final class Nftables implements AutoCloseable {
    private final NetworkNamespace namespace;
    /** 0: closed. */
    private long context;

    private Nftables(NetworkNamespace namespace, long context) {
        this.namespace = namespace;
        this.context = context;
    }

    /** The filter of the calling thread's namespace. */
    public static Nftables open() throws IOException {
        try (NetworkNamespace here = NetworkNamespace.current()) {
            return openIn(here);
        }
    }

    /** The filter of the given namespace, which this then keeps open. */
    public static Nftables openIn(NetworkNamespace namespace) throws IOException {
        NetworkNamespace kept = namespace.duplicate();
        try {
            return new Nftables(kept, kept.run(Nftables::newContext));
        } catch (IOException | RuntimeException e) {
            kept.close();
            throw e;
        }
    }

    private static long newContext() throws NftablesException {
        long context;
        try {
            context = LibNftables.newContext();
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) { // the second is every later attempt
            throw new NftablesException(LibNftables.NAME + " cannot be loaded: install the package libnftables1", e);
        }
        if (context == 0) {
            throw new NftablesException("nft_ctx_new failed");
        }
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
        if (context == 0) {
            throw new IllegalStateException("nftables is closed");
        }
        // some versions of the library open a socket when they run commands: in the namespace of the thread that asks
        return namespace.visit(() -> {
            boolean done = LibNftables.run(context, json);
            String output = LibNftables.output(context);
            String error = LibNftables.error(context); // fetched either way: it is collected until then
            if (!done) {
                throw new NftablesException("nftables refused: " + error.strip());
            }
            return output;
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
        if (context != 0) {
            LibNftables.free(context);
            context = 0;
            namespace.close();
        }
    }
}
