package io.wirecloset.controller.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the manual shows compiles, and the words it lists are all there are. */
class DocumentedRulesTest {
    private static final Path MANUAL = Path.of("../../docs/rules.md");

    @Test
    void theTenExamplesCompile() throws IOException, RuleError {
        List<String> examples = Pattern.compile("```rules\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(MANUAL))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(examples).hasSize(10);
        for (String example : examples) {
            assertThat(RuleSet.compile(example).table().size()).as(example).isPositive();
        }
    }

    @Test
    void everyWordIsInTheManual() throws IOException {
        List<String> quoted = Pattern.compile("`([a-z]+)[^`]*`")
                .matcher(Files.readString(MANUAL))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();

        assertThat(quoted).containsAll(Vocabulary.MATCHES.keySet()).containsAll(Vocabulary.ACTIONS);
    }
}
