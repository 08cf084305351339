package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of rules, of a network or of a capability. Immutable, shared by lanes.
 *
 * <p>{@link Filter} evaluates it. The two decisions here know only the table that is exactly "accept"; any other fails
 * closed, and {@link #unsupportedReason} says why in words for the network's status.
 */
public final class RuleTable {
    public static final RuleTable EMPTY = new RuleTable(List.of());
    public static final RuleTable ACCEPT = new RuleTable(List.of(Rule.ACCEPT));

    private final List<Rule> rules;
    private final Program program;
    private final boolean acceptOnly;

    private RuleTable(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        this.program = Program.of(this.rules);
        this.acceptOnly = rules.size() == 1 && rules.getFirst().type() == RuleType.ACCEPT;
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

    public boolean isAcceptOnly() {
        return acceptOnly;
    }

    /** Why no frame passes this table here, in words a user can act on; null if it is evaluated. */
    public String unsupportedReason() {
        if (acceptOnly) {
            return null;
        }
        if (rules.isEmpty()) {
            return "the network has no rules, so nothing is allowed";
        }
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).type() != RuleType.ACCEPT) {
                return "rule " + (i + 1) + " of " + rules.size() + " (" + rules.get(i)
                        + ") is not evaluated by this version; every frame is dropped";
            }
        }
        return "a table of " + rules.size() + " entries is not evaluated by this version; every frame is dropped";
    }

    /** What happens to a frame we send. */
    public Decision outbound(FrameFacts frame) {
        return acceptOnly ? Decision.ACCEPT : Decision.NOT_SUPPORTED;
    }

    /** What happens to a frame we received. */
    public Decision inbound(FrameFacts frame) {
        return acceptOnly ? Decision.ACCEPT : Decision.NOT_SUPPORTED;
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
