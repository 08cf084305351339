package io.wirecloset.agent.attach;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the settings of the network stack are written: they are those of the namespace that the calling thread is in. A
 * container sees the usual place read-only, so the chart mounts the host's beside it.
 */
public final class Sysctls {
    private static final Path USUAL = Path.of("/proc/sys/net");
    private static final Path BESIDE = Path.of("/host/proc/sys/net");
    private static final Path NET =
            Files.isDirectory(BESIDE) && !Files.isWritable(USUAL.resolve("ipv4/ip_forward")) ? BESIDE : USUAL;

    private Sysctls() {}

    /** The file of a setting, for example of {@code "ipv4", "conf", "eth0", "arp_ignore"}. */
    public static Path file(String family, String... name) {
        return Path.of(NET.resolve(family).toString(), name);
    }
}
