package io.wirecloset.kindtests.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Tells what is going on, a line when a step begins and its result when it is done; sums up at the end. */
final class Story {
    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    Story(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        out.printf("%n== %s%n", title);
    }

    /** @param work gives what there is to say about it, or null */
    void step(String what, Callable<String> work) throws Exception {
        out.printf("%6.1f s  %-58s", seconds(), what + " …");
        out.flush();
        String result = work.call();
        out.printf(" %s%n", result == null ? "done" : result);
    }

    void say(String line) {
        out.println("          " + line);
    }

    /** A line of the table at the end. */
    void fact(String name, String value) {
        facts.put(name, value);
    }

    void failed(String what) {
        failures.add(what);
        out.printf("%n  FAILED: %s%n", what);
    }

    boolean isHappy() {
        return failures.isEmpty();
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    void end() {
        out.printf("%n== Result after %.0f s%n", seconds());
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
        facts.forEach((name, value) -> out.printf("  %-" + width + "s  %s%n", name, value));
        failures.forEach(f -> out.println("  FAILED  " + f.lines().findFirst().orElse("")));
        out.println(failures.isEmpty() ? "  everything worked, nothing is left" : "  the demo failed");
    }
}
