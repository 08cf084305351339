package io.wirecloset.controller.issue;

import io.wirecloset.controller.model.CapabilityDefinition;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.TagDefinition;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What rules look at and a network gives its members by itself (controller.md 6). It is noted with the member, so that
 * another default later does not change what it has.
 */
public final class Endowment {
    private Endowment() {}

    /**
     * The member as it should be kept: with the default of each tag it has no value of, and, if its own request makes it
     * a member now, with the capabilities new members get. The same member if nothing changes.
     *
     * @param member evaluates rules
     */
    public static Member endow(NetworkSpec network, Member member, boolean isNew) {
        SortedMap<Long, Long> tags = tags(network, member);
        SortedSet<Long> capabilities =
                isNew ? capabilities(network, member) : member.spec().capabilities();
        return tags.equals(member.spec().tags())
                        && capabilities.equals(member.spec().capabilities())
                ? member
                : member.withEndowment(tags, capabilities);
    }

    private static SortedMap<Long, Long> tags(NetworkSpec network, Member member) {
        SortedMap<Long, Long> tags = new TreeMap<>(member.spec().tags());
        for (TagDefinition definition : network.tags()) {
            if (definition.defaultValue().isPresent() && tags.size() < Limits.MEMBER_TAGS) {
                tags.putIfAbsent(definition.id(), definition.defaultValue().getAsLong());
            }
        }
        return tags;
    }

    private static SortedSet<Long> capabilities(NetworkSpec network, Member member) {
        SortedSet<Long> capabilities = new TreeSet<>(member.spec().capabilities());
        network.capabilities().stream()
                .filter(CapabilityDefinition::isDefault)
                .map(CapabilityDefinition::id)
                .limit(Math.max(0, Limits.MEMBER_CAPABILITIES - capabilities.size()))
                .forEach(capabilities::add);
        return capabilities;
    }
}
