package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.LocalConf;
import io.wirecloset.vl1.path.PathPolicy;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Looks whether local.conf has changed. What it says of paths holds at once, the rest from the next start on; a file that
 * cannot be read leaves everything as it was. Background thread only.
 */
final class ConfWatch {
    /** As often as the stock service looks (notes on behaviour, section 1). */
    static final int INTERVAL_MS = 10_000;

    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    private static final byte[] NONE = {};

    private final HomeDirectory home;
    private final Consumer<PathPolicy> govern;
    private byte[] seen;

    /** @param govern told of what changed */
    ConfWatch(HomeDirectory home, Consumer<PathPolicy> govern) {
        this.home = home;
        this.govern = govern;
        this.seen = home.localConf().orElse(NONE);
    }

    void look() {
        try {
            byte[] now = home.localConf().orElse(NONE);
            if (!Arrays.equals(now, seen)) {
                seen = now;
                take(LocalConf.parse(now));
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "changes are not taken over: {0}", e.getMessage());
        }
    }

    private void take(LocalConf conf) {
        home.trustedPaths().ifPresent(conf::withTrustedPaths);
        conf.notices().forEach(notice -> LOG.log(Level.WARNING, notice));
        govern.accept(conf.paths());
        LOG.log(Level.INFO, "local.conf has changed: what it says of paths holds now, the rest from the next start on");
    }
}
