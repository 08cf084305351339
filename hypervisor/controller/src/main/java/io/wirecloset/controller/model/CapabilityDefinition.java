package io.wirecloset.controller.model;

import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;

/**
 * Rules that members of a network can be given to carry along (controller.md 3).
 *
 * @param id unsigned 32 bits
 * @param isDefault whether those who are let in by their own first request get it
 */
public record CapabilityDefinition(long id, boolean isDefault, RuleTable rules) {
    /** @throws IllegalArgumentException for an id of more than 32 bits, or more rules than a capability carries */
    public CapabilityDefinition {
        require(id >>> Integer.SIZE == 0, "a capability's id is a number from 0 to 4294967295");
        require(
                rules.size() <= Limits.RULES_PER_CAPABILITY,
                "a capability has at most " + Limits.RULES_PER_CAPABILITY + " rules");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
