package io.wirecloset.node;

import static org.awaitility.Awaitility.await;

import io.wirecloset.vl1.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The stock client, which is a controller too, on a host of the lab. Tests have it only when they are told where it is. */
final class StockNode implements AutoCloseable {
    /** Names the stock binary. */
    static final String VARIABLE = "WIRECLOSET_ZEROTIER_ONE";

    private static final int STOP_LIMIT_SECONDS = 20;
    /** Nothing may look for other ways out of the lab. */
    private static final String LOCAL_CONF = """
            {"physical":%s,"settings":{"portMappingEnabled":false,"allowTcpFallbackRelay":false,"allowSecondaryPort":false,
             "softwareUpdate":"disable","interfacePrefixBlacklist":["zt"],"allowManagementFrom":["127.0.0.1"]}}
            """;

    private final Path home;
    private final LocalHttp api;
    private final Process process;

    /** Starts it and waits until its local API answers. @param home keeps what is in it */
    StockNode(Lab lab, int host, Path home, World planet) throws IOException {
        this(lab, host, home, planet, "{}");
    }

    /** @param physical of its local.conf */
    StockNode(Lab lab, int host, Path home, World planet, String physical) throws IOException {
        this.home = home;
        Files.createDirectories(home);
        Files.writeString(home.resolve("local.conf"), LOCAL_CONF.formatted(physical));
        Files.write(home.resolve("planet"), planet.toBytes());
        Files.deleteIfExists(home.resolve("zerotier-one.port"));
        process = new ProcessBuilder(
                        "nsenter",
                        "--net=/proc/" + ProcessHandle.current().pid() + "/fd/"
                                + lab.host(host).fd(),
                        System.getenv(VARIABLE),
                        "-U",
                        "-p" + Lab.PORT,
                        home.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolveSibling(home.getFileName() + ".log").toFile())
                .start();
        api = new LocalHttp(lab.host(host), home);
        await().atMost(Duration.ofSeconds(60)).until(this::answers);
    }

    private boolean answers() {
        try {
            return api.get("/status").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    LocalHttp api() {
        return api;
    }

    /** Of its API. */
    String token() throws IOException {
        return Files.readString(home.resolve("authtoken.secret")).trim();
    }

    /** Ten hex digits. */
    String address() throws IOException {
        return Files.readString(home.resolve("identity.public")).substring(0, 10);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
