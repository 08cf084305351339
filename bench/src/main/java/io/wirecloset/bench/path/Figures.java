package io.wirecloset.bench.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured, by figure and pair of nodes, a value per round. A median with lowest and highest says what a machine
 * with other work can say; ratios are taken within a round first, as its noise hits all pairs alike.
 */
final class Figures {
    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

    void add(String figure, String pair, double value) {
        values.computeIfAbsent(figure, f -> new LinkedHashMap<>())
                .computeIfAbsent(pair, p -> new ArrayList<>())
                .add(value);
    }

    static double median(List<Double> of) {
        List<Double> sorted = of.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Median of the rounds' ratios, over rounds that both have. */
    double ratio(String figure, String pair, String base) {
        List<Double> ours = values.get(figure).get(pair);
        List<Double> theirs = values.get(figure).get(base);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) ratios.add(ours.get(i) / theirs.get(i));
        return median(ratios);
    }

    /** A table in Markdown: a line per figure, a column per pair, and the ratio of the first pair to the last. */
    String table(List<String> pairs) {
        StringBuilder table = new StringBuilder("| median (lowest to highest) |");
        pairs.forEach(pair -> table.append(' ').append(pair).append(" |"));
        table.append(" ratio |\n|---|").append("---|".repeat(pairs.size())).append("---|\n");
        values.forEach((figure, byPair) -> {
            table.append("| ").append(figure).append(" |");
            pairs.forEach(
                    pair -> table.append(' ').append(cell(byPair.get(pair))).append(" |"));
            table.append(text(" %.2f |%n", ratio(figure, pairs.getFirst(), pairs.getLast())));
        });
        return table.toString();
    }

    private static String cell(List<Double> of) {
        double lowest = of.stream().mapToDouble(v -> v).min().orElseThrow();
        double highest = of.stream().mapToDouble(v -> v).max().orElseThrow();
        return number(median(of)) + " (" + number(lowest) + " to " + number(highest) + ")";
    }

    private static String number(double value) {
        return text(Math.abs(value) < 10 ? "%.2f" : "%.0f", value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
