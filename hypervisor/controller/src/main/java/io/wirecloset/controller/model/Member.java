package io.wirecloset.controller.model;

import io.wirecloset.vl1.identity.Identity;
import java.util.ArrayList;
import java.util.List;

/**
 * A member as it is kept.
 *
 * @param assigned addresses the controller gave it from pools
 * @param revision one more at each change
 * @param createdMs wall time
 * @param authorizedMs wall time of the last authorization, 0 for never
 * @param deauthorizedMs wall time of the last withdrawal, 0 for never
 */
public record Member(
        long networkId,
        long address,
        MemberSpec spec,
        List<IpAddress> assigned,
        long revision,
        long createdMs,
        long authorizedMs,
        long deauthorizedMs) {

    public Member {
        assigned = List.copyOf(assigned);
    }

    public static Member create(long networkId, long address, MemberSpec spec, long wallMs) {
        return new Member(networkId, address, spec, List.of(), 1, wallMs, spec.authorized() ? wallMs : 0, 0);
    }

    /** Who it is; null until that is known. */
    public Identity identity() {
        return spec.identity();
    }

    public boolean authorized() {
        return spec.authorized();
    }

    /** Those given by hand, then those assigned. */
    public List<IpAddress> addresses() {
        List<IpAddress> all = new ArrayList<>(spec.addresses());
        assigned.stream().filter(ip -> !spec.addresses().contains(ip)).forEach(all::add);
        return all;
    }

    /** With another wish; what was assigned stays unless the wish is that nothing is. */
    public Member with(MemberSpec newSpec, long wallMs) {
        boolean begins = newSpec.authorized() && !spec.authorized();
        boolean ends = !newSpec.authorized() && spec.authorized();
        return new Member(
                networkId,
                address,
                newSpec,
                newSpec.noAutoAssign() ? List.of() : assigned,
                revision + 1,
                createdMs,
                begins ? wallMs : authorizedMs,
                ends ? wallMs : deauthorizedMs);
    }

    public Member withAssigned(List<IpAddress> newAssigned) {
        return new Member(networkId, address, spec, newAssigned, revision + 1, createdMs, authorizedMs, deauthorizedMs);
    }

    /** Whether both say the same, whatever their revisions: then nothing is saved. */
    public boolean sameAs(Member other) {
        return other != null
                && equals(new Member(
                        other.networkId,
                        other.address,
                        other.spec,
                        other.assigned,
                        revision,
                        other.createdMs,
                        other.authorizedMs,
                        other.deauthorizedMs));
    }
}
