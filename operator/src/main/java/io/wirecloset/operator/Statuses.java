package io.wirecloset.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Whether a write is worth it, and the least that goes into one. */
final class Statuses {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Statuses() {}

    /** Two specs or statuses say the same. */
    static boolean same(Object a, Object b) {
        return Objects.equals(json(a), json(b));
    }

    /** What a partial apply needs of the metadata, and no more: everything sent is claimed. */
    static ObjectMeta nameOf(HasMetadata resource) {
        return new ObjectMetaBuilder()
                .withName(resource.getMetadata().getName())
                .withNamespace(resource.getMetadata().getNamespace())
                .build();
    }

    /**
     * Writes a status that says something new, and an Event of each condition that does.
     *
     * @param patch an empty resource of the kind, for what is written
     */
    static <S, R extends CustomResource<?, S>> UpdateControl<R> tell(
            R about, S status, R patch, Function<S, List<Condition>> conditions, Events events) {
        S before = about.getStatus();
        if (same(status, before)) {
            return UpdateControl.noUpdate();
        }
        events.changed(about, before == null ? null : conditions.apply(before), conditions.apply(status));
        patch.setMetadata(nameOf(about));
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    static boolean specChanged(HasMetadata now, HasMetadata before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || now.isMarkedForDeletion() != before.isMarkedForDeletion();
    }

    static boolean isRefused(List<Condition> conditions) {
        return conditions.stream().anyMatch(c -> c.type.equals(Condition.READY) && c.status.equals("False"));
    }

    static String text(ZeroTierNetworkSpec spec) {
        return JSON.valueToTree(spec).toString();
    }

    /** Nothing when it is not what {@link #text} wrote. */
    static Optional<ZeroTierNetworkSpec> spec(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(JSON.readValue(text, ZeroTierNetworkSpec.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static JsonNode json(Object value) {
        return value == null ? null : JSON.valueToTree(value);
    }
}
