package io.wirecloset.controller.model;

import java.util.OptionalLong;

/**
 * A number that members of a network can be given for rules to compare (controller.md 3).
 *
 * @param id unsigned 32 bits
 * @param defaultValue unsigned 32 bits, for every member that has no value of its own; empty: those have no such tag
 */
public record TagDefinition(long id, OptionalLong defaultValue) {
    /** @throws IllegalArgumentException for numbers of more than 32 bits */
    public TagDefinition {
        if (id >>> Integer.SIZE != 0 || defaultValue.orElse(0) >>> Integer.SIZE != 0) {
            throw new IllegalArgumentException("a tag's id and value are numbers from 0 to 4294967295");
        }
    }
}
