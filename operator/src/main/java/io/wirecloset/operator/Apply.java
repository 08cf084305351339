package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Writes by server-side apply under the operator's own name, so that users' fields stay theirs. */
public final class Apply {
    public static final String FIELD_MANAGER = "wirecloset-operator";
    /**
     * The reconcilers' finalizers and statuses. Not the same: an apply takes back whatever its manager applied before and
     * does not name again, so a finalizer would take back an assigned address.
     */
    public static final String RECONCILERS = "wirecloset-reconciler";

    private Apply() {}

    /** Makes the object unless it is there: the cache that said it is not may be behind. */
    public static void createIfMissing(KubernetesClient client, HasMetadata desired) {
        try {
            client.resource(desired).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /** Makes the object so, whether or not it exists. */
    public static <T extends HasMetadata> T apply(KubernetesClient client, T desired) {
        return client.resource(desired)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }
}
