package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ClusterInfo;
import java.util.Map;
import java.util.function.Supplier;

/** Tells the agents which roots there are and where the controller is, and again when somebody changed that. */
public final class ClusterInfoPublisher {
    private final KubernetesClient client;
    private final String namespace;
    private final Supplier<ClusterInfo> info;

    public ClusterInfoPublisher(KubernetesClient client, String namespace, Supplier<ClusterInfo> info) {
        this.client = client;
        this.namespace = namespace;
        this.info = info;
    }

    /** Makes the ConfigMap so, if it is not. */
    public void publish() {
        Map<String, String> data = info.get().toData();
        ConfigMap present = client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterInfo.NAME)
                .get();
        if (present != null && data.equals(present.getData())) {
            return;
        }
        Apply.apply(
                client,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(ClusterInfo.NAME)
                        .endMetadata()
                        .withData(data)
                        .build());
    }
}
