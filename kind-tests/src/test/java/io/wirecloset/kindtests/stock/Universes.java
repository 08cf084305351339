package io.wirecloset.kindtests.stock;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Keeps the universes from one test class to the next, as coming up is most of the time; at the end prints the matrix. */
final class Universes implements BeforeAllCallback {
    private static final Map<Kind, CompletableFuture<Universe>> UP = new ConcurrentHashMap<>();
    private static final Executor THREADS = r -> Thread.ofPlatform().daemon().start(r);

    /** The universe around such a root, made when it is first asked for. */
    static Universe around(Kind root) {
        return begin(root).join();
    }

    /** Lets both come up side by side: most of it is waiting. */
    static void beginBoth() {
        for (Kind root : Kind.values()) {
            begin(root);
        }
    }

    private static CompletableFuture<Universe> begin(Kind root) {
        return UP.computeIfAbsent(root, r -> CompletableFuture.supplyAsync(() -> new Universe(r), THREADS));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        context.getRoot()
                .getStore(Namespace.create(Universes.class))
                .getOrComputeIfAbsent(Universes.class, k -> (AutoCloseable) Universes::end, AutoCloseable.class);
    }

    private static void end() {
        Matrix.write();
        UP.values().forEach(Universes::close);
        UP.clear();
    }

    private static void close(CompletableFuture<Universe> universe) {
        if (!universe.handle((up, failure) -> failure != null).join()) {
            universe.join().close();
        }
    }
}
