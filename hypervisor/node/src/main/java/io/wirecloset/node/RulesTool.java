package io.wirecloset.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.wirecloset.controller.language.RuleError;
import io.wirecloset.controller.language.RuleForm;
import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.controller.language.RuleText;
import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code wirecloset rules}: makes of the rule language the JSON that a controller takes, as the stock compiler prints it,
 * and of a controller's JSON text again; and asks the rules about frames that might come.
 */
final class RulesTool {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int FAILED = 1;
    private static final int DOES_NOT_PASS = 3;

    static final String USAGE = """
            wirecloset rules …
              compile [--config] FILE   the JSON of a rule source; with --config only what a controller is sent
              show FILE                 the rules of a network's JSON, or an array of them, in the rule language
              try FILE tcp|udp|sctp|icmp|arp SOURCE/PORT DESTINATION/PORT
                                        would such a frame get through? exit code 0 if it would, 3 if not
                --from NODE --to NODE     the two members' addresses
                --from-tag TAG=VALUE --to-tag TAG=VALUE --from-cap NAME --owned IP
                                          what they have beside the defaults of the source; each may come again
                --tcp-flags syn,ack --icmp TYPE/CODE --bytes N
                                          more about the frame; TCP begins a connection, ICMP is an echo request
            FILE may be - for what comes in by the pipe.
            """;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final RandomSource random;

    RulesTool(RandomSource random, InputStream in, PrintStream out, PrintStream err) {
        this.random = random;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** @return the exit code */
    int run(List<String> words) throws IOException {
        String verb = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (verb) {
            case "compile" -> compile(rest);
            case "show" -> show(rest);
            case "try" -> tryOut(rest);
            case "--help", "-h" -> {
                out.println(USAGE.strip());
                yield 0;
            }
            default -> throw new UsageException(USAGE.strip());
        };
    }

    private int compile(List<String> words) throws IOException {
        boolean onlyConfig = words.contains("--config");
        String file =
                file(words.stream().filter(word -> !word.equals("--config")).toList());
        RuleSet set = compiled(file);
        if (set == null) {
            return FAILED;
        }
        Map<String, Object> all = object(set);
        out.println(JSON.writeValueAsString(onlyConfig ? all.get("config") : all));
        return 0;
    }

    /** @return null after saying what is wrong */
    private RuleSet compiled(String file) throws IOException {
        try {
            return RuleSet.compile(read(file));
        } catch (RuleError e) {
            err.println(file + ":" + e.where());
            return null;
        }
    }

    private int tryOut(List<String> words) throws IOException {
        CommandLine line = new CommandLine("wirecloset rules try", RuleTrial.OPTIONS, words);
        if (line.arguments().isEmpty()) {
            throw new UsageException(USAGE.strip());
        }
        RuleSet set = compiled(line.arguments().getFirst());
        if (set == null) {
            return FAILED;
        }
        return new RuleTrial(set, line, random, out).run() ? 0 : DOES_NOT_PASS;
    }

    private int show(List<String> words) throws IOException {
        String file = file(words);
        try {
            JsonNode json = JSON.readTree(read(file));
            JsonNode from = json.path("config").isObject() ? json.get("config") : json;
            out.print(text(from));
            return 0;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            String what =
                    e instanceof JsonProcessingException no ? "no JSON: " + no.getOriginalMessage() : e.getMessage();
            err.println(file + ": " + what);
            return FAILED;
        }
    }

    private static String file(List<String> words) {
        if (words.size() != 1 || words.getFirst().startsWith("--")) {
            throw new UsageException("rules: expected one file, or - for the pipe\n" + USAGE.strip());
        }
        return words.getFirst();
    }

    private String read(String file) throws IOException {
        if (!file.equals("-") && !Files.isReadable(Path.of(file))) {
            throw new UsageException("rules: there is no file " + file + " that can be read");
        }
        // a little more than is taken, so that too much is refused and not read
        byte[] bytes;
        try (InputStream from = file.equals("-") ? in : Files.newInputStream(Path.of(file))) {
            bytes = from.readNBytes(4 * RuleSet.MAX_CHARS + 1);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** As the stock compiler prints it. */
    private static Map<String, Object> object(RuleSet set) {
        List<Object> capabilities = new ArrayList<>();
        Map<String, Object> capabilitiesByName = new LinkedHashMap<>();
        set.capabilities().forEach((name, capability) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", capability.id());
            one.put("default", capability.isDefault());
            one.put("rules", capability.rules());
            capabilities.add(one);
            capabilitiesByName.put(name, capability.id());
        });
        List<Object> tags = new ArrayList<>();
        Map<String, Object> tagsByName = new LinkedHashMap<>();
        set.tags().forEach((name, tag) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", tag.id());
            one.put("default", tag.standard());
            tags.add(one);
            Map<String, Object> named = new LinkedHashMap<>(one);
            named.put("enums", tag.enums());
            named.put("flags", tag.flags());
            tagsByName.put(name, named);
        });
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("rules", set.rules());
        config.put("capabilities", capabilities);
        config.put("tags", tags);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("config", config);
        all.put("capabilitiesByName", capabilitiesByName);
        all.put("tagsByName", tagsByName);
        return all;
    }

    private static String text(JsonNode from) {
        StringBuilder text = new StringBuilder();
        for (JsonNode tag : from.path("tags")) {
            String id = tag.path("id").asText("0");
            text.append("tag tag_").append(id).append(" id ").append(id);
            text.append(
                    tag.hasNonNull("default") ? " default " + tag.get("default").asText() : "");
            text.append(" ;\n");
        }
        for (JsonNode capability : from.path("capabilities")) {
            String id = capability.path("id").asText("0");
            text.append("cap cap_").append(id).append(" id ").append(id);
            text.append(capability.path("default").asBoolean() ? " default\n" : "\n");
            text.append(RuleText.of(table(capability.path("rules")), "  ")).append(";\n");
        }
        return text + RuleText.of(table(from.isArray() ? from : from.path("rules")), "");
    }

    private static RuleTable table(JsonNode rules) {
        List<Rule> table = new ArrayList<>();
        for (JsonNode entry : rules) {
            Map<String, Object> form = JSON.convertValue(
                    entry, JSON.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, Object.class));
            table.add(RuleForm.read(form));
        }
        return RuleTable.of(table);
    }
}
