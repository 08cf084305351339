package io.wirecloset.controller.language;

import io.wirecloset.controller.language.Document.Action;
import io.wirecloset.controller.language.Document.Capability;
import io.wirecloset.controller.language.Document.Clause;
import io.wirecloset.controller.language.Document.Include;
import io.wirecloset.controller.language.Document.Macro;
import io.wirecloset.controller.language.Document.Match;
import io.wirecloset.controller.language.Document.Statement;
import io.wirecloset.controller.language.Document.Tag;
import io.wirecloset.controller.language.RuleSet.CapabilitySource;
import io.wirecloset.controller.language.RuleSet.TagSource;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes rules of a document: definitions first, so that their order does not matter; then macros are put in. */
final class Compiler {
    private static final int MOST_INCLUDES = 10_000;
    private static final int DEEPEST_INCLUDE = 32;
    private static final int TAG_BITS = 32;
    private static final int ADDRESS_DIGITS = 10;

    private final Document document;
    private final Map<String, TagSource> tags = new LinkedHashMap<>();
    private int includes;

    // the table being made
    private List<Map<String, Object>> rules;
    private int limit;

    Compiler(Document document) {
        this.document = document;
    }

    RuleSet compile() throws RuleError {
        for (Tag tag : document.tags()) {
            if (tags.putIfAbsent(tag.name().folded(), tag(tag)) != null) {
                throw new RuleError(tag.name(), "there is a tag of this name already");
            }
        }
        Map<String, CapabilitySource> capabilities = new LinkedHashMap<>();
        for (Capability capability : document.capabilities()) {
            CapabilitySource made = capability(capability);
            for (CapabilitySource other : capabilities.values()) {
                if (other.id() == made.id()) {
                    throw new RuleError(capability.name(), "another capability has the id " + made.id());
                }
            }
            if (capabilities.putIfAbsent(capability.name().folded(), made) != null) {
                throw new RuleError(capability.name(), "there is a capability of this name already");
            }
        }
        return new RuleSet(table(document.rules(), Limits.BASE_RULES), capabilities, tags);
    }

    // ---- definitions

    private TagSource tag(Tag tag) throws RuleError {
        Map<String, Long> enums = new LinkedHashMap<>();
        Map<String, Long> flags = new LinkedHashMap<>();
        Long id = null;
        Word standard = null;
        for (Clause clause : tag.clauses()) {
            Word first = clause.arguments().getFirst();
            switch (clause.first().folded()) {
                case "id" -> id = id(clause, id);
                case "default" -> {
                    if (standard != null) {
                        throw new RuleError(clause.first(), "there is a default already");
                    }
                    standard = first;
                }
                case "flag" -> define(clause.arguments().getLast(), bits(first, flags), flags);
                default -> define(clause.arguments().getLast(), number(first, 0, Numbers.U32), enums);
            }
        }
        requireId(id, tag.name());
        return new TagSource(id, standard == null ? null : standard(standard, enums, flags), enums, flags);
    }

    /** Text that is neither a name nor a number is 0. */
    private static long standard(Word value, Map<String, Long> enums, Map<String, Long> flags) throws RuleError {
        String name = value.folded();
        if (enums.containsKey(name)) {
            return enums.get(name);
        }
        if (flags.containsKey(name)) {
            return flags.get(name);
        }
        return Numbers.whole(value.text()) == Numbers.NONE ? 0 : number(value, 0, Numbers.U32);
    }

    private static void define(Word name, long value, Map<String, Long> names) throws RuleError {
        Document.checkName(name);
        if (names.putIfAbsent(name.folded(), value) != null) {
            throw new RuleError(name, "this tag has the name '" + name.text() + "' already");
        }
    }

    private static long bits(Word list, Map<String, Long> flags) throws RuleError {
        long value = 0;
        for (String one : list.text().split(",", -1)) {
            Long named = flags.get(one.toLowerCase(Locale.ROOT));
            if (named != null) {
                value |= named;
                continue;
            }
            long bit = Numbers.whole(one, 0, TAG_BITS - 1);
            if (bit == Numbers.NONE) {
                throw new RuleError(list, "expected bits 0 to 31 or flags of this tag, found '" + one + "'");
            }
            value |= 1L << bit;
        }
        return value;
    }

