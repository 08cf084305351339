package io.wirecloset.kindtests.cluster;

import io.wirecloset.kindtests.lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Everything of the kinds we make that a host holds: taken before and after, the two must be equal. */
public record Inventory(Map<String, List<String>> things) {
    private static final Map<String, List<String>> COMMANDS = Map.of(
            "link", List.of("ip", "-o", "link", "show"),
            "address", List.of("ip", "-o", "-br", "addr", "show"),
            "IPv4 route", List.of("ip", "-4", "route", "show", "table", "all"),
            "IPv6 route", List.of("ip", "-6", "route", "show", "table", "all"),
            "IPv4 rule", List.of("ip", "-4", "rule", "show"),
            "IPv6 rule", List.of("ip", "-6", "rule", "show"),
            "neighbour", List.of("ip", "neigh", "show", "nud", "permanent"),
            "nftables", List.of("nft", "list", "ruleset"));

    /** @param folders whose files count too */
    public static Inventory of(Host host, Path... folders) {
        Map<String, List<String>> things = new TreeMap<>();
        COMMANDS.forEach((kind, command) -> things.put(kind, lines(host.run(command.toArray(String[]::new)))));
        List<String> files = new ArrayList<>();
        for (Path folder : folders) {
            files.addAll(files(folder));
        }
        things.put("file", files);
        return new Inventory(things);
    }

    private static List<String> lines(String text) {
        return text.lines()
                // an address's remaining lifetime, a link's changing flags and what it calls its state are no things
                .map(l -> l.replaceAll(" expires \\d+sec| valid_lft \\w+| preferred_lft \\w+", "")
                        .replaceAll("<[A-Z,_-]*>.*?(?=link/|$)", "")
                        .replaceAll("^(\\S+) +(UP|DOWN|UNKNOWN|LOWERLAYERDOWN) +", "$1 ")
                        .strip())
                .filter(l -> !l.isEmpty() && !l.equals("}"))
                .toList();
    }

    private static List<String> files(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> !Files.isDirectory(f)).map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with things of one more kind. */
    public Inventory with(String kind, List<String> more) {
        Map<String, List<String>> all = new TreeMap<>(things);
        all.put(kind, more);
        return new Inventory(all);
    }

    /** What is here and was not there, and what was there and is missing here; empty when equal. */
    public List<String> changesSince(Inventory before) {
        List<String> changes = new ArrayList<>();
        things.forEach((kind, now) -> {
            List<String> then = before.things.getOrDefault(kind, List.of());
            minus(now, then).forEach(l -> changes.add(kind + " left: " + l));
            minus(then, now).forEach(l -> changes.add(kind + " missing: " + l));
        });
        return changes;
    }

    private static TreeSet<String> minus(List<String> a, List<String> b) {
        TreeSet<String> result = new TreeSet<>(a);
        b.forEach(result::remove);
        return result;
    }
}
