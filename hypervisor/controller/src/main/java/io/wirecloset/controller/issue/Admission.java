package io.wirecloset.controller.issue;

import io.wirecloset.controller.model.Authorization;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
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
     * @param token that it shows, or null
     */
    static Admission decide(Network network, Member member, Identity asking, String token, long wallMs) {
        Identity who = asking.withoutSecret();
        if (member != null && member.identity() != null && !member.identity().equals(who)) {
            return new Denied("another identity was admitted under this address");
        }
        if (member != null && member.authorized()) {
            return new Granted(
                    member.identity() != null
                            ? member
                            : member.with(member.spec().withIdentity(who), wallMs));
        }
        Authorization how = byItself(network.spec(), token, wallMs);
        if (how == null) {
            return member == null ? new Stranger() : new Denied("not authorized");
        }
        MemberSpec admitted =
                (member == null ? MemberSpec.AUTHORIZED : member.spec().withAuthorized(true)).withIdentity(who);
        return new Granted(
                member == null
                        ? Member.create(network.id(), who.address(), admitted, wallMs, how)
                        : member.with(admitted, wallMs, how));
    }

    /** What lets somebody in without the owner; null for nothing. */
    private static Authorization byItself(NetworkSpec network, String token, long wallMs) {
        if (!network.isPrivate()) {
            return Authorization.byPublicNetwork(wallMs);
        }
        return network.tokens().admits(token, wallMs) ? Authorization.byToken(wallMs, token) : null;
    }
}
