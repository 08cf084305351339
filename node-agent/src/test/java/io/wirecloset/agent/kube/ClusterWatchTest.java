package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterWatchTest {
    private static final String NAMESPACE = "wirecloset-system";
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final long SELF = 0x1122334455L;
    private static final String NETWORK_ID = "8056c2e21c000001";

    @TempDir
    Path home;

    private ApiServer api;
    private KubernetesClient client;
    private ClusterCache cache;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private volatile ClusterView seen = ClusterView.NOTHING;

    @BeforeEach
    void start() throws Exception {
        api = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        client = api.client();
        cache = new ClusterCache(home.resolve("cluster.json"));
        applyCrds();
    }

    private void applyCrds() throws Exception {
        Path folder = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");
        Apply.read(client, List.of(folder)).forEach(crd -> Apply.apply(client, crd));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        client.close();
        api.close();
    }

    private ClusterWatch watch() {
        ClusterWatch watch =
                new ClusterWatch(client, NAMESPACE, "node-a", SELF, cache, cache.load(), view -> seen = view);
        toClose.add(watch);
        watch.start(LIMIT);
        return watch;
    }

    private void network() {
        ZeroTierNetwork network = new ZeroTierNetwork();
        network.setMetadata(new ObjectMetaBuilder().withName("pods").build());
        network.setSpec(new ZeroTierNetworkSpec());
        network.getSpec().primary = true;
        network.getSpec().ipv4 = new ZeroTierNetworkSpec.Ipv4();
        network.getSpec().ipv4.route = "10.80.0.0/16";
        network.getSpec().ipv6.sixPlane = true;
        ZeroTierNetworkSpec.HostPort port = new ZeroTierNetworkSpec.HostPort();
        port.port = 10_250;
        network.getSpec().hostAccess = List.of(port);
        client.resource(network).create();
    }

    private void node(String name, String block, String... addresses) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(new ZeroTierNodeSpec());
        node.getSpec().networks = List.of(entry(block, addresses));
        client.resource(node).create();
    }

    private static ZeroTierNodeSpec.NodeNetwork entry(String block, String... addresses) {
        ZeroTierNodeSpec.NodeNetwork entry = new ZeroTierNodeSpec.NodeNetwork();
        entry.network = "pods";
        entry.networkId = NETWORK_ID;
        entry.block = block;
        entry.addresses = List.of(addresses);
        return entry;
    }

    private void info() {
        client.resource(infoMap("192.0.2.1/9994")).create();
    }

    private static ConfigMap infoMap(String endpoint) {
        ClusterInfo info = new ClusterInfo(
                new byte[] {1, 2, 3}, List.of(new ControllerInfo("8056c2e21c:0:aa", List.of(endpoint))));
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(ClusterInfo.NAME)
                .endMetadata()
                .withData(info.toData())
                .build();
    }

    @Test
    @DisplayName("resources come to networks, blocks and routes, and change with them")
    void resourcesComeToNetworks() {
        watch();
        network();
        info();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        await().until(() ->
                !seen.networks().isEmpty() && !seen.info().controllers().isEmpty());
        PodNetwork pods = seen.networks().getFirst();
        assertThat(pods.id()).isEqualTo(0x8056c2e21c000001L);
        assertThat(pods.primary()).isTrue();
        assertThat(pods.pools())
                .extracting(String::valueOf)
                .containsExactly("10.80.0.0/16", "fc9c:56c2:e300:0:0:0:0:0/40");
        assertThat(pods.block()).hasToString("10.80.128.0/24");
        assertThat(pods.block6()).hasToString("fc9c:56c2:e311:2233:4455:0:0:0/80");
        assertThat(pods.addresses())
                .extracting(InetAddress::getHostAddress)
                .containsExactly("10.80.0.1", "fc9c:56c2:e311:2233:4455:0:0:1");
        assertThat(pods.hostAccess()).containsExactly(new PodNetwork.HostPort("tcp", 10_250));
        assertThat(pods.remoteBlocks()).isEmpty();

        node("node-b", "10.80.129.0/24", "10.80.0.2");
        await().until(() -> !seen.networks().getFirst().remoteBlocks().isEmpty());
        assertThat(seen.networks().getFirst().remoteBlocks())
                .extracting(r -> r.block() + " via " + r.via().getHostAddress())
                .containsExactly("10.80.129.0/24 via 10.80.0.2");

        client.resources(ZeroTierNetwork.class).withName("pods").delete();
        await().until(() -> seen.networks().isEmpty());
        assertThat(seen.info().controllers()).isNotEmpty();
    }

    @Test
    @DisplayName("what was said last is there again with the API server away (F15)")
    void whatWasSaidLastIsThereAgain() {
        ClusterWatch watch = watch();
        network();
        info();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        await().until(() ->
                !seen.networks().isEmpty() && !seen.info().controllers().isEmpty());
        ClusterView before = seen;
        watch.close();
        assertThat(cache.load().saysTheSameAs(before)).isTrue();
    }

    @Test
    @DisplayName("an own resource that is gone says nothing: networks stay as they were")
    void anOwnResourceThatIsGoneSaysNothing() {
        watch();
        network();
        info();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        await().until(() -> !seen.networks().isEmpty());
        client.resources(ZeroTierNode.class).withName("node-a").delete();
        node("node-c", "10.80.130.0/24", "10.80.0.3");
        network2();
        await().pollDelay(java.time.Duration.ofMillis(300))
                .until(() -> !seen.networks().isEmpty());
        assertThat(seen.networks()).extracting(PodNetwork::name).containsExactly("pods");
    }

    @Test
    @DisplayName("an own resource made anew, blank, says nothing before the operator has filled it in")
    void anOwnResourceMadeAnewSaysNothingYet() {
        watch();
        network();
        network2();
        info();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        await().until(() -> !seen.networks().isEmpty());
        client.resources(ZeroTierNode.class).withName("node-a").delete();
        ZeroTierNode blank = new ZeroTierNode();
        blank.setMetadata(new ObjectMetaBuilder().withName("node-a").build());
        blank.setSpec(new ZeroTierNodeSpec());
        client.resource(blank).create();
        somethingElseChanges("192.0.2.2/9994");
        assertThat(seen.networks()).extracting(PodNetwork::name).containsExactly("pods");

        client.resources(ZeroTierNode.class).withName("node-a").edit(n -> {
            n.getSpec().networks = List.of(entry("10.80.131.0/24", "10.80.0.4"));
            return n;
        });
        await().until(() -> seen.networks().getFirst().block().toString().equals("10.80.131.0/24"));
        client.resources(ZeroTierNode.class).withName("node-a").edit(n -> {
            n.getSpec().networks = List.of();
            return n;
        });
        await().until(() -> seen.networks().isEmpty());
    }

    @Test
    @DisplayName("a change that could not be carried out is carried out later (I4)")
    void aChangeThatFailsIsTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        ClusterWatch watch = new ClusterWatch(client, NAMESPACE, "node-a", SELF, cache, cache.load(), view -> {
            if (calls.incrementAndGet() <= 2) {
                throw new IllegalStateException("not now");
            }
            seen = view;
        });
        toClose.add(watch);
        network();
        info();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        watch.start(LIMIT);
        await().atMost(Duration.ofSeconds(60)).until(() -> !seen.networks().isEmpty());
    }

    private void somethingElseChanges(String endpoint) {
        client.resource(infoMap(endpoint)).update();
        await().until(() ->
                seen.info().controllers().getFirst().endpoints().getFirst().equals(endpoint));
    }

    private void network2() {
        ZeroTierNetwork network = new ZeroTierNetwork();
        network.setMetadata(new ObjectMetaBuilder().withName("second").build());
        network.setSpec(new ZeroTierNetworkSpec());
        client.resource(network).create();
    }

    @Test
    @DisplayName("the node says who it is, once, and again when something changes")
    void theNodeSaysWhoItIs() {
        ClusterWatch watch = watch();
        node("node-a", null);
        await().until(() -> watch.node("node-a").isPresent());
        NodeReport report = new NodeReport(client, watch, "node-a");
        report.tell(facts("no network is known yet"));
        ZeroTierNode told =
                client.resources(ZeroTierNode.class).withName("node-a").get();
        assertThat(told.getStatus().address).isEqualTo("1122334455");
        assertThat(told.getStatus().conditions.getFirst().status).isEqualTo("False");
        assertThat(told.getSpec().networks).as("the operator's part").hasSize(1);
        await().until(() -> watch.node("node-a").get().getStatus() != null);

        String version = told.getMetadata().getResourceVersion();
        report.tell(facts("no network is known yet"));
        assertThat(client.resources(ZeroTierNode.class)
                        .withName("node-a")
                        .get()
                        .getMetadata()
                        .getResourceVersion())
                .as("nothing new, nothing written")
                .isEqualTo(version);

        report.tell(facts(""));
        assertThat(client.resources(ZeroTierNode.class)
                        .withName("node-a")
                        .get()
                        .getStatus()
                        .conditions
                        .getFirst()
                        .status)
                .isEqualTo("True");
    }

    @Test
    @DisplayName("where others see the node is told, kept while nobody says, and not told at every port")
    void whereOthersSeeTheNode() {
        ClusterWatch watch = watch();
        node("node-a", null);
        await().until(() -> watch.node("node-a").isPresent());
        NodeReport report = new NodeReport(client, watch, "node-a");
        report.tell(facts("", null));
        assertThat(surfaceTold()).isEmpty();
        report.tell(facts("", List.of("203.0.113.7/40001")));
        assertThat(surfaceTold()).containsExactly("203.0.113.7/40001");
        await().until(() -> !watch.node("node-a").get().getStatus().surface.isEmpty());

        report.tell(facts("", List.of("203.0.113.7/40002")));
        report.tell(facts("something else is new", null));
        assertThat(surfaceTold()).containsExactly("203.0.113.7/40001");
        // the next process knows nothing of the one before, and nobody told it anything either
        new NodeReport(client, watch, "node-a").tell(facts("", null));
        assertThat(surfaceTold()).containsExactly("203.0.113.7/40001");
    }

    private List<String> surfaceTold() {
        return client.resources(ZeroTierNode.class).withName("node-a").get().getStatus().surface;
    }

    @Test
    @DisplayName("what the other nodes say of themselves comes to whom this one may meet, and is kept")
    void whatTheOtherNodesSayOfThemselves() {
        watch();
        node("node-a", "10.80.128.0/24", "10.80.0.1");
        node("node-b", "10.80.129.0/24", "10.80.0.2");
        network();
        info();
        ZeroTierNode b = client.resources(ZeroTierNode.class).withName("node-b").get();
        b.setStatus(new ZeroTierNodeStatus());
        b.getStatus().address = Addresses.format(TestIdentities.get(2).address());
        b.getStatus().identity = TestIdentities.get(2).toPublicText();
        b.getStatus().endpoints = List.of("192.0.2.2/9993");
        client.resource(b).subresource("status").update();
        await().until(() -> !seen.nodes().isEmpty() && !seen.networks().isEmpty());
        assertThat(seen.nodes())
                .containsExactly(new Acquaintance(
                        TestIdentities.get(2).withoutSecret(), List.of(Endpoint.parse("192.0.2.2/9993"))));
        PodNetwork pods = seen.networks().getFirst();
        assertThat(pods.remoteBlocks())
                .extracting(PodNetwork.RemoteBlock::node)
                .as("of both families")
                .containsExactly(
                        TestIdentities.get(2).address(), TestIdentities.get(2).address());
        IpPrefix plane = IpPrefix.of(
                DerivedAddresses.sixPlane(pods.id(), TestIdentities.get(2).address()), 80);
        assertThat(pods.remoteBlocks().getLast())
                .as("one neighbour for all of a node's pods in 6PLANE")
                .isEqualTo(new PodNetwork.RemoteBlock(
                        plane.network(), plane.ip(), TestIdentities.get(2).address()));
        await().until(() -> cache.load().saysTheSameAs(seen));
    }

    private static NodeReport.Facts facts(String missing) {
        return facts(missing, null);
    }

    private static NodeReport.Facts facts(String missing, List<String> surface) {
        return new NodeReport.Facts(
                "1122334455",
                "1122334455:0:" + "ab".repeat(64),
                List.of("192.0.2.7/9993"),
                surface,
                "0.1.0",
                2,
                1,
                List.of(),
                missing);
    }
}
