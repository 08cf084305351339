package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.controller.Mandate;
import io.wirecloset.crds.ClusterInfo;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells the agents which roots there are and where the controller is, and again when somebody changed that. Only with the
 * mandate, and only over what was read: a leader that was stopped knows a controller that is nowhere any more, itself.
 */
public final class ClusterInfoPublisher {
    private final KubernetesClient client;
    private final String namespace;
    private final Mandate mandate;
    private final Supplier<ClusterInfo> info;

    /** @param info asked only with the mandate, for it may sign */
    public ClusterInfoPublisher(
            KubernetesClient client, String namespace, Mandate mandate, Supplier<ClusterInfo> info) {
        this.client = client;
        this.namespace = namespace;
        this.mandate = mandate;
        this.info = info;
    }

    /**
     * Makes the ConfigMap so, if it is not.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException also when it was changed meanwhile
     */
    public void publish() {
        ConfigMap present = client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterInfo.NAME)
                .get();
        if (!mandate.holds()) {
            return;
        }
        Map<String, String> data = info.get().toData();
        if (present != null && data.equals(present.getData()) || !mandate.holds()) {
            return;
        }
        if (present == null) {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(ClusterInfo.NAME)
                            .endMetadata()
                            .withData(data)
                            .build())
                    .create();
        } else {
            // the version goes with it, so it fails when somebody was faster
            client.resource(new ConfigMapBuilder(present).withData(data).build())
                    .update();
        }
    }
}
