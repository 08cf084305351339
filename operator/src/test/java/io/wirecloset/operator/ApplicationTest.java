package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.kubeNode;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.node.Node;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.operator.host.NodeCarrier;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.IdentityGenerator;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.network.NetworkStatus;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole application as it is wired: resources by way of an API server on one side, a real node with its sockets on
 * the other. Networks are not shared between the tests, and each has ranges of its own.
 */
@QuarkusTest
@QuarkusTestResource(ApplicationTest.InMemoryCluster.class)
@EnabledIf(
        value = "io.wirecloset.operator.OperatorLab#mayMakeNamespaces",
        disabledReason = "needs root: makes network namespaces")
class ApplicationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static OperatorLab lab;

    @Inject
    KubernetesClient client;

    @Inject
    OperatorSettings settings;

    @ConfigProperty(name = "quarkus.http.test-port")
    int port;

    /** An API server with the CRDs and a controller identity, made before the application starts. */
    public static final class InMemoryCluster implements QuarkusTestResourceLifecycleManager {
        private static final long PLANET_ID = 0x0100_7e57_0002L;

        private ApiServer server;
        private Path home;

        @Override
        public Map<String, String> start() {
            server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
            try (KubernetesClient client = server.client()) {
                OperatorUnderTest.applyCrds(client);
                ControllerIdentity.readOrCreate(client, Samples.NAMESPACE, () -> Samples.CONTROLLER_IDENTITY);
                home = Files.createTempDirectory("controller");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return Map.of(
                    "quarkus.kubernetes-client.api-server-url", server.url(),
                    "wirecloset.controller.home", home.toString(),
                    "wirecloset.planet", Base64.getEncoder().encodeToString(planet().toBytes()));
        }

        private static World planet() {
            SigningKeys keys = SigningKeys.generate(RandomSource.of(new SecureRandom()));
            World.Root root =
                    new World.Root(Samples.CONTROLLER_IDENTITY.withoutSecret(), List.of(OperatorLab.CONTROLLER));
            return World.sign(WorldType.PLANET, PLANET_ID, 1_000, keys.publicKey(), List.of(root), keys);
        }

        @Override
        public void stop() {
            server.close();
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The node as it is wired, but in a namespace; the same signatures every time. */
    @Alternative
    @Priority(1)
    static final class InNamespace {
        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        Carrier carrier(OperatorSettings settings, Instance<Identity> identity) throws IOException {
            lab = new OperatorLab();
            return new NodeCarrier(() -> Wiring.node(settings, identity.get())
                    .namespace(lab.operator())
                    .start());
        }

        void stop(@Disposes Carrier carrier) throws Exception {
            carrier.close();
            lab.close();
        }

        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        RandomSource random() {
            return RandomSource.of(new Random(1));
        }
    }

    @Test
    void agentsAreToldWhereItIsAndProbesThatItIsWell() throws Exception {
        await().untilAsserted(
                        () -> assertThat(get("/q/health/ready").statusCode()).isEqualTo(200));
        assertThat(get("/q/health/ready").body()).contains("leader").doesNotContain("Operator SDK");
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/q/metrics").body()).contains("wirecloset_controller_running 1");

        ClusterInfo info = ClusterInfo.of(client.configMaps()
                .inNamespace(Samples.NAMESPACE)
                .withName(ClusterInfo.NAME)
                .get());
        assertThat(info.planet()).isEqualTo(planet().toBytes());
        assertThat(info.controllers()).singleElement().satisfies(c -> {
            assertThat(c.identity()).isEqualTo(Samples.CONTROLLER_IDENTITY.toPublicText());
            assertThat(c.endpoints()).containsExactly(OperatorLab.CONTROLLER.toString());
        });
    }

    @Test
    void aNetworkThatAUserWroteIsServedUnderTheControllersAddress() throws Exception {
        client.load(Files.newInputStream(Path.of("../docs/samples/network.yaml")))
                .items()
                .forEach(n -> Apply.apply(client, n));
        await().untilAsserted(() -> assertThat(ready("pods").status).isEqualTo("True"));

        ZeroTierNetwork pods = getNetwork("pods");
        assertThat(pods.getStatus().networkId).startsWith(Addresses.format(Samples.CONTROLLER_IDENTITY.address()));
        assertThat(pods.getStatus().observedGeneration)
                .isEqualTo(pods.getMetadata().getGeneration());
        assertThat(pods.getMetadata().getFinalizers()).containsExactly(Wirecloset.FINALIZER);
        assertThat(get("/q/metrics").body()).containsPattern("wirecloset_networks_served [1-9]");
    }

    @ParameterizedTest
    @CsvSource({
        "mtu, 'mtu: 100', BadMtu, is not between 1280",
        "mtu-six, 'ipv4: {route: 10.70.0.0/16, members: 10.71.0.0/24}', PoolOutsideRoute, is not inside",
        "bits, 'ipv4: {route: 10.72.0.1/16}', BadRange, host bits",
        "foreign, 'networkId: 8056c2e21c000001', ForeignNetworkId, has to start with that",
        "via, 'routes: [{target: 10.0.0.0/8, via: somewhere}]', BadRoute, is not an IP address",
    })
    void aWrongResourceIsRefusedWithReasonAndCure(String name, String spec, String reason, String cure) {
        client.resource("""
                        apiVersion: wirecloset.io/v1alpha1
                        kind: ZeroTierNetwork
                        metadata: {name: wrong-%s}
                        spec: {%s}
                        """.formatted(name, spec)).create();
        await().untilAsserted(() -> {
            Condition ready = ready("wrong-" + name);
            assertThat(ready.status).isEqualTo("False");
            assertThat(ready.reason).isEqualTo(reason);
            assertThat(ready.message).contains(cure);
        });
        client.resources(ZeroTierNetwork.class).withName("wrong-" + name).delete();
        await().untilAsserted(() -> assertThat(getNetwork("wrong-" + name)).isNull());
    }

    @Test
    void aDeviceIsAStrangerThenAMemberThenAStrangerAgain(@TempDir Path home) throws Exception {
        client.resource(network("office", "10.84")).create();
        await().untilAsserted(() -> assertThat(ready("office").status).isEqualTo("True"));
        long id = NetworkIds.parse(getNetwork("office").getStatus().networkId);
        Identity identity = new IdentityGenerator().generate(RandomSource.of(new SecureRandom()));
        String address = Addresses.format(identity.address());

        try (Node device = lab.device(home, identity, planet())) {
            device.join(id, NetworkSettings.DEFAULT);
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(getNetwork("office").getStatus().pending).containsExactly(address));
            assertThat(view(device, id).status()).isNotEqualTo(NetworkStatus.OK);

            client.resource(member("laptop", "office", address)).create();
            await().atMost(PATIENCE)
                    .until(() -> view(device, id).config() != null
                            && !view(device, id).config().staticAddresses().isEmpty());
            String ip = view(device, id).config().staticAddresses().stream()
                    .filter(a -> a.isV4())
                    .findFirst()
                    .orElseThrow()
                    .ipText();
            assertThat(ip).startsWith("10.84.0.");
            // Commit, then sign: what the device was given already stood in the resource.
            assertThat(getMember("laptop").getSpec().ipAssignments).containsExactly(ip);
            await().untilAsserted(() -> {
                assertThat(getMember("laptop").getStatus().online).isTrue();
                assertThat(getMember("laptop").getStatus().endpoint).startsWith("10.5.0.2/");
                ZeroTierNetworkStatus status = getNetwork("office").getStatus();
                assertThat(status.authorizedMembers).isEqualTo(1);
                assertThat(status.onlineMembers).isEqualTo(1);
            });

            client.resource(getMember("laptop")).delete();
            await().untilAsserted(() -> {
                assertThat(getMember("laptop")).isNull();
                assertThat(getNetwork("office").getStatus().authorizedMembers).isZero();
            });
            // It would ask again within two minutes; a device that joins anew asks at once.
            device.leave(id);
            device.join(id, NetworkSettings.DEFAULT);
            await().atMost(PATIENCE).until(() -> view(device, id).status() == NetworkStatus.ACCESS_DENIED);
        }
    }

    @Test
    void blocksOfNodesAreHandedOutAndNeverTwice() {
        ZeroTierNetwork narrow = network("narrow", "10.85");
        narrow.getSpec().ipv4.nodeBlocks = "10.85.128.0/22";
        client.resource(narrow).create();
        await().untilAsserted(() -> assertThat(ready("narrow").status).isEqualTo("True"));
        List<String> names = IntStream.rangeClosed(1, 5).mapToObj(i -> "n" + i).toList();
        names.parallelStream().forEach(n -> client.resource(kubeNode(n)).create());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(getNetwork("narrow").getStatus().conditions)
                        .anyMatch(c -> c.type.equals("BlocksAvailable") && c.reason.equals("Exhausted")));
        await().untilAsserted(() -> assertThat(blocks("narrow", names))
                .containsExactlyInAnyOrder("10.85.128.0/24", "10.85.129.0/24", "10.85.130.0/24", "10.85.131.0/24"));

        // A node that goes keeps its block for the time of the quarantine: the fifth still has none.
        String gone = names.stream()
                .filter(n -> !blocks("narrow", List.of(n)).isEmpty())
                .findFirst()
                .orElseThrow();
        client.nodes().withName(gone).delete();
        await().untilAsserted(
                        () -> assertThat(getNode(gone).isMarkedForDeletion()).isTrue());
        assertThat(blocks("narrow", names)).doesNotHaveDuplicates().hasSize(4);
        names.forEach(n -> client.nodes().withName(n).delete());
    }

    @Test
    void deletingANetworkTakesItFromItsMembers() {
        client.resource(network("passing", "10.86")).create();
        client.resource(member("passenger", "passing", "1122334455")).create();
        await().untilAsserted(() -> assertThat(reasonOf("passenger")).isEqualTo("Authorized"));

        client.resources(ZeroTierNetwork.class).withName("passing").delete();
        await().untilAsserted(() -> assertThat(getNetwork("passing")).isNull());
        await().untilAsserted(() -> assertThat(reasonOf("passenger")).isEqualTo("NetworkNotFound"));
        client.resource(getMember("passenger")).delete();
        await().untilAsserted(() -> assertThat(getMember("passenger")).isNull());
    }

    private World planet() {
        return World.read(Base64.getDecoder().decode(settings.planet().orElseThrow()));
    }

    private static NetworkView view(Node device, long id) {
        return device.view(id).orElseThrow();
    }

    private Condition ready(String network) {
        ZeroTierNetwork found = getNetwork(network);
        assertThat(found).isNotNull();
        assertThat(found.getStatus()).isNotNull();
        return found.getStatus().conditions.getFirst();
    }

    private String reasonOf(String member) {
        assertThat(getMember(member).getStatus()).isNotNull();
        return getMember(member).getStatus().conditions.getFirst().reason;
    }

    private List<String> blocks(String network, List<String> nodes) {
        return nodes.stream()
                .map(this::getNode)
                .filter(n -> n != null && n.getSpec() != null)
                .flatMap(n -> n.getSpec().networks.stream())
                .filter(n -> n.network.equals(network))
                .map(n -> n.block)
                .filter(Objects::nonNull)
                .toList();
    }

    private ZeroTierNetwork getNetwork(String name) {
        return client.resources(ZeroTierNetwork.class).withName(name).get();
    }

    private ZeroTierNode getNode(String name) {
        return client.resources(ZeroTierNode.class).withName(name).get();
    }

    private ZeroTierMember getMember(String name) {
        return client.resources(ZeroTierMember.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(name)
                .get();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
