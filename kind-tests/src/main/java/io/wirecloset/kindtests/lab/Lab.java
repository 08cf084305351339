package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A small internet on one machine: an exchange that every public host is plugged into, and clouds behind masquerading
 * routers. Everything is made in namespaces of its own, named after this lab, and {@link #close()} removes it, also when
 * the process is interrupted.
 */
public final class Lab implements AutoCloseable {
    /** Addresses of the exchange; documentation addresses, which exist nowhere else. */
    private static final String EXCHANGE = "198.51.100.";

    private final String tag;
    private final Path folder;
    private final List<Host> hosts = new ArrayList<>();
    private final Host exchange;
    private final Thread onInterrupt = new Thread(this::removeAll, "lab-cleanup");
    private int nextPublic = 10;
    private int nextLink;
    private boolean removed;

    public Lab(String name) {
        this.tag = name + Long.toString(ProcessHandle.current().pid() % 46_656, 36);
        try {
            this.folder = Files.createTempDirectory("wirecloset-" + tag + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        this.exchange = newHost("exchange");
        exchange.run("ip", "link", "add", "ix", "type", "bridge");
        exchange.run("ip", "link", "set", "ix", "up");
    }

    public Path folder() {
        return folder;
    }

    public String tag() {
        return tag;
    }

    public List<Host> hosts() {
        return List.copyOf(hosts);
    }

    /** A host with a public address of its own. */
    public Host publicHost(String name) {
        Host host = newHost(name);
        plugIn(host, "eth0");
        return host;
    }

    /** A cloud: a router with a public address that translates for the host behind it. @return the host */
    public Host behindNat(String name, Nat nat) {
        return behindNat(name, nat, 1).getFirst();
    }

    /** The same with several hosts behind one router, on 10.x.0.0/24. */
    public List<Host> behindNat(String name, Nat nat, int count) {
        Host router = newHost(name + "-router");
        plugIn(router, "wan");
        int net = nextPublic;
        router.run("ip", "link", "add", "lan", "type", "bridge");
        router.run("ip", "link", "set", "lan", "up");
        router.run("ip", "addr", "add", "10." + net + ".0.1/24", "dev", "lan");
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
        router.nft("""
                table ip nat {
                  chain post { type nat hook postrouting priority srcnat; oifname "wan" %s; }
                }
                table ip guard {
                  chain forward { type filter hook forward priority filter; policy drop;
                    iifname "lan" oifname "wan" accept; ct state established,related accept; }
                }
                """.formatted(nat.statement));
        List<Host> inside = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Host host = newHost(count == 1 ? name : name + (i + 1));
            link(router, "p" + i, host, "eth0");
            router.run("ip", "link", "set", "p" + i, "master", "lan");
            host.address("10." + net + ".0." + (10 + i));
            host.run("ip", "addr", "add", host.address() + "/24", "dev", "eth0");
            host.run("ip", "route", "add", "default", "via", "10." + net + ".0.1");
            inside.add(host);
        }
        return inside;
    }

    /** A namespace with nothing but its loopback, as a container runtime makes one for a pod. */
    public Host emptyHost(String name) {
        return newHost(name);
    }

    private Host newHost(String name) {
        Host host = new Host(name, "wc-" + tag + "-" + name, folder.resolve(name));
        hosts.add(host);
        return host;
    }

    private void plugIn(Host host, String device) {
        String port = "x" + nextPublic;
        link(exchange, port, host, device);
        exchange.run("ip", "link", "set", port, "master", "ix");
        host.address(EXCHANGE + nextPublic++);
        host.run("ip", "addr", "add", host.address() + "/24", "dev", device);
    }

    private void link(Host a, String deviceA, Host b, String deviceB) {
        String one = "wct" + nextLink + "a" + tag.substring(Math.max(0, tag.length() - 4));
        String two = "wct" + nextLink++ + "b" + tag.substring(Math.max(0, tag.length() - 4));
        Shell.run(
                "ip",
                "link",
                "add",
                one,
                "netns",
                a.namespace(),
                "type",
                "veth",
                "peer",
                "name",
                two,
                "netns",
                b.namespace());
        a.run("ip", "link", "set", one, "name", deviceA, "up");
        b.run("ip", "link", "set", two, "name", deviceB, "up");
    }

    /** Waits for something to become true; bounded. */
    public static void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for: " + what, e);
            }
        }
    }

    @Override
    public void close() {
        removeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // The process is ending anyway: the hook runs or has run.
        }
    }

    private synchronized void removeAll() {
        if (removed) {
            return;
        }
        removed = true;
        for (int i = hosts.size() - 1; i >= 0; i--) {
            hosts.get(i).stopDaemons();
        }
        for (int i = hosts.size() - 1; i >= 0; i--) {
            hosts.get(i).remove();
        }
        if (System.getenv("WIRECLOSET_KEEP_LOGS") == null) {
            deleteFolder();
        } else {
            System.err.println("logs kept in " + folder);
        }
    }

    private void deleteFolder() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException e) {
            System.err.println("could not remove " + folder + ": " + e.getMessage());
        }
    }

    /** What a lab of this tag left on the machine: must be empty after {@link #close()}. */
    public List<String> leftovers() {
        List<String> left = new ArrayList<>();
        Shell.run("ip", "netns", "list")
                .lines()
                .filter(l -> l.startsWith("wc-" + tag))
                .forEach(left::add);
        Shell.run("ip", "-o", "link", "show")
                .lines()
                .filter(l -> l.contains(" wct"))
                .forEach(left::add);
        return left;
    }
}
