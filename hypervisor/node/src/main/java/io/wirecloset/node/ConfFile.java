package io.wirecloset.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.LocalConf;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** {@code local.conf} in the home directory: as it was at the start, and as the local API changed it since. Thread-safe. */
final class ConfFile {
    private static final Logger LOG = System.getLogger("io.wirecloset.node");

    private final HomeDirectory home;
    private final LocalConf atStart;
    private LocalConf now;

    /** @throws IllegalArgumentException with what is wrong in the file and where */
    ConfFile(HomeDirectory home) {
        this.home = home;
        atStart = home.localConf().map(LocalConf::parse).orElseGet(LocalConf::empty);
        home.trustedPaths().ifPresent(atStart::withTrustedPaths);
        now = atStart;
    }

    /** What the node acts on. */
    LocalConf atStart() {
        return atStart;
    }

    /** As it is in the file now. */
    synchronized ObjectNode json() {
        return now.json();
    }

    /** Puts fields into its settings, for the next start. */
    synchronized void change(ObjectNode settings) {
        LocalConf changed = now.withSettings(settings);
        home.saveLocalConf(changed.toBytes());
        now = changed;
        changed.notices().forEach(notice -> LOG.log(Level.WARNING, notice));
    }
}
