package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.Condition;
import io.wirecloset.operator.status.Conditions;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.jboss.logging.Logger;

/**
 * Says in an Event what a condition says, whenever that changes: {@code kubectl describe} shows it with the time. The same
 * said again about the same resource is counted in the Event that is there. Nothing waits for it, and what is too much is
 * left out.
 */
public final class Events implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Events.class);
    private static final int MAX_WAITING = 256;
    private static final int MAX_MESSAGE_CHARS = 1_000;
    private static final String CLUSTER_SCOPED_IN = "default";

    private final KubernetesClient client;
    private final LongSupplier wallMs;
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("events").factory(),
            new ThreadPoolExecutor.DiscardPolicy());

    public Events(KubernetesClient client, LongSupplier wallMs) {
        this.client = client;
        this.wallMs = wallMs;
    }

    /**
     * @param before what the resource's status said; null is nothing
     * @param now what it says from here on
     */
    public void changed(HasMetadata about, List<Condition> before, List<Condition> now) {
        List<Condition> known = before == null ? List.of() : before;
        for (Condition condition : now) {
            if (known.stream().noneMatch(k -> saysTheSame(k, condition))) {
                Event event = event(about, condition);
                writer.execute(() -> write(event));
            }
        }
    }

    private static boolean saysTheSame(Condition a, Condition b) {
        return a.type.equals(b.type)
                && a.status.equals(b.status)
                && Objects.equals(a.reason, b.reason)
                && Objects.equals(a.message, b.message);
    }

    private Event event(HasMetadata about, Condition condition) {
        String namespace = about.getMetadata().getNamespace();
        String time = Conditions.timestamp(wallMs.getAsLong());
        String message = condition.message.substring(0, Math.min(condition.message.length(), MAX_MESSAGE_CHARS));
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace == null ? CLUSTER_SCOPED_IN : namespace)
                .withName(name(about, condition))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(namespace)
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .endInvolvedObject()
                .withType(condition.status.equals("True") ? "Normal" : "Warning")
                .withReason(condition.reason)
                .withMessage(message)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource()
                .withComponent(Apply.FIELD_MANAGER)
                .endSource()
                .withReportingComponent(Apply.FIELD_MANAGER)
                .withReportingInstance(Apply.FIELD_MANAGER)
                .build();
    }

    /** The same for what is the same, so that a repetition finds the one before. */
    private static String name(HasMetadata about, Condition condition) {
        CRC32 hash = new CRC32();
        String said = about.getMetadata().getUid()
                + '/'
                + condition.type
                + '/'
                + condition.status
                + '/'
                + condition.reason
                + '/'
                + condition.message;
        hash.update(said.getBytes(StandardCharsets.UTF_8));
        String name = about.getMetadata().getName();
        return name.substring(0, Math.min(name.length(), 240)) + "." + Long.toHexString(hash.getValue());
    }

    private void write(Event event) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                repeat(event);
            } else {
                LOG.debugf("an event is lost: %s", e.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.debugf("an event is lost: %s", e.getMessage()); // the client is closed, say
        }
    }

    private void repeat(Event event) {
        try {
            var there = client.v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .withName(event.getMetadata().getName());
            Event present = there.get();
            int count = present == null || present.getCount() == null ? 1 : present.getCount();
            there.patch(
                    PatchContext.of(PatchType.JSON_MERGE),
                    "{\"count\":" + (count + 1) + ",\"lastTimestamp\":\"" + event.getLastTimestamp() + "\"}");
        } catch (RuntimeException e) {
            LOG.debugf("an event is lost: %s", e.getMessage());
        }
    }

    /** What has not been written yet is left out. */
    @Override
    public void close() {
        writer.shutdownNow();
    }
}
