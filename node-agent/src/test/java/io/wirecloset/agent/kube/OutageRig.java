package io.wirecloset.agent.kube;

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
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The part of the agent that talks to the API server, a server, and between them somebody who behaves badly on request. */
final class OutageRig implements AutoCloseable {
    static final Duration WATCH_LIMIT = Duration.ofSeconds(4);

    final ApiProxy proxy;
    final ClusterWatch watch;
    final NodeReport report;
    private final ApiServer api;
    private final KubernetesClient operator;
    private final KubernetesClient client;
    private final AtomicInteger reports = new AtomicInteger();

    /** Watching. @param reconnectMs as in production: {@link #usualReconnectMs} */
    OutageRig(Path home, int reconnectMs, LongSupplier nowNs) throws Exception {
        api = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        operator = api.client();
        Path folder = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");
        Apply.read(operator, List.of(folder)).forEach(crd -> Apply.apply(operator, crd));
        node("node-a");
        proxy = new ApiProxy(api.port());
        client = new KubernetesClientBuilder()
                .withConfig(asInProduction(reconnectMs))
                .build();
        watch = new ClusterWatch(
                client,
                "wirecloset-system",
                "node-a",
                0x1122334455L,
                new ClusterCache(home.resolve("cluster.json")),
                ClusterView.NOTHING,
                view -> {});
        watch.start(WATCH_LIMIT);
        report = new NodeReport(client, watch, "node-a", nowNs);
        await().atMost(Duration.ofSeconds(30)).until(watch::watching);
    }

    /** With what application.properties says of the client. */
    private Config asInProduction(int reconnectMs) throws IOException {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(proxy.url())
                .withRequestRetryBackoffLimit(
                        Integer.parseInt(setting("quarkus.kubernetes-client.request-retry-backoff-limit")))
                .withWatchReconnectInterval(reconnectMs)
                .build();
    }

    static int usualReconnectMs() throws IOException {
        return Integer.parseInt(
                setting("quarkus.kubernetes-client.watch-reconnect-interval").replace("ms", ""));
    }

    private static String setting(String name) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(in);
        }
        return properties.getProperty(name);
    }

    /** As the agent does, with something new to tell each time. */
    void tell() {
        report.tell(new NodeReport.Facts(
                "1122334455",
                "1122334455:0:" + "ab".repeat(64),
                List.of("192.0.2.7/9993"),
                null,
                "0.1.0",
                reports.incrementAndGet(),
                1,
                List.of(),
                ""));
    }

    /** How often something was to be told. */
    int reports() {
        return reports.get();
    }

    /** The latest of those that the server knows of; 0 for none. */
    int toldOf() {
        var status =
                operator.resources(ZeroTierNode.class).withName("node-a").get().getStatus();
        return status == null ? 0 : status.paths.direct;
    }

    void node(String name) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(new ZeroTierNodeSpec());
        operator.resource(node).create();
    }

    void deleteNode(String name) {
        operator.resources(ZeroTierNode.class).withName(name).delete();
    }

    @Override
    public void close() throws IOException {
        watch.close();
        client.close();
        operator.close();
        proxy.close();
        api.close();
    }
}
