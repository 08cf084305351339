package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.language.RuleForm;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules as the stock controller reads and writes them in JSON (rules.md 2). */
final class RuleJson {
    private static final String FIELD = "rules";
    /** Of 64 bits without sign. */
    private static final int MAX_DIGITS = 20;

    private RuleJson() {}

    /**
     * A table. What is no rule, or of a type that stock controllers do not issue, is left out as they do, with a note;
     * so is what is beyond the limit.
     *
     * @param limit entries: {@code Limits.BASE_RULES} or {@code RULES_PER_CAPABILITY}
     * @throws Refusal for a value that means nothing: without its match a rule would be about everything
     */
    static RuleTable read(JsonNode array, int limit, Notes notes) {
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        for (JsonNode entry : array) {
            number++;
            if (rules.size() == limit) {
                notes.add(FIELD, "entries behind the " + limit + "th left out, a table has no more");
                break;
            }
            Map<String, Object> form = form(entry);
            if (!RuleForm.isRule(form)) {
                notes.add(FIELD, "entry " + number + " left out, there is no such type: " + entry.path("type"));
                continue;
            }
            Rule rule = read(form, number);
            if (RuleForm.isIssued(rule)) {
                rules.add(rule);
            } else {
                notes.add(FIELD, "entry " + number + " left out, controllers do not issue " + entry.path("type"));
            }
        }
        return RuleTable.of(rules);
    }

    private static Rule read(Map<String, Object> form, int number) {
        try {
            return RuleForm.read(form);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, FIELD + ": entry " + number + ": " + e.getMessage());
        }
    }

    /** The names and values of one entry; what is nested has no meaning. */
    static Map<String, Object> form(JsonNode entry) {
        Map<String, Object> form = new HashMap<>();
        entry.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isTextual()) {
                form.put(field.getKey(), value.textValue());
            } else if (value.isNumber()) {
                form.put(field.getKey(), whole(value));
            } else if (value.isBoolean()) {
                form.put(field.getKey(), value.booleanValue());
            }
        });
        return form;
    }

    /** What follows the point is cut off; -1 for a number beyond 64 bits, whose digits are never written out. */
    private static long whole(JsonNode value) {
        if (!value.isBigDecimal() && !value.isBigInteger()) {
            return value.longValue();
        }
        BigDecimal exact = value.decimalValue();
        long digits = (long) exact.precision() - exact.scale();
        if (digits <= 0) {
            return 0;
        }
        return digits <= MAX_DIGITS && exact.toBigInteger().bitLength() <= Long.SIZE
                ? exact.toBigInteger().longValue()
                : -1;
    }

    /** Entries that have no JSON form are left out; {@link #read} makes none. */
    static ArrayNode render(RuleTable table) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        table.rules().stream().filter(RuleForm::hasForm).forEach(rule -> array.add(render(rule)));
        return array;
    }

    static ObjectNode render(Rule rule) {
        return object(RuleForm.render(rule));
    }

    static ObjectNode object(Map<String, Object> form) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        form.forEach((field, value) -> {
            switch (value) {
                case String text -> object.put(field, text);
                case Boolean truth -> object.put(field, truth);
                case Number number -> object.put(field, number.longValue());
                case null -> object.putNull(field);
                default -> object.putNull(field);
            }
        });
        return object;
    }
}
