package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which resources a reconciler looks at again when something else changed. */
final class Concerns {
    private Concerns() {}

    static <R extends HasMetadata> Set<ResourceID> all(EventSourceContext<R> context) {
        return those(context, resource -> true);
    }

    static <R extends HasMetadata> Set<ResourceID> those(EventSourceContext<R> context, Predicate<R> which) {
        return context.getPrimaryCache()
                .list()
                .filter(which)
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    /**
     * Two of a kind may want the same: each is looked at again when the other comes, changes or goes.
     *
     * @param isRival asked of a resource and of another one that changed
     */
    static <R extends HasMetadata> InformerEventSource<R, R> rivals(
            Class<R> kind, EventSourceContext<R> context, BiPredicate<R, R> isRival) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, kind)
                        .withName("rivals")
                        .withSecondaryToPrimaryMapper(changed -> those(
                                context,
                                resource -> !ResourceID.fromResource(resource).equals(ResourceID.fromResource(changed))
                                        && isRival.test(resource, changed)))
                        .withOnUpdateFilter(Statuses::specChanged)
                        .build(),
                context);
    }
}
