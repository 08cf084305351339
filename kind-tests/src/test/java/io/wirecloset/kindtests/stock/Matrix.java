package io.wirecloset.kindtests.stock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.opentest4j.TestAbortedException;

/**
 * What was tried and how it went: rows say what, columns who played which part. "ok" stands only where a trial ran to its
 * end. {@link #write} leaves it in {@code target/interop.md}, which the summary of a run shows.
 */
final class Matrix {
    private static final Path FILE = Path.of("target", "interop.md");
    private static final Map<String, Map<String, Map<String, String>>> SECTIONS = new LinkedHashMap<>();
    private static final List<String> REASONS = new ArrayList<>();

    private Matrix() {}

    /** What a trial does; text it returns stands behind "ok", such as a time. */
    interface Trial extends Callable<String> {}

    /** Something that is ok when it ends. */
    interface Deed {
        void run() throws Exception;
    }

    static void enter(String section, String row, String column, Deed deed) throws Exception {
        measure(section, row, column, () -> {
            deed.run();
            return "";
        });
    }

    /** Carries the trial out and enters its outcome; what it throws comes out again. */
    static void measure(String section, String row, String column, Trial trial) throws Exception {
        try {
            String note = trial.call();
            put(section, row, column, note.isEmpty() ? "ok" : "ok, " + note);
        } catch (TestAbortedException e) {
            put(section, row, column, "not tried: " + firstLine(e));
            throw e;
        } catch (Exception | AssertionError e) {
            put(section, row, column, "**not ok**");
            synchronized (Matrix.class) {
                REASONS.add(section + ", " + row + ", " + column + ": " + firstLine(e));
            }
            throw e;
        }
    }

    private static synchronized void put(String section, String row, String column, String outcome) {
        SECTIONS.computeIfAbsent(section, k -> new LinkedHashMap<>())
                .computeIfAbsent(row, k -> new LinkedHashMap<>())
                .put(column, outcome);
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(l -> !l.isBlank())
                .findFirst()
                .orElse(e.toString());
    }

    /** Prints the table and leaves it in its file. */
    static synchronized void write() {
        if (SECTIONS.isEmpty()) {
            return;
        }
        StringBuilder out = new StringBuilder();
        SECTIONS.forEach((section, rows) -> write(out, section, rows));
        if (!REASONS.isEmpty()) {
            out.append("## Not ok\n");
            REASONS.forEach(r -> out.append("- ").append(r).append('\n'));
        }
        System.out.println(out);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(StringBuilder out, String section, Map<String, Map<String, String>> rows) {
        Set<String> columns = new LinkedHashSet<>();
        rows.values().forEach(r -> columns.addAll(r.keySet()));
        out.append("## ").append(section).append("\n| |");
        columns.forEach(c -> out.append(' ').append(c).append(" |"));
        out.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        rows.forEach((row, outcomes) -> {
            out.append("| ").append(row).append(" |");
            columns.forEach(
                    c -> out.append(' ').append(outcomes.getOrDefault(c, "–")).append(" |"));
            out.append('\n');
        });
        out.append('\n');
    }
}
