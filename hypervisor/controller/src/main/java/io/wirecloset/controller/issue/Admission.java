package io.wirecloset.controller.issue;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.vl1.identity.Identity;

/** What becomes of somebody who asks for a configuration (controller.md 5). */
public sealed interface Admission {
    /** No member, and the network is private: remembered for whoever decides, never stored. */
    record Stranger() implements Admission {}

    /** Known, but not admitted, or not the one who was admitted under this address. */
    record Denied(String why) implements Admission {}

    /**
     * Admitted.
     *
     * @param member as it must be stored before anything is signed for it
     */
    record Granted(Member member) implements Admission {}

    /**
     * Decides. Trust goes to the full identity: a second key with the same 40-bit address is refused.
     *
     * @param member as it is kept, or null
     */
    static Admission decide(Network network, Member member, Identity asking, long wallMs) {
        boolean isPublic = !network.spec().isPrivate();
        Identity who = asking.withoutSecret();
        if (member == null) {
            return isPublic
                    ? new Granted(
                            Member.create(network.id(), who.address(), MemberSpec.AUTHORIZED.withIdentity(who), wallMs))
                    : new Stranger();
        }
        if (member.identity() != null && !member.identity().equals(who)) {
            return new Denied("another identity was admitted under this address");
        }
        if (!member.authorized() && !isPublic) {
            return new Denied("not authorized");
        }
        if (member.authorized() && member.identity() != null) {
            return new Granted(member);
        }
        return new Granted(member.with(member.spec().withIdentity(who).withAuthorized(true), wallMs));
    }
}
