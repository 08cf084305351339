package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.wirecloset.operator.network.Cidr4;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Where the cluster's Services have their addresses. Asked now and then, as it hardly ever changes; servers before 1.33
 * do not tell, of those the address of their own Service is known at least.
 */
public final class ServiceRanges {
    private static final Logger LOG = Logger.getLogger(ServiceRanges.class);
    private static final Duration ASK_EVERY = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private List<Cidr4> known = List.of();
    private long askedNs;
    private boolean asked;

    public ServiceRanges(KubernetesClient client) {
        this.client = client;
    }

    /** IPv4 alone; what was known last while the server does not answer. */
    public synchronized List<Cidr4> now() {
        long nowNs = System.nanoTime();
        if (!asked || nowNs - askedNs > ASK_EVERY.toNanos()) {
            asked = true;
            askedNs = nowNs;
            try {
                known = ask();
            } catch (KubernetesClientException e) {
                LOG.warnf("which ranges Services have cannot be read: %s", e.getMessage());
            }
        }
        return known;
    }

    private List<Cidr4> ask() {
        List<String> texts = new ArrayList<>();
        told().forEach(s -> texts.addAll(s.getSpec().getCidrs()));
        if (texts.isEmpty()) {
            Service api = client.services()
                    .inNamespace("default")
                    .withName("kubernetes")
                    .get();
            if (api != null && api.getSpec() != null) {
                api.getSpec().getClusterIPs().forEach(ip -> texts.add(ip + "/32"));
            }
        }
        return texts.stream().filter(t -> t.indexOf(':') < 0).map(Cidr4::parse).toList();
    }

    /** Nothing where there is no such resource. */
    private List<ServiceCIDR> told() {
        try {
            return client.resources(ServiceCIDR.class).list().getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }
}
