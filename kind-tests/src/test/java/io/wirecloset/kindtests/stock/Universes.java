package io.wirecloset.kindtests.stock;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Keeps the universes from one test class to the next, as coming up is most of the time; at the end prints the matrix. */
final class Universes implements BeforeAllCallback {
    private static final Map<Kind, Universe> UP = new EnumMap<>(Kind.class);

    /** The universe around such a root, made when it is first asked for. */
    static synchronized Universe around(Kind root) {
        return UP.computeIfAbsent(root, Universe::new);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        context.getRoot()
                .getStore(Namespace.create(Universes.class))
                .getOrComputeIfAbsent(Universes.class, k -> (AutoCloseable) Universes::end, AutoCloseable.class);
    }

    private static synchronized void end() {
        Matrix.write();
        UP.values().forEach(Universe::close);
        UP.clear();
    }
}
