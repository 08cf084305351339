package io.wirecloset.operator.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The lease as a Lease of coordination.k8s.io. Its times are for people; nobody here compares clocks. */
public final class KubeLease implements LeaseStore, AutoCloseable {
    public static final String NAME = "wirecloset-operator";

    private final KubernetesClient client;
    private final String namespace;

    /** @param like for the server and who we are there; a request about the lease is not tried again by itself */
    public KubeLease(KubernetesClient like, String namespace) {
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(like.getConfiguration())
                        .withRequestTimeout(Timing.REQUEST_TIMEOUT_MS)
                        .withConnectionTimeout(Timing.REQUEST_TIMEOUT_MS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.namespace = namespace;
    }

    @Override
    public Optional<Lease> read() {
        return Optional.ofNullable(
                        client.leases().inNamespace(namespace).withName(NAME).get())
                .map(KubeLease::lease);
    }

    private static Lease lease(io.fabric8.kubernetes.api.model.coordination.v1.Lease found) {
        var spec = found.getSpec();
        return new Lease(
                spec == null || spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity(),
                spec == null || spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions(),
                found.getMetadata().getResourceVersion());
    }

    @Override
    public Optional<Lease> write(Lease read, String holder, int transitions) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        var lease = new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .withResourceVersion(read == null ? null : read.version())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds((int) (Timing.DURATION_MS / 1_000))
                .withLeaseTransitions(transitions)
                .withRenewTime(now)
                .endSpec()
                .build();
        try {
            return Optional.of(lease(
                    read == null
                            ? client.resource(lease).create()
                            : client.resource(lease).update()));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
