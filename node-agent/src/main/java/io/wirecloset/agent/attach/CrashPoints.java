package io.wirecloset.agent.attach;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.TreeMap;

/**
 * Numbered places at which a test lets this process die, so that every step of adding and deleting has been the last one
 * once. {@code WIRECLOSET_CRASH_AT=add:3} kills at the third place of an ADD; without the variable this does nothing.
 */
public final class CrashPoints {
    public static final String VARIABLE = "WIRECLOSET_CRASH_AT";

    static final String ADD = "add";
    static final String DEL = "del";
    /** Counts the places of the deletions that it consists of. */
    static final String GC = "gc";

    private static final int SIGKILL = 9;

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
        if (crashAt == null) {
            return;
        }
        count(operation);
        if (operation.equals(DEL) && passed.containsKey(GC)) {
            count(GC);
        }
    }

    private void count(String operation) {
        if (crashAt.equals(operation + ":" + passed.merge(operation, 1, Integer::sum))) {
            death.run();
        }
    }

    /** By SIGKILL: no shutdown hook, no finally block, nothing flushed. */
    private static void endAtOnce() {
        Linker linker = Linker.nativeLinker();
        MethodHandle kill = linker.downcallHandle(
                linker.defaultLookup().find("kill").orElseThrow(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int done = (int) kill.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
            throw new IllegalStateException("still alive: " + done);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
