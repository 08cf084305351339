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
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A small internet on one machine: an exchange that every public host is plugged into, and clouds behind masquerading
 * routers. Everything is made in namespaces of its own, named after this lab, and {@link #close()} removes it, also when
 * the process is interrupted.
 */
public final class Lab implements AutoCloseable {
    /** Addresses of the exchange: global ones, as nodes count documentation's ranges as private. No route leads out. */
    private static final String EXCHANGE = "20.0.0.";

    private static final String KEEP_LOGS = "WIRECLOSET_KEEP_LOGS";

    private final String tag;
    private final Path folder;
    private final List<Host> hosts = new ArrayList<>();
    private final Host exchange;
    private final Thread cleanup = new Thread(this::onInterrupt, "lab-cleanup");
    private int nextPublic = 10;
    private int nextLink;
    private final List<String> survivors = new ArrayList<>();
    private boolean removed;
    private volatile boolean interrupted;

    public Lab(String name) {
        this.tag = tagOf(name, ProcessHandle.current().pid());
        try {
            this.folder = Files.createTempDirectory("wirecloset-" + tag + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(cleanup);
        this.exchange = newHost("exchange");
        exchange.run("ip", "link", "add", "ix", "type", "bridge");
        exchange.run("ip", "link", "set", "ix", "up");
    }

    /** What everything that a lab of this name in that process makes is named after. */
    public static String tagOf(String name, long pid) {
        return name + Long.toString(pid % 46_656, 36);
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
        // Unasked packets are dropped before they are remembered: else they would occupy the very mapping that a
        // punch from inside needs, as no router in the world lets them.
        router.nft("""
                table ip nat {
                  chain post { type nat hook postrouting priority srcnat; oifname "wan" %s; }
                }
                table ip guard {
                  chain forward { type filter hook forward priority filter; policy drop;
                    iifname "lan" oifname "wan" accept; ct state established,related accept; }
                  chain input { type filter hook input priority filter; iifname "wan" ct state new drop; }
                }
                """.formatted(nat.statement));
        List<Host> inside = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Host host = newHost(count == 1 ? name : name + (i + 1));
            host.run("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
            link(router, "p" + i, host, "eth0");
            router.run("ip", "link", "set", "p" + i, "master", "lan");
            host.address("10." + net + ".0." + (10 + i));
            host.run("ip", "addr", "add", host.address() + "/24", "dev", "eth0");
            host.run("ip", "route", "add", "default", "via", "10." + net + ".0.1");
            inside.add(host);
        }
        inside.forEach(Lab::awaitLinkLocal);
        return inside;
    }

    /** The kernel gives a link its fe80:: address a moment after it came up; whoever takes stock must not see it come. */
    private static void awaitLinkLocal(Host host) {
        await(host.name() + " has its link-local address", Duration.ofSeconds(10), () -> {
            String addresses = host.run("ip", "-6", "addr", "show", "dev", "eth0");
            return addresses.contains("fe80::") && !addresses.contains("tentative");
        });
    }

    /** A host on a wire of its own into a bridge of another host, without an address yet. */
    public Host behindBridge(String name, Host bridging, String bridge) {
        Host host = newHost(name);
        link(bridging, "lan", host, "eth0");
        bridging.run("ip", "link", "set", "lan", "master", bridge);
        return host;
    }

    /** A namespace with nothing but its loopback, as a container runtime makes one for a pod. */
    public Host emptyHost(String name) {
        return newHost(name);
    }

    private Host newHost(String name) {
        return whileOpen(() -> {
            Host host = new Host(this, name, "wc-" + tag + "-" + name, folder.resolve(name));
            hosts.add(host);
            host.create();
            return host;
        });
    }

    /** Makes something that {@link #close} must find: never behind its back. */
    synchronized <T> T whileOpen(Supplier<T> make) {
        if (removed) {
            throw new IllegalStateException("the lab is being removed");
        }
        return make.get();
    }

    /** Takes a host away before the lab itself goes, as a runtime removes a pod's sandbox. */
    public synchronized void remove(Host host) {
        host.stopDaemons();
        host.remove();
        hosts.remove(host);
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
            Runtime.getRuntime().removeShutdownHook(cleanup);
        } catch (IllegalStateException e) {
            // The process is ending anyway: the hook runs or has run.
        }
    }

    private void onInterrupt() {
        interrupted = true;
        System.err.println("\ninterrupted: removing everything");
        removeAll();
        List<String> left = leftovers();
        System.err.println(left.isEmpty() ? "nothing is left" : "left behind: " + left);
    }

    /** Is the process ending, and the lab being removed for that? */
    public boolean isInterrupted() {
        return interrupted;
    }

    private synchronized void removeAll() {
        if (removed) {
            return;
        }
        removed = true;
        for (Host host : hosts) {
            host.daemons().forEach(Daemon::askToStop);
        }
        for (int i = hosts.size() - 1; i >= 0; i--) {
            hosts.get(i).stopDaemons();
        }
        for (int i = hosts.size() - 1; i >= 0; i--) {
            List<String> killed = hosts.get(i).killSurvivors();
            if (!interrupted) { // else a ping was under way, or the like
                survivors.addAll(killed);
            }
            hosts.get(i).remove();
        }
        if (System.getenv(KEEP_LOGS) == null) {
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

    /**
     * What a lab of this tag left on the machine, or had to be killed: must be empty after {@link #close()}. Addresses,
     * routes and nftables live in its namespaces and go with them.
     */
    public List<String> leftovers() {
        List<String> left = new ArrayList<>();
        survivors.forEach(p -> left.add("process that outlived its stop: " + p));
        Shell.run("ip", "netns", "list")
                .lines()
                .filter(l -> l.startsWith("wc-" + tag))
                .forEach(l -> left.add("namespace " + l));
        Shell.run("ip", "-o", "link", "show")
                .lines()
                .filter(l -> l.contains(" wct"))
                .forEach(l -> left.add("link " + l));
        for (Host host : hosts) {
            host.daemons().stream().filter(Daemon::isAlive).forEach(d -> left.add("process " + d.name()));
        }
        if (Files.exists(folder) && System.getenv(KEEP_LOGS) == null) {
            left.add("folder " + folder);
        }
        return left;
    }
}
