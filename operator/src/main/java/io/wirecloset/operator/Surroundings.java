package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.wirecloset.controller.Mandate;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the reconcilers need to know of where they run.
 *
 * @param namespace the operator's own
 * @param blockQuarantine how long the blocks of a deleted node are not given to another
 * @param wallMs wall time, for statuses
 * @param mandate without which nothing is reconciled: another operator may do it
 */
public record Surroundings(String namespace, Duration blockQuarantine, LongSupplier wallMs, Mandate mandate) {
    /** Until a resource is looked at again that was passed over for want of the mandate. */
    private static final Duration LATER = Duration.ofSeconds(2);

    static <R extends HasMetadata> UpdateControl<R> lookAgain() {
        return UpdateControl.<R>noUpdate().rescheduleAfter(LATER);
    }

    static DeleteControl keepForNow() {
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(LATER.toMillis());
    }
}
