package io.wirecloset.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words after a program's name: {@code --name value} options, {@code --flag}s and plain arguments. What is not known
 * is an error that names it and what there is.
 */
public final class CommandLine {
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();

    /** @param known names of options that take a value, without the dashes */
    public CommandLine(String program, Set<String> known, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                arguments.add(word);
                continue;
            }
            int eq = word.indexOf('=');
            String name = word.substring(2, eq < 0 ? word.length() : eq);
            if (!known.contains(name)) {
                throw new UsageException(program + ": unknown option --" + name + "; there are --"
                        + String.join(", --", known.stream().sorted().toList()));
            }
            if (eq < 0 && i + 1 == words.size()) {
                throw new UsageException(program + ": option --" + name + " needs a value");
            }
            options.computeIfAbsent(name, k -> new ArrayList<>()).add(eq < 0 ? words.get(++i) : word.substring(eq + 1));
        }
    }

    public List<String> arguments() {
        return arguments;
    }

    public List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    public String get(String name, String otherwise) {
        List<String> given = all(name);
        return given.isEmpty() ? otherwise : given.getLast();
    }

    public String required(String name) {
        String value = get(name, null);
        if (value == null) {
            throw new UsageException("option --" + name + " is missing");
        }
        return value;
    }

    /** Does something only when the option is there. */
    public void ifGiven(String name, Runnable action) {
        if (!all(name).isEmpty()) {
            action.run();
        }
    }

    /** For programs that have options alone. */
    public void noArguments(String program) {
        if (!arguments.isEmpty()) {
            throw new UsageException(
                    program + ": '" + arguments.getFirst() + "' is no option; see " + program + " --help");
        }
    }

    public int port(int otherwise) {
        String text = get("port", Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below, with the value.
        }
        throw new UsageException("--port " + text + " is no port: 1 to 65535, or 0 for any free one");
    }

    /** What was asked for cannot be done as it was asked; the message says why and what to do. */
    public static final class UsageException extends RuntimeException {
        public UsageException(String message) {
            super(message, null, false, false);
        }
    }
}
