package io.wirecloset.simnet;

/**
 * What a datagram suffers on its way.
 *
 * @param delayMs every datagram takes at least this long
 * @param jitterMs and up to this much longer, keeping the order of each pair of hosts
 * @param loss share of datagrams that vanish, 0 to 1
 * @param duplication share that arrives twice
 * @param reorder share that is held back, up to the delay and jitter once more, so that later ones overtake it
 */
public record Line(double delayMs, double jitterMs, double loss, double duplication, double reorder) {
    /** Costs nothing. */
    public static final Line PERFECT = new Line(0, 0, 0, 0, 0);
    /** A quiet day on the internet: 20 to 25 ms one way, nothing lost. */
    public static final Line ORDINARY = new Line(20, 5, 0, 0, 0);

    public Line {
        if (delayMs < 0 || jitterMs < 0) throw new IllegalArgumentException("negative delay");
        for (double share : new double[] {loss, duplication, reorder}) {
            if (!(share >= 0 && share <= 1)) throw new IllegalArgumentException("not a share: " + share);
        }
    }

    public Line withDelay(double newDelayMs, double newJitterMs) {
        return new Line(newDelayMs, newJitterMs, loss, duplication, reorder);
    }

    public Line withLoss(double share) {
        return new Line(delayMs, jitterMs, share, duplication, reorder);
    }

    public Line withDuplication(double share) {
        return new Line(delayMs, jitterMs, loss, share, reorder);
    }

    public Line withReorder(double share) {
        return new Line(delayMs, jitterMs, loss, duplication, share);
    }
}
