package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Rules a member carries along and shows to others (vl2.md 6.4), with the chain of those who passed it on. Controllers
 * issue them with a chain of one.
 *
 * <p>The signatures cover what the capability says, not to whom it was given: who has seen one can put another holder
 * in. So it proves that the controller wants these rules somewhere, and which member they are for only as far as the
 * sender is believed.
 *
 * <pre>u64 network id | u64 timestamp | u32 id | u16 rule count | rules | u8 max custody length
 * | repeated ( a[5] to | a[5] from | signature field ) | a[5] zero | u16 0</pre>
 */
public final class Capability implements Credential {
    private final long networkId;
    private final long timestamp;
    private final long id;
    private final RuleTable rules;
    private final int maxCustodyLength;
    private final List<Custody> custody;

    /** One step of the chain: who gave it to whom. */
    private record Custody(long to, long from, byte[] signature) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Custody other
                    && to == other.to
                    && from == other.from
                    && Arrays.equals(signature, other.signature);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(to) * 31 + Long.hashCode(from);
        }
    }

    private Capability(
            long networkId, long timestamp, long id, RuleTable rules, int maxCustodyLength, List<Custody> custody) {
        this.networkId = networkId;
        this.timestamp = timestamp;
        this.id = id & 0xffff_ffffL;
        this.rules = rules;
        this.maxCustodyLength = maxCustodyLength;
        this.custody = List.copyOf(custody);
    }

    /**
     * @param maxCustodyLength 1 for a capability its holder may not pass on
     * @param controller with its secret
     * @throws IllegalArgumentException for more rules than a capability may have, or a chain that no reader takes
     */
    public static Capability issue(
            long networkId,
            long timestamp,
            long id,
            RuleTable rules,
            int maxCustodyLength,
            long issuedTo,
            Identity controller) {
        if (rules.size() > Limits.RULES_PER_CAPABILITY) {
            throw new IllegalArgumentException("a capability has at most " + Limits.RULES_PER_CAPABILITY + " rules");
        }
        if (maxCustodyLength < 1 || maxCustodyLength > Limits.CUSTODY_CHAIN) {
            throw new IllegalArgumentException("a chain of custody has 1 to " + Limits.CUSTODY_CHAIN + " entries");
        }
        return new Capability(networkId, timestamp, id, rules, maxCustodyLength, List.of())
                .passedOn(issuedTo, controller);
    }

    /**
     * The same capability in the hands of another node.
     *
     * @param from the present holder (or the controller), with its secret
     * @throws IllegalStateException if the chain has its full length
     */
    public Capability passedOn(long to, Identity from) {
        if (custody.size() >= maxCustodyLength) {
            throw new IllegalStateException("this capability may not be passed on");
        }
        byte[] message = signedMessage();
        List<Custody> longer = new ArrayList<>(custody);
        longer.add(new Custody(to, from.address(), from.sign(message, 0, message.length)));
        return new Capability(networkId, timestamp, id, rules, maxCustodyLength, longer);
    }

    /** @throws MalformedException */
    public static Capability read(WireReader in) {
        long networkId = in.u64();
        long timestamp = in.u64();
        long id = in.u32();
        int ruleCount = in.u16();
        if (ruleCount > Limits.RULES_PER_CAPABILITY) {
            throw new MalformedException("capability with too many rules");
        }
        RuleTable rules = RuleTable.read(in, ruleCount);
        int maxCustodyLength = in.u8();
        if (maxCustodyLength < 1 || maxCustodyLength > Limits.CUSTODY_CHAIN) {
            throw new MalformedException("bad length of a chain of custody");
        }
        List<Custody> custody = readChain(in, maxCustodyLength);
        SignatureField.skipAdditionalFields(in);
        return new Capability(networkId, timestamp, id, rules, maxCustodyLength, custody);
    }

    private static List<Custody> readChain(WireReader in, int maxLength) {
        List<Custody> chain = new ArrayList<>(1);
        for (long to = in.address(); to != 0; to = in.address()) {
            if (chain.size() == maxLength) {
                throw new MalformedException("chain of custody longer than it may be");
            }
            chain.add(new Custody(to, in.address(), SignatureField.read(in)));
        }
        return chain;
    }

    @Override
    public void write(WireWriter out) {
        writeBody(out);
        for (Custody step : custody) {
            out.address(step.to()).address(step.from());
            SignatureField.write(out, step.signature());
        }
        out.address(0).u16(0);
    }

    /** The same for every link of the chain. */
    byte[] signedMessage() {
        WireWriter out = new WireWriter(128);
        out.u64(Wire.SIGNATURE_GUARD);
        writeBody(out);
        return out.u16(0).u64(Wire.SIGNATURE_GUARD).toByteArray();
    }

    private void writeBody(WireWriter out) {
        out.u64(networkId).u64(timestamp).u32(id).u16(rules.size());
        rules.write(out);
        out.u8(maxCustodyLength);
    }

    @Override
    public Verdict verify(LongFunction<Identity> identities) {
        if (custody.isEmpty()) {
            return Verdict.BAD;
        }
        byte[] message = signedMessage();
        long holder = NetworkIds.controllerOf(networkId);
        for (Custody step : custody) {
            if (step.from() != holder) {
                return Verdict.BAD;
            }
            Verdict verdict = SignatureField.of(step.from(), message, step.signature(), identities);
            if (verdict != Verdict.OK) {
                return verdict;
            }
            holder = step.to();
        }
        return Verdict.OK;
    }

    public RuleTable rules() {
        return rules;
    }

    public int maxCustodyLength() {
        return maxCustodyLength;
    }

    @Override
    public int type() {
        return TYPE_CAPABILITY;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long networkId() {
        return networkId;
    }

    @Override
    public long timestamp() {
        return timestamp;
    }

    /** The holder: the last one it was passed to; 0 without a chain. */
    @Override
    public long issuedTo() {
        return custody.isEmpty() ? 0 : custody.getLast().to();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Capability other
                && networkId == other.networkId
                && timestamp == other.timestamp
                && id == other.id
                && maxCustodyLength == other.maxCustodyLength
                && rules.equals(other.rules)
                && custody.equals(other.custody);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(timestamp) * 31 + Long.hashCode(id);
    }
}
