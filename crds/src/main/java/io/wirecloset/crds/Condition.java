package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Objects;

/** One thing that is true or not about a resource, and why: the shape every Kubernetes tool knows. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class Condition {
    /** The summary that tools wait for. */
    public static final String READY = "Ready";

    @Required
    @Size(min = 1, max = 316)
    @Pattern("^[A-Za-z][A-Za-z0-9]*$")
    @JsonPropertyDescription("What the condition is about, for example Ready. One entry for each type.")
    public String type;

    @Required
    @Pattern("^(True|False|Unknown)$")
    @JsonPropertyDescription("True, False or Unknown.")
    public String status;

    @Required
    @Size(min = 1, max = 1024)
    @Pattern("^[A-Za-z][A-Za-z0-9]*$")
    @JsonPropertyDescription("Why, in one word for programs. The documentation lists all of them.")
    public String reason;

    @Required
    @Size(max = 32768)
    @JsonPropertyDescription("Why, in a sentence for people, with what to do next.")
    public String message;

    @Required
    @Size(max = 64)
    @JsonPropertyDescription("When the status last changed (RFC 3339, UTC). A new reason alone does not move it.")
    public String lastTransitionTime;

    @Min(0)
    @JsonPropertyDescription("The metadata.generation of the resource that this condition speaks of.")
    public Long observedGeneration;

    public Condition() {}

    public Condition(
            String type,
            String status,
            String reason,
            String message,
            String lastTransitionTime,
            Long observedGeneration) {
        this.type = type;
        this.status = status;
        this.reason = reason;
        this.message = message;
        this.lastTransitionTime = lastTransitionTime;
        this.observedGeneration = observedGeneration;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Condition c
                && Objects.equals(type, c.type)
                && Objects.equals(status, c.status)
                && Objects.equals(reason, c.reason)
                && Objects.equals(message, c.message)
                && Objects.equals(lastTransitionTime, c.lastTransitionTime)
                && Objects.equals(observedGeneration, c.observedGeneration);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, status, reason, message, lastTransitionTime, observedGeneration);
    }

    @Override
    public String toString() {
        return type + "=" + status + " (" + reason + ": " + message + ")";
    }
}
