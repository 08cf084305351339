package io.wirecloset.vl2.network;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.wire.Timing;

/** One other node on one network, as the control loop sees it: what it proved, and what we told it when. */
public final class Member {
    static final long NEVER = Long.MIN_VALUE / 2;

    private final long address;
    private final long mac;
    private final Membership membership = new Membership();

    /** The identity that passed, or failed, the gate last; null before the first time. */
    private Identity identity;

    private boolean admitted;
    private Party party = Party.NONE;
    private long credentialsPushedMs = NEVER;
    private long groupsAnnouncedMs = NEVER;

    Member(long address, long networkId) {
        this.address = address;
        this.mac = Mac.of(address, networkId);
    }

    public long address() {
        return address;
    }

    public long mac() {
        return mac;
    }

    public Membership membership() {
        return membership;
    }

    /** Whether it passes the gate, as far as we know its identity. */
    public boolean isAdmitted() {
        return admitted;
    }

    public Identity identity() {
        return identity;
    }

    void judged(Identity who, boolean passes) {
        identity = who;
        admitted = passes;
    }

    /** Itself as the rules see it: what counts now of the credentials it has shown. */
    public Party party() {
        return party;
    }

    void party(Party next) {
        party = next;
    }

    /** When our credentials must be pushed before a frame goes to it (vl2.md 7.2). @param configuredMs when our configuration was accepted */
    public long credentialsGoodUntilMs(long configuredMs) {
        return credentialsPushedMs < configuredMs ? NEVER : credentialsPushedMs + Timing.CREDENTIALS_PUSH_MS;
    }

    public long credentialsPushedMs() {
        return credentialsPushedMs;
    }

    public void credentialsPushed(long nowMs) {
        credentialsPushedMs = nowMs;
    }

    public long groupsAnnouncedMs() {
        return groupsAnnouncedMs;
    }

    public void groupsAnnounced(long nowMs) {
        groupsAnnouncedMs = nowMs;
    }
}
