package io.wirecloset.controller.model;

import io.wirecloset.vl1.identity.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A member as it is kept.
 *
 * @param assigned addresses the controller gave it from pools
 * @param revision one more at each change
 * @param createdMs wall time
 * @param lastAuthorization when and how it was last let in
 * @param deauthorizedMs wall time of the last withdrawal, 0 for never
 */
public record Member(
        long networkId,
        long address,
        MemberSpec spec,
        List<IpAddress> assigned,
        long revision,
        long createdMs,
        Authorization lastAuthorization,
        long deauthorizedMs) {

    public Member {
        assigned = List.copyOf(assigned);
    }

    /** As the owner of the network wants it. */
    public static Member create(long networkId, long address, MemberSpec spec, long wallMs) {
        return create(
                networkId,
                address,
                spec,
                wallMs,
                spec.authorized() ? Authorization.byOwner(wallMs) : Authorization.NEVER);
    }

    /** @param how it was let in, or never */
    public static Member create(long networkId, long address, MemberSpec spec, long wallMs, Authorization how) {
        return new Member(networkId, address, spec, List.of(), 1, wallMs, how, 0);
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

    /** With another wish of the owner; what was assigned stays unless the wish is that nothing is. */
    public Member with(MemberSpec newSpec, long wallMs) {
        return with(newSpec, wallMs, Authorization.byOwner(wallMs));
    }

    /** Likewise. @param how it is let in, if this lets it in */
    public Member with(MemberSpec newSpec, long wallMs, Authorization how) {
        boolean begins = newSpec.authorized() && !spec.authorized();
        boolean ends = !newSpec.authorized() && spec.authorized();
        return new Member(
                networkId,
                address,
                newSpec,
                newSpec.noAutoAssign() ? List.of() : assigned,
                revision + 1,
                createdMs,
                begins ? how : lastAuthorization,
                ends ? wallMs : deauthorizedMs);
    }

    /** With what the network gives its members by itself. */
    public Member withEndowment(Map<Long, Long> tags, Set<Long> capabilities) {
        return new Member(
                networkId,
                address,
                spec.with().tags(tags).capabilities(capabilities).build(),
                assigned,
                revision + 1,
                createdMs,
                lastAuthorization,
                deauthorizedMs);
    }

    public Member withAssigned(List<IpAddress> newAssigned) {
        return new Member(
                networkId, address, spec, newAssigned, revision + 1, createdMs, lastAuthorization, deauthorizedMs);
    }

    /** Numbered as what comes after another one, whatever it took to get there; null for the first. */
    public Member after(Member before) {
        return new Member(
                networkId,
                address,
                spec,
                assigned,
                before == null ? 1 : before.revision + 1,
                createdMs,
                lastAuthorization,
                deauthorizedMs);
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
                        other.lastAuthorization,
                        other.deauthorizedMs));
    }
}
