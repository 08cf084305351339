package io.wirecloset.transport;

import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Namespaces without names, gone when closed, and programs run inside them. */
public final class TestNetworks {
    private static final long PROGRAM_LIMIT_SECONDS = 60;

    private TestNetworks() {}

    public static boolean mayMakeNamespaces() {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            return made.fd() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A namespace with its loopback up. */
    public static NetworkNamespace namespace() throws IOException {
        NetworkNamespace made = NetworkNamespace.create();
        try (Netlink netlink = Netlink.openIn(made)) {
            netlink.setUp(netlink.indexOf("lo"));
        }
        return made;
    }

    /** Joins two namespaces by a veth, {@code name} on both sides. */
    public static void cable(NetworkNamespace a, String addressA, NetworkNamespace b, String addressB, String name)
            throws IOException {
        try (Netlink left = Netlink.openIn(a);
                Netlink right = Netlink.openIn(b)) {
            LinkSettings settings = LinkSettings.named(name).setUp();
            int here = left.createVeth(settings, settings.in(b));
            left.putAddress(Address.of(here, IpPrefix.parse(addressA)).withoutDad());
            right.putAddress(
                    Address.of(right.indexOf(name), IpPrefix.parse(addressB)).withoutDad());
        }
    }

    /** Starts a program inside; the caller ends it. */
    public static Process start(NetworkNamespace namespace, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=" + path(namespace)));
        line.addAll(List.of(command));
        return new ProcessBuilder(line).redirectErrorStream(true).start();
    }

    /** Runs a program inside to its end. @return what it printed */
    public static String run(NetworkNamespace namespace, String... command) throws Exception {
        Process process = start(namespace, command);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PROGRAM_LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String path(NetworkNamespace namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd();
    }
}
