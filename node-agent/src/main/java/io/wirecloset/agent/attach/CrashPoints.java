package io.wirecloset.agent.attach;

import java.util.Map;
import java.util.TreeMap;

/**
 * Numbered places at which a test lets this process die, so that every step of adding and deleting has been the last one
 * once. {@code WIRECLOSET_CRASH_AT=add:3} kills at the third place of an ADD; without the variable this does nothing.
 */
public final class CrashPoints {
    public static final String VARIABLE = "WIRECLOSET_CRASH_AT";

    private final String crashAt;
    private final Runnable death;

    // this object's caller only: one operation at a time counts, tests make no others
    private final Map<String, Integer> passed = new TreeMap<>();

    CrashPoints(String crashAt, Runnable death) {
        this.crashAt = crashAt;
        this.death = death;
    }

    public static CrashPoints fromEnvironment() {
        return new CrashPoints(System.getenv(VARIABLE), CrashPoints::endAtOnce);
    }

    public static CrashPoints none() {
        return new CrashPoints(null, () -> {});
    }

    /** Begins to count the places of an operation. */
    synchronized void begin(String operation) {
        if (crashAt != null) {
            passed.put(operation, 0);
        }
    }

    /** The next place of the operation. */
    synchronized void pass(String operation) {
        if (crashAt != null && crashAt.equals(operation + ":" + passed.merge(operation, 1, Integer::sum))) {
            death.run();
        }
    }

    /** As SIGKILL does it: no shutdown hook, no finally block, nothing flushed. */
    private static void endAtOnce() {
        Runtime.getRuntime().halt(128 + 9);
    }
}
