package io.wirecloset.vl1.peer;

/** Takes ids that a lane or the control loop would take next. */
public record IdsOf(OutgoingIds ids) {
    public long next() {
        return ids.next(0);
    }
}
