package io.wirecloset.controller.model;

import io.wirecloset.vl1.identity.Identity;
import java.util.List;

/**
 * What somebody wants of a member (controller.md 4).
 *
 * @param identity who it must be, without secret; null: whoever first proves to own the address is pinned
 * @param name for people; members are not told
 * @param noAutoAssign no addresses from pools and none derived from ids, only those listed
 * @param addresses given to it by hand; those a controller assigned are kept apart
 */
public record MemberSpec(
        Identity identity,
        String name,
        boolean authorized,
        boolean activeBridge,
        boolean noAutoAssign,
        List<IpAddress> addresses) {

    /** Somebody admitted, with nothing special about it. */
    public static final MemberSpec AUTHORIZED = new MemberSpec(null, true, false, false, List.of());

    /** @throws IllegalArgumentException for more addresses than a configuration carries, or a long name */
    public MemberSpec {
        if (name.length() > Limits.MEMBER_NAME_CHARS) {
            throw new IllegalArgumentException(
                    "a member's name has at most " + Limits.MEMBER_NAME_CHARS + " characters");
        }
        identity = identity == null ? null : identity.withoutSecret();
        addresses = addresses.stream().distinct().toList();
        if (addresses.size() > io.wirecloset.vl2.wire.Limits.STATIC_ADDRESSES) {
            throw new IllegalArgumentException(
                    "a member has at most " + io.wirecloset.vl2.wire.Limits.STATIC_ADDRESSES + " addresses");
        }
    }

    /** Without a name. */
    public MemberSpec(
            Identity identity,
            boolean authorized,
            boolean activeBridge,
            boolean noAutoAssign,
            List<IpAddress> addresses) {
        this(identity, "", authorized, activeBridge, noAutoAssign, addresses);
    }

    public MemberSpec withIdentity(Identity newIdentity) {
        return new MemberSpec(newIdentity, name, authorized, activeBridge, noAutoAssign, addresses);
    }

    public MemberSpec withAuthorized(boolean newAuthorized) {
        return new MemberSpec(identity, name, newAuthorized, activeBridge, noAutoAssign, addresses);
    }
}
