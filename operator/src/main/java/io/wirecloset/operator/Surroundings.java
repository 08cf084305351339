package io.wirecloset.operator;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the reconcilers need to know of where they run.
 *
 * @param namespace the operator's own
 * @param blockQuarantine how long the blocks of a deleted node are not given to another
 * @param wallMs wall time, for statuses
 */
public record Surroundings(String namespace, Duration blockQuarantine, LongSupplier wallMs) {}
