package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.wirecloset.controller.language.RuleForm;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules in JSON, both ways, as the stock controller has them (rules checklist 1, 3, 4, 5). */
class RuleJsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private final Notes notes = new Notes();

    static Stream<Arguments> agreesWithTheGivenVectors() {
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode one : Vectors.of("vl2", "rules-binary")) {
            if (one.has("json")) {
                cases.add(Arguments.of(Named.of("rules-binary #" + cases.size(), one)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource
    void agreesWithTheGivenVectors(JsonNode given) {
        if (given.get("json").isArray()) {
            RuleTable table = RuleJson.read(given.get("json"), Limits.BASE_RULES, notes);
            assertThat(hex(table)).isEqualTo(given.get("hex").textValue());
            assertThat(numbers(RuleJson.render(table))).isEqualTo(given.get("json"));
            return;
        }
        ArrayNode alone = JsonNodeFactory.instance.arrayNode().add(given.get("json"));
        RuleTable taken = RuleJson.read(alone, Limits.BASE_RULES, notes);
        assertThat(taken.size() == 1).isEqualTo(given.get("controllerAccepts").booleanValue());
        assertThat(notes.all().isEmpty()).isEqualTo(taken.size() == 1);
        if (given.get("hex").isNull()) {
            assertThat(RuleForm.isRule(RuleJson.form(given.get("json")))).isFalse();
            return;
        }
        Rule rule = RuleForm.read(RuleJson.form(given.get("json")));
        assertThat(hex(RuleTable.of(List.of(rule)))).isEqualTo(given.get("hex").textValue());
        Rule read = RuleTable.read(HEX.parseHex(given.get("hex").textValue()))
                .rules()
                .getFirst();
        if (given.get("rendered").isNull()) {
            assertThat(RuleForm.hasForm(read)).isFalse();
        } else {
            assertThat(numbers(RuleJson.render(read))).isEqualTo(given.get("rendered"));
            assertThat(RuleJson.render(RuleForm.read(RuleJson.form(given.get("rendered")))))
                    .isEqualTo(RuleJson.render(read));
        }
    }

    private static String hex(RuleTable table) {
        return HEX.formatHex(table.toBytes());
    }

    /** Through text, so that numbers have the type a parser gives them. */
    private static JsonNode numbers(JsonNode node) {
        try {
            return MAPPER.readTree(node.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'MATCH_IPV4_SOURCE','ip':'fd00::1/8'}",
                "{'type':'MATCH_IPV6_DEST','ip':'10.0.0.1/8'}",
                "{'type':'MATCH_IPV4_SOURCE','ip':'10.0.0/8'}",
                "{'type':'MATCH_IPV4_SOURCE','ip':'somewhere'}",
                "{'type':'MATCH_MAC_SOURCE','mac':'aa:bb:cc'}",
                "{'type':'MATCH_MAC_SOURCE','mac':'aa:bb:cc:dd:ee:zz'}",
                "{'type':'MATCH_ETHERTYPE','etherType':'ipv4'}",
                "{'type':'MATCH_CHARACTERISTICS','mask':'syn'}",
                "{'type':'MATCH_SOURCE_ZEROTIER_ADDRESS','zt':'alice'}",
                "{'type':'ACTION_TEE','address':'bob'}"
            })
    void whatMeansNothingIsRefusedByItsNumberAndField(String entry) throws IOException {
        JsonNode rules = MAPPER.readTree("[{\"type\":\"ACTION_BREAK\"}," + entry.replace('\'', '"') + "]");

        assertThatThrownBy(() -> RuleJson.read(rules, Limits.BASE_RULES, notes))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("rules: entry 2: ");
    }

    @Test
    void entriesBehindTheLimitAreLeftOutAndSaid() {
        ArrayNode many = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 70; i++) {
            many.addObject().put("type", "ACTION_DROP");
        }

        assertThat(RuleJson.read(many, Limits.RULES_PER_CAPABILITY, notes).size())
                .isEqualTo(64);
        assertThat(notes.all()).hasSize(1);
    }

    @Test
    void hugeNumbersAndNestedValuesDoNoHarm() throws IOException {
        String text = "{'rules': [{'type':'MATCH_ETHERTYPE','etherType':1e999999999},"
                + "{'type':'MATCH_IP_PROTOCOL','ipProtocol':1e-999999999}, {'type':'MATCH_VLAN_ID','vlanId':[1]},"
                + "{'type':'MATCH_CHARACTERISTICS','mask':18446744073709551615}, 7, null, 'x', []]}";
        JsonNode rules = Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .get("rules");

        RuleTable table = RuleJson.read(rules, Limits.BASE_RULES, notes);

        assertThat(table.size()).isEqualTo(4);
        assertThat(table.rules().getLast().u64(0)).isEqualTo(-1);
        assertThat(notes.all()).hasSize(4);
    }

    @Test
    void whatIsNoArrayHasNoRules() {
        assertThat(RuleJson.read(JsonNodeFactory.instance.textNode("accept"), 64, notes)
                        .size())
                .isZero();
    }
}
