package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.kindtests.ApiServer;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterInfoPublisherTest {
    @Test
    void agentsFindPlanetAndControllerAndDamageIsRepaired() {
        try (ApiServer server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                KubernetesClient client = server.client()) {
            ClusterInfo info = new ClusterInfo(
                    new byte[] {1, 2, 3}, List.of(new ControllerInfo("5400458031:0:ab", List.of("192.0.2.1/9994"))));
            ClusterInfoPublisher publisher = new ClusterInfoPublisher(client, Samples.NAMESPACE, () -> info);

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

    private static ConfigMap map(KubernetesClient client) {
        return client.configMaps()
                .inNamespace(Samples.NAMESPACE)
                .withName(ClusterInfo.NAME)
                .get();
    }
}
