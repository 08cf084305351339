package io.wirecloset.agent.attach;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets the host forward, as every node with pods does, without losing what it learnt from its router. Others turn it off
 * again: a firewall that starts, or {@code sysctl --system} with a distribution's defaults.
 */
final class HostForwarding {
    private static final Logger LOG = System.getLogger(HostForwarding.class.getName());
    private static final Path IPV4 = Sysctls.file("ipv4", "ip_forward");
    private static final Path IPV6 = Sysctls.file("ipv6", "conf");

    /** Whether it was said already that it cannot be set. */
    private boolean told;

    /**
     * In the namespace of the calling thread. What is already so is not written.
     *
     * @return how many families were switched on
     */
    int enable() {
        int changes = set(IPV4, "1") ? 1 : 0;
        Path all = IPV6.resolve("all/forwarding");
        if (Files.exists(all) && !has(all, "1")) {
            keepRouterAdvertisements();
            changes += set(all, "1") ? 1 : 0;
        }
        return changes;
    }

    /**
     * A host that forwards ignores routers unless told otherwise; one that got its address from them would lose it. The
     * interfaces that are there are meant: what is made later would listen to pods and containers as its routers.
     */
    private void keepRouterAdvertisements() {
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(IPV6)) {
            for (Path each : interfaces) {
                Path accept = each.resolve("accept_ra");
                if (!each.endsWith("all") && !each.endsWith("default") && has(accept, "1")) {
                    set(accept, "2");
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "interfaces cannot be listed: {0}", e.getMessage());
        }
    }

    private static boolean has(Path file, String value) {
        try {
            return Files.readString(file).strip().equals(value);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean set(Path file, String value) {
        if (has(file, value)) {
            return false;
        }
        try {
            Files.writeString(file, value);
            return true;
        } catch (IOException e) {
            LOG.log(
                    told ? Level.DEBUG : Level.WARNING,
                    "{0} cannot be set to {1}, pods may reach nothing: {2}",
                    file,
                    value,
                    e.getMessage());
            told = true;
            return false;
        }
    }
}
