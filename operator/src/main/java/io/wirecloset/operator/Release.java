package io.wirecloset.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What an operator does before it is uninstalled, while it leads: takes its finalizer from every resource, so that whoever
 * deletes one, or a namespace, or the definitions, waits for nobody. The resources stay; an operator that is installed again
 * takes them up.
 */
@Singleton
public final class Release {
    private static final Logger LOG = Logger.getLogger(Release.class);
    private static final long LOOK_AGAIN_S = 5;

    private final KubernetesClient client;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("release").factory());
    private volatile boolean done;

    Release(KubernetesClient client) {
        this.client = client;
    }

    void begin() {
        rounds.scheduleWithFixedDelay(this::round, 0, LOOK_AGAIN_S, TimeUnit.SECONDS);
    }

    private void round() {
        try {
            int released = once();
            if (released > 0 || !done) {
                LOG.infof("%d resources released; nothing waits for an operator any more", released);
            }
            done = true;
        } catch (KubernetesClientException e) {
            done = false;
            LOG.warnf("not everything could be released and is tried again: %s", e.getMessage());
        }
    }

    /** @return how many had the finalizer */
    int once() {
        List<HasMetadata> all = new ArrayList<>();
        all.addAll(client.resources(ZeroTierNetwork.class).list().getItems());
        all.addAll(
                client.resources(ZeroTierMember.class).inAnyNamespace().list().getItems());
        all.addAll(client.resources(ZeroTierNode.class).list().getItems());
        List<HasMetadata> held = all.stream()
                .filter(r -> r.getMetadata().getFinalizers().contains(Wirecloset.FINALIZER))
                .toList();
        held.forEach(this::release);
        return held.size();
    }

    private void release(HasMetadata resource) {
        ObjectNode patch = new ObjectMapper().createObjectNode();
        ObjectNode metadata = patch.putObject("metadata");
        // Whatever others did to it since it was read: the next round reads anew.
        metadata.put("resourceVersion", resource.getMetadata().getResourceVersion());
        ArrayNode others = metadata.putArray("finalizers");
        resource.getMetadata().getFinalizers().stream()
                .filter(f -> !f.equals(Wirecloset.FINALIZER))
                .forEach(others::add);
        try {
            client.resource(resource).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Whether nothing was held when it looked last. */
    boolean isDone() {
        return done;
    }

    void end() {
        rounds.shutdownNow();
    }
}
