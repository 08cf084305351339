package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A node with the stock service's home directory and local API on a host of the lab: the stock client itself, or
 * {@code wirecloset node}. Both are started, asked and stopped the same way, which is the point.
 */
public final class ZeroTierProcess {
    private static final int PORT = 9993;
    /** A program comes up in a second or two; on a machine that compiles beside, in a minute. */
    private static final Duration COMING_UP = Duration.ofMinutes(3);

    /** Nothing here may look for other ways out of the lab: no port mapping, no TCP relay, no second port. */
    private static final String LOCAL_CONF = """
            {"settings":{"portMappingEnabled":false,"allowTcpFallbackRelay":false,"allowSecondaryPort":false,
             "softwareUpdate":"disable","interfacePrefixBlacklist":["wcp","zt"],"allowManagementFrom":["127.0.0.1"]}}
            """;

    private final Host host;
    private final Path home;
    private final List<String> command;
    private final Map<String, String> environment;
    private final LocalApi api;
    private Daemon daemon;

    private ZeroTierProcess(Host host, Path home, List<String> command, Map<String, String> environment) {
        this.host = host;
        this.home = home;
        this.command = command;
        this.environment = environment;
        this.api = new LocalApi(host, home, PORT);
    }

    /** The stock client that WIRECLOSET_ZEROTIER_ONE names, or null when it names none. */
    public static Path stockBinary() {
        String path = System.getenv("WIRECLOSET_ZEROTIER_ONE");
        return path != null && Files.isExecutable(Path.of(path)) ? Path.of(path) : null;
    }

    /** @param planet the private planet, or null when the node makes its own */
    public static ZeroTierProcess stock(Host host, byte[] planet) {
        Path home = home(host, "stock", planet);
        return new ZeroTierProcess(
                host, home, List.of(stockBinary().toString(), "-U", "-p" + PORT, home.toString()), Map.of());
    }

    /** @param role node, root or controller; @param options appended to the command line */
    public static ZeroTierProcess ours(
            Host host, Dist dist, String role, byte[] planet, Map<String, String> environment, String... options) {
        Path home = home(host, role, planet);
        List<String> command =
                new ArrayList<>(List.of(dist.program(), role, "--home", home.toString(), "--port", "" + PORT));
        command.addAll(List.of(options));
        return new ZeroTierProcess(host, home, command, environment);
    }

    /** @param dist the folder that {@code make dist} leaves */
    public static ZeroTierProcess ours(
            Host host, Path dist, String role, byte[] planet, Map<String, String> environment, String... options) {
        return ours(host, new Dist(dist), role, planet, environment, options);
    }

    /** Our root, which makes a planet with itself as the only root. */
    public static ZeroTierProcess root(Host host, Dist dist) {
        return ours(host, dist, "root", null, Map.of(), "--endpoint", host.address() + "/" + PORT);
    }

    private static Path home(Host host, String kind, byte[] planet) {
        Path home = host.folder().resolve("home-" + kind);
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("local.conf"), LOCAL_CONF);
            if (planet != null) {
                Files.write(home.resolve("planet"), planet);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and waits until its local API answers. */
    public ZeroTierProcess start() {
        return launch().awaitServing();
    }

    /** Starts it without waiting, so that others can come up beside it. */
    public ZeroTierProcess launch() {
        daemon = host.start(
                command.contains("-U") ? "zerotier-one" : "wirecloset", environment, command.toArray(String[]::new));
        return this;
    }

    /** Waits until its local API answers. */
    public ZeroTierProcess awaitServing() {
        Lab.await(host.name() + " answers on its local API", COMING_UP, () -> {
            daemon.requireAlive();
            return api.answers();
        });
        return this;
    }

    public void stop() {
        daemon.stop();
    }

    public void kill() {
        daemon.kill();
    }

    public Daemon daemon() {
        return daemon;
    }

    public Host host() {
        return host;
    }

    public Path home() {
        return home;
    }

    public String address() {
        return file("identity.public").substring(0, 10);
    }

    public String publicIdentity() {
        return file("identity.public").trim();
    }

    public byte[] planet() {
        try {
            return Files.readAllBytes(home.resolve("planet"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String file(String name) {
        try {
            return Files.readString(home.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException when the answer is no success */
    public JsonNode api(String method, String path, String body) {
        try {
            return api.call(method, path, body);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + "\n" + daemon.tail(10), e);
        }
    }

    /** The same where a refusal is an answer too. */
    public Http.Response ask(String method, String path, String body) {
        return api.ask(method, path, body);
    }

    /** zerotier-cli's words, asked of this node by the unmodified program. */
    public String cli(String... words) {
        Shell.Result r = tryCli(words);
        if (!r.ok()) {
            throw new IllegalStateException("zerotier-cli " + String.join(" ", words) + " on " + host.name() + ": "
                    + r.exitCode() + " " + r.out() + r.err());
        }
        return r.out();
    }

    /** The same where a failure is an answer too. */
    public Shell.Result tryCli(String... words) {
        List<String> call = new ArrayList<>(
                List.of(stockBinary().resolveSibling("zerotier-cli").toString(), "-D" + home));
        call.addAll(List.of(words));
        return host.tryRun(call.toArray(String[]::new));
    }

    public boolean online() {
        return api("GET", "/status", null).path("online").asBoolean();
    }

    public void awaitOnline() {
        Lab.await(host.name() + " is online", COMING_UP, this::online);
    }

    public void join(String networkId) {
        api("POST", "/network/" + networkId, "{}");
    }

    public void leave(String networkId) {
        api("DELETE", "/network/" + networkId, null);
    }

    /** A network as its local API shows it. */
    public JsonNode network(String networkId) {
        return api("GET", "/network/" + networkId, null);
    }

    /** The device of a network that it has joined. */
    public String device(String networkId) {
        return network(networkId).path("portDeviceName").asText();
    }

    /** Waits for a configuration with an address on the device. @return the first IPv4 address without its prefix length */
    public String awaitAddress(String networkId) {
        return awaitAddress(networkId, AddressKind.IPV4);
    }

    /** What an address of a network can be derived from, told apart by how it begins. */
    public enum AddressKind {
        IPV4("\\d+\\..*"),
        SIX_PLANE("fc.*"),
        RFC4193("fd.*");

        private final Pattern form;

        AddressKind(String form) {
            this.form = Pattern.compile(form);
        }
    }

    /** Waits for a configuration with such an address. @return the first without its prefix length */
    public String awaitAddress(String networkId, AddressKind kind) {
        JsonNode[] network = new JsonNode[1];
        try {
            Lab.await(host.name() + " has an address in " + networkId, COMING_UP, () -> {
                network[0] = network(networkId);
                return network[0].path("status").asText().equals("OK")
                        && !addressOf(network[0], kind).isEmpty();
            });
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    e.getMessage() + "\n" + network[0] + "\n" + api("GET", "/peer", null) + "\n" + daemon.tail(20), e);
        }
        return addressOf(network[0], kind);
    }

    private static String addressOf(JsonNode network, AddressKind kind) {
        for (JsonNode address : network.path("assignedAddresses")) {
            if (kind.form.matcher(address.asText()).matches()) {
                return address.asText().replaceFirst("/.*", "");
            }
        }
        return "";
    }

    /** Is there a live direct path to this peer? */
    public boolean hasDirectPathTo(String address) {
        return api.directPathTo(address) != null;
    }

    /** Waits for the first answer. @return how many of so many more pings were answered */
    public static int pings(Host from, String address, int count) {
        return Ping.count(from, address, count).received();
    }
}
