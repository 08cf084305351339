package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A node with the stock service's home directory and local API on a host of the lab: the stock client itself, or
 * {@code wirecloset node}. Both are started, asked and stopped the same way, which is the point.
 */
public final class ZeroTierProcess {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT = 9993;

    /** Nothing here may look for other ways out of the lab: no port mapping, no TCP relay, no second port. */
    private static final String LOCAL_CONF = """
            {"settings":{"portMappingEnabled":false,"allowTcpFallbackRelay":false,"allowSecondaryPort":false,
             "softwareUpdate":"disable","interfacePrefixBlacklist":["wcp","zt"],"allowManagementFrom":["127.0.0.1"]}}
            """;

    private final Host host;
    private final Path home;
    private final List<String> command;
    private final Map<String, String> environment;
    private Daemon daemon;

    private ZeroTierProcess(Host host, Path home, List<String> command, Map<String, String> environment) {
        this.host = host;
        this.home = home;
        this.command = command;
        this.environment = environment;
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
            Host host, Path dist, String role, byte[] planet, Map<String, String> environment, String... options) {
        Path home = home(host, role, planet);
        List<String> command = new ArrayList<>(List.of(
                dist.resolve("bin/wirecloset").toString(), role, "--home", home.toString(), "--port", "" + PORT));
        command.addAll(List.of(options));
        return new ZeroTierProcess(host, home, command, environment);
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
        daemon = host.start(
                command.contains("-U") ? "zerotier-one" : "wirecloset", environment, command.toArray(String[]::new));
        Lab.await(host.name() + " answers on its local API", Duration.ofSeconds(60), () -> {
            if (!daemon.isAlive()) {
                throw new IllegalStateException(daemon.name() + " ended:\n" + daemon.tail(20));
            }
            return Files.exists(home.resolve("authtoken.secret")) && tryApi("GET", "/status", null) != null;
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
        JsonNode answer = tryApi(method, path, body);
        if (answer == null) {
            throw new IllegalStateException(host.name() + ": " + method + " " + path + " failed\n" + daemon.tail(10));
        }
        return answer;
    }

    private JsonNode tryApi(String method, String path, String body) {
        List<String> call = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Http.class.getName(),
                method,
                "http://127.0.0.1:" + PORT + path,
                file("authtoken.secret").trim()));
        if (body != null) {
            call.add(body);
        }
        Shell.Result r = host.call(call, Map.of(), "", Duration.ofSeconds(20));
        try {
            return r.ok() ? JSON.readTree(r.out()) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** zerotier-cli's words, asked of this node by the unmodified program. */
    public String cli(String... words) {
        List<String> call = new ArrayList<>(
                List.of(stockBinary().resolveSibling("zerotier-cli").toString(), "-D" + home));
        call.addAll(List.of(words));
        return host.run(call.toArray(String[]::new));
    }

    public boolean online() {
        return api("GET", "/status", null).path("online").asBoolean();
    }

    public void awaitOnline() {
        Lab.await(host.name() + " is online", Duration.ofSeconds(60), this::online);
    }

    public void join(String networkId) {
        api("POST", "/network/" + networkId, "{}");
    }

    /** Waits for a configuration with an address on the device. @return the first address without its prefix length */
    public String awaitAddress(String networkId) {
        String[] found = new String[1];
        Lab.await(host.name() + " has an address in " + networkId, Duration.ofSeconds(90), () -> {
            JsonNode n = api("GET", "/network/" + networkId, null);
            found[0] = n.at("/assignedAddresses/0").asText("").replaceFirst("/.*", "");
            return n.path("status").asText().equals("OK") && !found[0].isEmpty();
        });
        return found[0];
    }

    /** Is there a live direct path to this peer? */
    public boolean hasDirectPathTo(String address) {
        for (JsonNode path : api("GET", "/peer/" + address, null).path("paths")) {
            if (path.path("active").asBoolean() && !path.path("expired").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    /** Pings until one answer comes, then counts the answers of so many more. */
    public static int pings(Host from, String address, int count) {
        Lab.await(from.name() + " reaches " + address, Duration.ofSeconds(60), () -> from.tryRun(
                        "ping", "-n", "-c1", "-W1", address)
                .ok());
        String out =
                from.tryRun("ping", "-n", "-i0.2", "-W2", "-c" + count, address).out();
        return out.lines()
                .filter(l -> l.contains(" received"))
                .map(l -> l.replaceFirst(".*?(\\d+) received.*", "$1"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    /** Gives the process time to be seen by others. */
    public static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
