package io.wirecloset.transport.loop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What went wrong in a loop, by kind; each kind is logged when it comes first. */
final class Faults {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.transport.loop");
    /** Kinds remembered; past that all others are one. */
    private static final int KINDS_LIMIT = 100;

    private final String loop;
    private final Map<String, AtomicLong> byKind = new ConcurrentHashMap<>();

    Faults(String loop) {
        this.loop = loop;
    }

    void happened(Throwable fault) {
        String kind = kind(fault);
        if (byKind.size() >= KINDS_LIMIT && !byKind.containsKey(kind)) {
            kind = "others";
        }
        if (byKind.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet() == 1) {
            LOG.log(System.Logger.Level.ERROR, loop + " goes on after a fault that should not be", fault);
        }
    }

    /** Its class and where it was thrown. */
    private static String kind(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return fault.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    long count() {
        return byKind.values().stream().mapToLong(AtomicLong::get).sum();
    }
}
