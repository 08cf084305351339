package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.vl1.crypto.RandomSource;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The whole application as it is wired, but for the sockets. */
@QuarkusTest
@QuarkusTestResource(ApplicationTest.InMemoryCluster.class)
class ApplicationTest {
    @Inject
    KubernetesClient client;

    @ConfigProperty(name = "quarkus.http.test-port")
    int port;

    /** An API server with the CRDs and a controller identity, made before the application starts. */
    public static final class InMemoryCluster implements QuarkusTestResourceLifecycleManager {
        private ApiServer server;

        @Override
        public Map<String, String> start() {
            server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
            try (KubernetesClient client = server.client()) {
                OperatorUnderTest.applyCrds(client);
                ControllerIdentity.readOrCreate(client, Samples.NAMESPACE, () -> Samples.CONTROLLER_IDENTITY);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return Map.of("quarkus.kubernetes-client.api-server-url", server.url());
        }

        @Override
        public void stop() {
            server.close();
        }
    }

    /** In place of the node. */
    @Alternative
    @Priority(1)
    static final class WithoutSockets {
        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        Carrier carrier() {
            return new ThreadCarrier(System::currentTimeMillis);
        }

        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        RandomSource random() {
            return new CustomResourceStoreTest.Dice();
        }
    }

    @Test
    void itServesNetworksTellsAgentsAndReportsHealth() throws Exception {
        await().untilAsserted(
                        () -> assertThat(get("/q/health/ready").statusCode()).isEqualTo(200));
        ClusterInfo info = ClusterInfo.of(client.configMaps()
                .inNamespace(Samples.NAMESPACE)
                .withName(ClusterInfo.NAME)
                .get());
        assertThat(info.controllers()).singleElement().satisfies(c -> {
            assertThat(c.identity()).isEqualTo(Samples.CONTROLLER_IDENTITY.toPublicText());
            assertThat(c.endpoints()).containsExactly("192.0.2.1/9994");
        });

        client.resource(network("pods")).create();
        await().untilAsserted(() -> {
            ZeroTierNetwork pods =
                    client.resources(ZeroTierNetwork.class).withName("pods").get();
            assertThat(pods.getStatus()).isNotNull();
            assertThat(pods.getStatus().networkId).startsWith("5400458031");
        });
        assertThat(get("/q/metrics").body()).contains("wirecloset_networks_served 1");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
