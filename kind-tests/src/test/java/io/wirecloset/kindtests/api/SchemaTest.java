package io.wirecloset.kindtests.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What needs no server: the schemas' plain rules, the samples of the manual, and that no CEL rule is without its cases. */
class SchemaTest {
    private static final Map<String, JsonNode> SCHEMAS = Kinds.schemas();

    @Test
    void everyCelRuleHasItsTwoCases() {
        List<String> uncovered = new ArrayList<>();
        List<JsonNode> cases = cases();
        SCHEMAS.forEach((kind, schema) -> schema.findValues("x-kubernetes-validations")
                .forEach(rules -> rules.forEach(rule -> {
                    String message = rule.path("message").asText();
                    if (cases.stream()
                            .noneMatch(c -> c.path("kind").asText().equals(kind)
                                    && message.startsWith(c.path("message").asText())
                                    && c.has("good")
                                    && c.has("bad"))) {
                        uncovered.add(kind + ": " + message);
                    }
                })));
        assertThat(uncovered).isEmpty();
        assertThat(cases)
                .allSatisfy(c -> assertThat(SCHEMAS.get(c.path("kind").asText()).findValuesAsText("message"))
                        .anyMatch(m -> m.startsWith(c.path("message").asText())));
    }

    /** CEL is for what the plain rules cannot say: what breaks a CEL rule keeps those. */
    @ParameterizedTest
    @MethodSource("cases")
    void casesOfCelRulesKeepThePlainOnes(JsonNode oneCase) {
        JsonNode schema = SCHEMAS.get(oneCase.path("kind").asText()).at("/properties/spec");
        for (String which : List.of("from", "good", "bad")) {
            if (oneCase.has(which)) {
                assertThat(Bounds.broken(schema, oneCase.path(which))).isEmpty();
            }
        }
    }

    static List<JsonNode> cases() {
        List<JsonNode> cases = new ArrayList<>();
        Kinds.resource("rules.yaml").getFirst().forEach(cases::add);
        return cases;
    }

    @ParameterizedTest
    @MethodSource("complete")
    void everyPlainRuleIsKeptByTheCompleteResourceAndBrokenByABreachOfIt(JsonNode resource) {
        JsonNode spec = SCHEMAS.get(resource.path("kind").asText()).at("/properties/spec");
        assertThat(Bounds.broken(spec, resource.path("spec"))).isEmpty();
        assertThat(Bounds.breaches(spec, resource.path("spec"))).isNotEmpty().allSatisfy(breach -> assertThat(
                        Bounds.broken(spec, breach.value()))
                .as(breach.toString())
                .anyMatch(b -> b.startsWith(breach.path())));
    }

    static List<JsonNode> complete() {
        return Kinds.resource("complete.yaml");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleOfTheManualFits(Path file) throws IOException {
        assertThat(Kinds.documents(Files.newInputStream(file))).isNotEmpty().allSatisfy(resource -> {
            JsonNode schema = SCHEMAS.get(resource.path("kind").asText());
            assertThat(schema).as(resource.path("kind").asText()).isNotNull();
            assertThat(resource.path("apiVersion").asText()).isEqualTo(Kinds.GROUP_VERSION);
            assertThat(Bounds.broken(schema.at("/properties/spec"), resource.path("spec")))
                    .isEmpty();
        });
    }

    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "docs", "samples"))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }
}
