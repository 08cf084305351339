package io.wirecloset.transport.loop;

import java.util.function.LongSupplier;

/**
 * The clocks of this machine.
 *
 * <p>{@link #nowMs} never goes back and never jumps, and equalled wall time when this was made: it may stand in a HELLO. It
 * is what timers use. {@link #wallMs} is what the operator set, for credentials alone.
 */
public final class SystemClock implements LongSupplier {
    private static final long NANOS_PER_MS = 1_000_000;

    private final long startNanos = System.nanoTime();
    private final long startMs = System.currentTimeMillis();

    /** Milliseconds, monotonic. */
    public long nowMs() {
        return startMs + (System.nanoTime() - startNanos) / NANOS_PER_MS;
    }

    /** Milliseconds since 1970. */
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long getAsLong() {
        return nowMs();
    }
}
