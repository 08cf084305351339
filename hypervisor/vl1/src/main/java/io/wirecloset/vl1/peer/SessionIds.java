package io.wirecloset.vl1.peer;

/**
 * How a node numbers its packets to another since it started: enough to open every id.
 *
 * @param floors of each lane the first counter not used yet
 */
public record SessionIds(long keyHigh, long keyLow, long[] floors) {
    /** The same start of the same node? */
    public boolean isSameSession(SessionIds other) {
        return ((keyHigh ^ other.keyHigh) | (keyLow ^ other.keyLow)) == 0;
    }

    @Override
    public String toString() {
        return "SessionIds[***, " + floors.length + " lanes]";
    }
}
