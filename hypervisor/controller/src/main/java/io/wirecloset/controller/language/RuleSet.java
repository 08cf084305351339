package io.wirecloset.controller.language;

import io.wirecloset.vl2.rule.RuleTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a source says: the network's rules, and its capabilities and tags by name, in the order of the source.
 *
 * @param rules as {@link RuleForm forms}
 */
public record RuleSet(
        List<Map<String, Object>> rules, Map<String, CapabilitySource> capabilities, Map<String, TagSource> tags) {

    /** Characters of a source. */
    public static final int MAX_CHARS = 1 << 18;

    /** @param isDefault given to every new member */
    public record CapabilitySource(long id, boolean isDefault, List<Map<String, Object>> rules) {
        public CapabilitySource {
            rules = List.copyOf(rules);
        }

        public RuleTable table() {
            return tableOf(rules);
        }
    }

    /**
     * @param standard the value of every new member, null for none
     * @param enums and flags values by name
     */
    public record TagSource(long id, Long standard, Map<String, Long> enums, Map<String, Long> flags) {
        public TagSource {
            enums = inOrder(enums);
            flags = inOrder(flags);
        }

        /** What a name of this tag, or a number, stands for; null for anything else. */
        public Long valueOf(String nameOrNumber) {
            String name = nameOrNumber.toLowerCase(Locale.ROOT);
            if (flags.containsKey(name)) {
                return flags.get(name);
            }
            if (enums.containsKey(name)) {
                return enums.get(name);
            }
            long number = Numbers.whole(nameOrNumber);
            return number >= 0 && number <= Numbers.U32 ? number : null;
        }
    }

    public RuleSet {
        rules = List.copyOf(rules);
        capabilities = inOrder(capabilities);
        tags = inOrder(tags);
    }

    private static <V> Map<String, V> inOrder(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * Compiles a source of the rule language (rules.md 7).
     *
     * @throws RuleError at the first thing that is wrong
     */
    public static RuleSet compile(String source) throws RuleError {
        if (source.length() > MAX_CHARS) {
            throw new RuleError(new Word("", 1, 1), "more than " + MAX_CHARS + " characters");
        }
        return new Compiler(Document.parse(source)).compile();
    }

    /** The network's table. */
    public RuleTable table() {
        return tableOf(rules);
    }

    private static RuleTable tableOf(List<Map<String, Object>> forms) {
        return RuleTable.of(forms.stream().map(RuleForm::read).toList());
    }
}
