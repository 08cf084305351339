package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.controller.Mandate;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.kindtests.ApiServer;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClusterInfoPublisherTest {
    @Test
    void agentsFindPlanetAndControllerAndDamageIsRepaired() {
        try (ApiServer server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                KubernetesClient client = server.client()) {
            ClusterInfo info = new ClusterInfo(
                    new byte[] {1, 2, 3}, List.of(new ControllerInfo("5400458031:0:ab", List.of("192.0.2.1/9994"))));
            ClusterInfoPublisher publisher =
                    new ClusterInfoPublisher(client, Samples.NAMESPACE, Mandate.ALWAYS, () -> info);

            publisher.publish();
            String version = map(client).getMetadata().getResourceVersion();
            publisher.publish();
            assertThat(map(client).getMetadata().getResourceVersion()).isEqualTo(version);

            client.configMaps()
                    .inNamespace(Samples.NAMESPACE)
                    .withName(ClusterInfo.NAME)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"planet\":\"AAAA\"}}");
            publisher.publish();
            assertThat(ClusterInfo.of(map(client)).planet()).containsExactly(1, 2, 3);
            assertThat(ClusterInfo.of(map(client)).controllers()).isEqualTo(info.controllers());
        }
    }

    @Test
    @DisplayName("who has led neither signs nor publishes, also when it notices between reading and writing (T17)")
    void whoHasLedPublishesNothing() {
        try (ApiServer server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                KubernetesClient client = server.client()) {
            AtomicBoolean leads = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            ClusterInfoPublisher before = new ClusterInfoPublisher(
                    client, Samples.NAMESPACE, leads::get, () -> told(asked, "192.0.2.1/9994"));
            before.publish();
            assertThat(map(client)).isNull();
            assertThat(asked).as("nothing was signed").hasValue(0);

            leads.set(true);
            before.publish();
            assertThat(endpoints(client)).containsExactly("192.0.2.1/9994");

            // stopped while it makes up its mind; meanwhile another one leads
            AtomicInteger step = new AtomicInteger();
            ClusterInfoPublisher after = new ClusterInfoPublisher(
                    client, Samples.NAMESPACE, Mandate.ALWAYS, () -> told(asked, "192.0.2.2/9994"));
            ClusterInfoPublisher stopped =
                    new ClusterInfoPublisher(client, Samples.NAMESPACE, () -> step.incrementAndGet() == 1, () -> {
                        after.publish();
                        return told(asked, "192.0.2.3/9994");
                    });
            stopped.publish();
            assertThat(endpoints(client)).containsExactly("192.0.2.2/9994");

            // and when even its clock stood still
            ClusterInfoPublisher suspended = new ClusterInfoPublisher(client, Samples.NAMESPACE, Mandate.ALWAYS, () -> {
                before.publish();
                return told(asked, "192.0.2.4/9994");
            });
            assertThatThrownBy(suspended::publish).isInstanceOf(KubernetesClientException.class);
            assertThat(endpoints(client)).containsExactly("192.0.2.1/9994");
        }
    }

    private static ClusterInfo told(AtomicInteger asked, String endpoint) {
        asked.incrementAndGet();
        return new ClusterInfo(new byte[0], List.of(new ControllerInfo("5400458031:0:ab", List.of(endpoint))));
    }

    private static List<String> endpoints(KubernetesClient client) {
        return ClusterInfo.of(map(client)).controllers().getFirst().endpoints();
    }

    private static ConfigMap map(KubernetesClient client) {
        return client.configMaps()
                .inNamespace(Samples.NAMESPACE)
                .withName(ClusterInfo.NAME)
                .get();
    }
}
