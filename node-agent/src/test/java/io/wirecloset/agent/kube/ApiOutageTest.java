package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The part of the agent that talks to the API server, and servers that are not well. */
class ApiOutageTest {
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final int MOST_PER_SECOND = 5;
    private static final int OUTAGE_S = 10;

    @TempDir
    Path home;

    private ApiServer api;
    private ApiProxy proxy;
    private KubernetesClient operator;
    private KubernetesClient client;
    private ClusterWatch watch;
    private final ScheduledExecutorService reporting = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger reports = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        api = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        operator = api.client();
        Path folder = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");
        Apply.read(operator, List.of(folder)).forEach(crd -> Apply.apply(operator, crd));
        node("node-a");
        proxy = new ApiProxy(api.port());
        client = new KubernetesClientBuilder().withConfig(asInProduction()).build();
        watch = new ClusterWatch(
                client,
                "wirecloset-system",
                "node-a",
                0x1122334455L,
                new ClusterCache(home.resolve("cluster.json")),
                ClusterView.NOTHING,
                view -> {});
        watch.start(LIMIT);
        NodeReport report = new NodeReport(client, watch, "node-a");
        // as the agent does, with something new to tell each time
        reporting.scheduleWithFixedDelay(() -> report.tell(facts()), 0, 2, TimeUnit.SECONDS);
        await().until(watch::watching);
    }

    @AfterEach
    void stop() throws Exception {
        reporting.shutdownNow();
        watch.close();
        client.close();
        operator.close();
        proxy.close();
        api.close();
    }

    /** With what application.properties says of the client. */
    private Config asInProduction() throws Exception {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(in);
        }
        String reconnect = properties.getProperty("quarkus.kubernetes-client.watch-reconnect-interval");
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(proxy.url())
                .withRequestRetryBackoffLimit(Integer.parseInt(
                        properties.getProperty("quarkus.kubernetes-client.request-retry-backoff-limit")))
                .withWatchReconnectInterval(Integer.parseInt(reconnect.replace("ms", "")))
                .build();
    }

    private NodeReport.Facts facts() {
        return new NodeReport.Facts(
                "1122334455",
                "1122334455:0:" + "ab".repeat(64),
                List.of("192.0.2.7/9993"),
                null,
                "0.1.0",
                reports.incrementAndGet(),
                1,
                List.of(),
                "");
    }

    private void node(String name) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(new ZeroTierNodeSpec());
        operator.resource(node).create();
    }

    @ParameterizedTest
    @EnumSource(value = ApiProxy.Mood.class, mode = EnumSource.Mode.EXCLUDE, names = "SERVING")
    @DisplayName("a server that is away is asked five times a second at most, and heard soon after it is back (T15)")
    void aServerThatIsAwayIsAskedSeldom(ApiProxy.Mood mood) throws Exception {
        proxy.busiestSecond();
        proxy.mood(mood);
        Thread.sleep(TimeUnit.SECONDS.toMillis(OUTAGE_S));
        int all = proxy.requests();
        int busiest = proxy.busiestSecond();
        System.out.println(mood + ": " + all + " requests in " + OUTAGE_S + " s, " + busiest + " in the busiest");
        assertThat(busiest).isLessThanOrEqualTo(MOST_PER_SECOND);

        proxy.mood(ApiProxy.Mood.SERVING);
        node("node-b");
        await().atMost(Duration.ofSeconds(40)).until(() -> watch.node("node-b").isPresent());
        int told = reports.get();
        await().atMost(Duration.ofSeconds(40)).until(() -> toldOf() > told);
    }

    private int toldOf() {
        var status =
                operator.resources(ZeroTierNode.class).withName("node-a").get().getStatus();
        return status == null ? 0 : status.paths.direct;
    }

    @Test
    @DisplayName("a watch that went deaf is begun anew within its limit, where it stopped (T16)")
    void aDeafWatchIsBegunAnew() {
        proxy.fallSilent();
        node("node-b");
        await().atMost(Duration.ofSeconds(40)).until(() -> watch.node("node-b").isPresent());
    }
}
