package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import io.wirecloset.crds.Condition;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the manual lists is what there is. */
class ManualTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path CODE = Path.of("src", "main", "java", "io", "wirecloset", "operator");

    /** Reasons are the only texts in these packages of one word that begins in upper case, but for these. */
    private static final Set<String> NOT_REASONS = Set.of(
            "True",
            "False",
            Condition.READY,
            "BlocksAvailable",
            "AddressesAvailable",
            "RulesCompiled",
            "ResolvedRefs",
            "AddressAssigned",
            "PodsReachable",
            "OK",
            "Direct",
            "Relayed",
            "IP");

    private static final Pattern ONE_WORD = Pattern.compile("\"([A-Z][A-Za-z]+)\"");
    private static final Pattern FIRST_COLUMN = Pattern.compile("(?m)^\\| (`[A-Z][^|]*)\\|");
    private static final Pattern QUOTED = Pattern.compile("`([A-Z][A-Za-z]+)`");

    @Test
    void everyReasonOfAConditionIsExplainedAndNoOther() throws IOException {
        Set<String> inCode = new TreeSet<>();
        for (String folder : List.of("network", "member")) {
            try (Stream<Path> files = Files.list(CODE.resolve(folder))) {
                for (Path file : files.toList()) {
                    inCode.addAll(found(ONE_WORD, Files.readString(file)));
                }
            }
        }
        inCode.addAll(Set.of("ServesPods", "CannotServePods", "CannotRun")); // the agent's
        inCode.removeAll(NOT_REASONS);
        Set<String> explained = new TreeSet<>();
        found(FIRST_COLUMN, Files.readString(DOCS.resolve("troubleshooting.md")))
                .forEach(cell -> explained.addAll(found(QUOTED, cell)));
        assertThat(inCode).hasSizeGreaterThan(20).isEqualTo(explained);
    }

    @Test
    void everySettingStandsInTheManualWithItsDefault() throws IOException {
        String manual = Files.readString(DOCS.resolve("resources.md"));
        for (Method setting : OperatorSettings.class.getMethods()) {
            if (!setting.getName().equals("controller")) {
                isInTheTable(manual, "wirecloset.", setting);
            }
        }
        for (Method setting : OperatorSettings.ControllerSettings.class.getMethods()) {
            isInTheTable(manual, "wirecloset.controller.", setting);
        }
    }

    private static void isInTheTable(String manual, String prefix, Method setting) {
        String key = prefix + setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        String row = manual.lines()
                .filter(l -> l.startsWith("|") && l.contains("`" + key + "`"))
                .findFirst()
                .orElse("");
        assertThat(row).as("a row for " + key).isNotEmpty();
        WithDefault byDefault = setting.getAnnotation(WithDefault.class);
        if (byDefault != null) {
            assertThat(row).contains("| `" + byDefault.value() + "` |");
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }
}
