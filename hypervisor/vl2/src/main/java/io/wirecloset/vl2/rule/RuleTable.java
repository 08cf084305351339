package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of rules, of a network or of a capability. Immutable, shared by lanes; evaluated by {@link Filter}.
 */
public final class RuleTable {
    public static final RuleTable EMPTY = new RuleTable(List.of());
    public static final RuleTable ACCEPT = new RuleTable(List.of(Rule.ACCEPT));

    private final List<Rule> rules;
    private final Program program;

    private RuleTable(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        this.program = Program.of(this.rules);
    }

    /** @throws IllegalArgumentException for more than {@link Limits#BASE_RULES} */
    public static RuleTable of(List<Rule> rules) {
        if (rules.size() > Limits.BASE_RULES) {
            throw new IllegalArgumentException("a rule table has at most " + Limits.BASE_RULES + " entries");
        }
        return new RuleTable(rules);
    }

    /**
     * Reads a table that has no count: to the end of the bytes, or to the limit of a network's table.
     *
     * @throws MalformedException if an entry is cut
     */
    public static RuleTable read(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        List<Rule> rules = new ArrayList<>();
        while (in.hasRemaining() && rules.size() < Limits.BASE_RULES) {
            rules.add(Rule.read(in));
        }
        return new RuleTable(rules);
    }

    /**
     * Reads this many entries.
     *
     * @throws MalformedException if one is cut or missing
     */
    public static RuleTable read(WireReader in, int count) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(Rule.read(in));
        }
        return new RuleTable(rules);
    }

    public void write(WireWriter out) {
        for (Rule rule : rules) {
            rule.write(out);
        }
    }

    public byte[] toBytes() {
        WireWriter out = new WireWriter(64);
        write(out);
        return out.toByteArray();
    }

    public List<Rule> rules() {
        return rules;
    }

    public int size() {
        return rules.size();
    }

    Program program() {
        return program;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RuleTable other && rules.equals(other.rules);
    }

    @Override
    public int hashCode() {
        return rules.hashCode();
    }

    @Override
    public String toString() {
        return rules.toString();
    }
}
