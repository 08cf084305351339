package io.wirecloset.operator.status;

import io.wirecloset.crds.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A resource's conditions, computed anew at each turn; the time of transition is carried over from the last. */
public final class Conditions {
    private final List<Condition> before;
    private final Long generation;
    private final long wallMs;
    private final List<Condition> now = new ArrayList<>();

    /**
     * @param before what the status says at present; null is none
     * @param generation of the resource that is looked at
     */
    public Conditions(List<Condition> before, Long generation, long wallMs) {
        this.before = before == null ? List.of() : before;
        this.generation = generation;
        this.wallMs = wallMs;
    }

    public Conditions yes(String type, String reason, String message) {
        return add(type, "True", reason, message);
    }

    public Conditions no(String type, String reason, String message) {
        return add(type, "False", reason, message);
    }

    public Conditions no(String type, Refusal refusal) {
        return no(type, refusal.reason(), refusal.message());
    }

    public List<Condition> list() {
        return List.copyOf(now);
    }

    /** RFC 3339 in whole seconds, as Kubernetes writes it. */
    public static String timestamp(long wallMs) {
        return Instant.ofEpochMilli(wallMs).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private Conditions add(String type, String status, String reason, String message) {
        String since = before.stream()
                .filter(c -> c.type.equals(type) && c.status.equals(status))
                .map(c -> c.lastTransitionTime)
                .findFirst()
                .orElseGet(() -> timestamp(wallMs));
        now.add(new Condition(type, status, reason, message, since, generation));
        return this;
    }
}
