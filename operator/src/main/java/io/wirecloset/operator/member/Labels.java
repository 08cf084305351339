package io.wirecloset.operator.member;

import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.controller.language.RuleSet.CapabilitySource;
import io.wirecloset.controller.language.RuleSet.TagSource;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.operator.status.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A member's tags and capabilities: what the network's rules give everybody, and what its spec chooses, by the names of
 * the rules. Computed from both each time, so a default counts for all who do not choose, also when it changes, and
 * nothing about it has to survive.
 *
 * @param tags id to value
 * @param capabilities ids
 * @param tagTexts name=value, in the order of the rules
 * @param capabilityNames in the order of the rules
 * @param unknown what the spec names and the rules do not define; rules cannot speak of it, so it changes nothing
 * @param refusal a value that the tag does not have: the default in its place might allow more than was meant
 */
public record Labels(
        SortedMap<Long, Long> tags,
        SortedSet<Long> capabilities,
        List<String> tagTexts,
        List<String> capabilityNames,
        List<String> unknown,
        Optional<Refusal> refusal) {

    /** @param rules null for a network without rules, which defines neither */
    static Labels of(ZeroTierMemberSpec spec, RuleSet rules) {
        return new Reading(rules == null ? new RuleSet(List.of(), Map.of(), Map.of()) : rules).of(spec);
    }

    private static final class Reading {
        private final RuleSet rules;
        private final SortedMap<Long, Long> tags = new TreeMap<>();
        private final SortedSet<Long> capabilities = new TreeSet<>();
        private final List<String> unknown = new ArrayList<>();
        private Refusal refusal;

        Reading(RuleSet rules) {
            this.rules = rules;
        }

        Labels of(ZeroTierMemberSpec spec) {
            for (TagSource tag : rules.tags().values()) {
                if (tag.standard() != null) {
                    tags.put(tag.id(), tag.standard());
                }
            }
            for (CapabilitySource capability : rules.capabilities().values()) {
                if (capability.isDefault()) {
                    capabilities.add(capability.id());
                }
            }
            nullToEmpty(spec.tags).forEach(this::choose);
            nullToEmpty(spec.capabilities).forEach(this::take);
            return new Labels(
                    Collections.unmodifiableSortedMap(tags),
                    Collections.unmodifiableSortedSet(capabilities),
                    tagTexts(),
                    capabilityNames(),
                    List.copyOf(unknown),
                    Optional.ofNullable(refusal));
        }

        private void choose(ZeroTierMemberSpec.Tag wanted) {
            TagSource tag = rules.tags().get(folded(wanted.name));
            if (tag == null) {
                unknown.add("tag \"" + wanted.name + "\"");
                return;
            }
            Long value = tag.valueOf(wanted.value == null ? "" : wanted.value);
            if (value == null) {
                refusal = new Refusal(
                        "BadTagValue",
                        "spec.tags: tag \"" + wanted.name + "\" has no value \"" + wanted.value + "\": choose one of "
                                + String.join(", ", names(tag)) + " or a number up to 4294967295");
                return;
            }
            tags.put(tag.id(), value);
        }

        private static List<String> names(TagSource tag) {
            List<String> names = new ArrayList<>(tag.enums().keySet());
            names.addAll(tag.flags().keySet());
            return names;
        }

        private void take(String name) {
            CapabilitySource capability = rules.capabilities().get(folded(name));
            if (capability == null) {
                unknown.add("capability \"" + name + "\"");
            } else {
                capabilities.add(capability.id());
            }
        }

        private List<String> tagTexts() {
            List<String> texts = new ArrayList<>();
            rules.tags().forEach((name, tag) -> {
                Long value = tags.get(tag.id());
                if (value != null) {
                    texts.add(name + "=" + nameOf(tag, value));
                }
            });
            return List.copyOf(texts);
        }

        private static String nameOf(TagSource tag, long value) {
            return tag.enums().entrySet().stream()
                    .filter(e -> e.getValue() == value)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(Long.toString(value));
        }

        private List<String> capabilityNames() {
            return rules.capabilities().entrySet().stream()
                    .filter(e -> capabilities.contains(e.getValue().id()))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** Names in rules know no case. */
        private static String folded(String name) {
            return name == null ? "" : name.toLowerCase(Locale.ROOT);
        }

        private static <T> List<T> nullToEmpty(List<T> list) {
            return list == null ? List.of() : list;
        }
    }
}
