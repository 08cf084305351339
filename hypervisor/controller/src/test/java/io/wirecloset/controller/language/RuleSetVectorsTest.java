package io.wirecloset.controller.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.language.RuleSet.CapabilitySource;
import io.wirecloset.controller.language.RuleSet.TagSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sources that the stock compiler takes give what it gives, those it refuses are refused (rules checklist 31, 32). */
class RuleSetVectorsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Quirks of the stock compiler in which ours agrees with it. */
    private static final List<String> REFUSED_ALIKE =
            List.of("the protocol name icmp is a reserved word", "a semicolon inside a token does not separate");

    static Stream<Arguments> good() throws IOException {
        return cases(one -> !one.has("error") && !one.path("quirk").asBoolean());
    }

    static Stream<Arguments> wrong() throws IOException {
        return cases(one -> one.has("error")
                && (!one.path("quirk").asBoolean()
                        || REFUSED_ALIKE.contains(one.get("note").asText())));
    }

    private static Stream<Arguments> cases(Predicate<JsonNode> which) throws IOException {
        try (InputStream in = RuleSetVectorsTest.class.getResourceAsStream("/vectors/rules-compiler.json")) {
            List<Arguments> cases = new ArrayList<>();
            for (JsonNode one : MAPPER.readTree(in).get("cases")) {
                if (which.test(one)) {
                    cases.add(Arguments.of(
                            Named.of("rules-compiler: " + one.get("note").asText(), one)));
                }
            }
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource
    void good(JsonNode given) throws RuleError, IOException {
        RuleSet made = RuleSet.compile(given.get("source").asText());

        assertThat(tree(made.rules())).isEqualTo(given.get("rules"));
        assertThat(capabilities(made.capabilities())).isEqualTo(given.get("capabilities"));
        assertThat(tags(made.tags())).isEqualTo(given.get("tags"));
        assertThat(made.table().size()).isEqualTo(given.get("rules").size());
    }

    @ParameterizedTest
    @MethodSource
    void wrong(JsonNode given) {
        String source = given.get("source").asText();
        assertThatThrownBy(() -> RuleSet.compile(source)).isInstanceOfSatisfying(RuleError.class, error -> {
            assertThat(error.line()).isEqualTo(given.get("error").get("line").asInt());
            assertThat(error.column())
                    .isBetween(1, source.lines().toList().get(error.line() - 1).length() + 1);
            assertThat(error.getMessage()).isNotBlank();
        });
    }

    private static JsonNode capabilities(Map<String, CapabilitySource> all) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
        for (Map.Entry<String, CapabilitySource> one : all.entrySet()) {
            ObjectNode capability = json.putObject(one.getKey());
            capability.put("id", one.getValue().id());
            capability.put("default", one.getValue().isDefault());
            capability.set("rules", tree(one.getValue().rules()));
        }
        return tree(json);
    }

    private static JsonNode tags(Map<String, TagSource> all) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
        for (Map.Entry<String, TagSource> one : all.entrySet()) {
            ObjectNode tag = json.putObject(one.getKey());
            tag.put("id", one.getValue().id());
            tag.put("default", one.getValue().standard());
            tag.set("enums", tree(one.getValue().enums()));
            tag.set("flags", tree(one.getValue().flags()));
        }
        return tree(json);
    }

    /** Through text, so that numbers have the type a parser gives them. */
    private static JsonNode tree(Object value) throws IOException {
        return MAPPER.readTree(MAPPER.writeValueAsString(value));
    }
}