    private static Long id(Clause clause, Long before) throws RuleError {
        if (before != null) {
            throw new RuleError(clause.first(), "there is an id already");
        }
        return number(clause.arguments().getFirst(), 0, Numbers.U32);
    }

    private static void requireId(Long id, Word name) throws RuleError {
        if (id == null) {
            throw new RuleError(name, "'" + name.text() + "' has no id: say 'id' and a number");
        }
    }

    private CapabilitySource capability(Capability capability) throws RuleError {
        Long id = null;
        boolean isDefault = false;
        for (Clause clause : capability.clauses()) {
            if (clause.first().folded().equals("id")) {
                id = id(clause, id);
            } else {
                isDefault = true;
            }
        }
        requireId(id, capability.name());
        return new CapabilitySource(id, isDefault, table(capability.body(), Limits.RULES_PER_CAPABILITY));
    }

    // ---- rules

    private List<Map<String, Object>> table(List<Statement> statements, int most) throws RuleError {
        rules = new ArrayList<>();
        limit = most;
        for (Statement statement : statements) {
            render(statement, Map.of(), 0);
        }
        return rules;
    }

    /** @param values of the parameters of the macro this stands in */
    private void render(Statement statement, Map<String, String> values, int depth) throws RuleError {
        switch (statement) {
            case Action action -> render(action, values);
            case Include include -> render(include, values, depth);
        }
    }

    private void render(Include include, Map<String, String> outer, int depth) throws RuleError {
        Word name = include.name();
        Macro macro = document.macros().get(name.folded());
        if (macro == null) {
            throw new RuleError(name, "there is no macro '" + name.text() + "'");
        }
        if (depth == DEEPEST_INCLUDE || ++includes > MOST_INCLUDES) {
            throw new RuleError(name, "macros include each other without end, or too often");
        }
        int given = include.arguments().size();
        if (given != macro.parameters().size()) {
            throw new RuleError(
                    name,
                    "macro '" + name.text() + "' takes " + macro.parameters().size() + " arguments, here are " + given);
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < given; i++) {
            values.put(
                    macro.parameters().get(i),
                    valueOf(include.arguments().get(i), outer).text());
        }
        for (Statement statement : macro.body()) {
            render(statement, values, depth + 1);
        }
    }

    private void render(Action action, Map<String, String> values) throws RuleError {
        for (Match match : action.matches()) {
            List<Word> arguments = new ArrayList<>();
            for (Word argument : match.arguments()) {
                arguments.add(valueOf(argument, values));
            }
            add(new Matches(tags).form(match, arguments), match.keyword());
        }
        Map<String, Object> form = new LinkedHashMap<>();
        String keyword = action.keyword().folded();
        form.put("type", "ACTION_" + keyword.toUpperCase(Locale.ROOT));
        if (!action.arguments().isEmpty()) {
            Word target = valueOf(action.arguments().getLast(), values);
            form.put("address", target(target));
            if (!keyword.equals("redirect")) {
                form.put("length", number(valueOf(action.arguments().getFirst(), values), -1, 0xffff));
            }
        }
        add(form, action.keyword());
    }

    private void add(Map<String, Object> form, Word at) throws RuleError {
        if (rules.size() == limit) {
            throw new RuleError(at, "more than " + limit + " entries; each match and each action is one");
        }
        rules.add(form);
    }

    private static Word valueOf(Word argument, Map<String, String> values) throws RuleError {
        if (!argument.text().startsWith("$")) {
            return argument;
        }
        String value = values.get(argument.text());
        if (value == null) {
            throw new RuleError(argument, "there is no parameter '" + argument.text() + "' here");
        }
        return argument.as(value);
    }

    private static String target(Word address) throws RuleError {
        if (address.text().length() != ADDRESS_DIGITS || !address.text().matches("[0-9a-fA-F]+")) {
            throw new RuleError(
                    address, "expected the ten hexadecimal digits of a node address, found '" + address.text() + "'");
        }
        return address.text();
    }

    static long number(Word word, long least, long most) throws RuleError {
        long value = Numbers.whole(word.text(), least, most);
        if (value == Numbers.NONE) {
            throw new RuleError(
                    word, "expected a number from " + least + " to " + most + ", found '" + word.text() + "'");
        }
        return value;
    }
}
