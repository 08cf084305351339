package io.wirecloset.agent.attach;

/**
 * How fast a pod may receive or send.
 *
 * @param bitsPerSecond more than 0
 * @param burstBits that may follow each other at once after a pause; runtimes that were told nothing say 2^32 or so
 */
public record RateLimit(long bitsPerSecond, long burstBits) {
    /** A super-frame passes at once, whatever the rate. */
    private static final int BURST_MIN_BYTES = 64 * 1024;
    /** Nobody is served by a limit that begins to count after minutes. */
    private static final int BURST_MAX_MS = 100;
    /** What waits longer should rather be sent again. */
    private static final int QUEUE_MS = 50;

    long bytesPerSecond() {
        return Math.max(1, bitsPerSecond / 8);
    }

    int burstBytes() {
        long asked = burstBits > 0 ? burstBits / 8 : Long.MAX_VALUE;
        return bounded(Math.min(asked, bytesIn(BURST_MAX_MS)));
    }

    int queueBytes() {
        return bounded(bytesIn(QUEUE_MS) + burstBytes());
    }

    private long bytesIn(int ms) {
        return bytesPerSecond() / 1_000 * ms;
    }

    private static int bounded(long bytes) {
        return (int) Math.clamp(bytes, BURST_MIN_BYTES, Integer.MAX_VALUE);
    }
}
