package io.wirecloset.agent.attach;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets the host forward, as every node with pods does, without losing what it learnt from its router. */
public final class HostForwarding {
    private static final Logger LOG = System.getLogger(HostForwarding.class.getName());
    private static final Path IPV4 = Sysctls.file("ipv4", "ip_forward");
    private static final Path IPV6 = Sysctls.file("ipv6", "conf");

    private HostForwarding() {}

    /** In the namespace of the calling thread. What is already so is not written. */
    public static void enable() {
        set(IPV4, "1");
        Path all = IPV6.resolve("all/forwarding");
        if (Files.exists(all) && !has(all, "1")) {
            keepRouterAdvertisements();
            set(all, "1");
        }
    }

    /** A host that forwards ignores routers unless told otherwise; one that got its address from them would lose it. */
    private static void keepRouterAdvertisements() {
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(IPV6)) {
            for (Path each : interfaces) {
                Path accept = each.resolve("accept_ra");
                if (!each.endsWith("all") && has(accept, "1")) {
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

    private static void set(Path file, String value) {
        if (has(file, value)) {
            return;
        }
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be set to {1}, pods may reach nothing: {2}",
                    file,
                    value,
                    e.getMessage());
        }
    }
}
