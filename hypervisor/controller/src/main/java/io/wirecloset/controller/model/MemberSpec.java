package io.wirecloset.controller.model;

import io.wirecloset.vl1.identity.Identity;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What somebody wants of a member (controller.md 4).
 *
 * @param identity who it must be, without secret; null: whoever first proves to own the address is pinned
 * @param name for people; members are not told
 * @param noAutoAssign no addresses from pools and none derived from ids, only those listed
 * @param addresses given to it by hand; those a controller assigned are kept apart
 * @param tags id to value, both unsigned 32 bits; those it got because the network has a default included
 * @param capabilities ids, unsigned 32 bits; those the network does not define (any more) mean nothing
 * @param remoteTrace in place of the network's if it has a target
 * @param authenticationExpiryMs kept as it is given: it means something to single sign-on only
 */
public record MemberSpec(
        Identity identity,
        String name,
        boolean authorized,
        boolean activeBridge,
        boolean noAutoAssign,
        List<IpAddress> addresses,
        SortedMap<Long, Long> tags,
        SortedSet<Long> capabilities,
        RemoteTrace remoteTrace,
        long authenticationExpiryMs) {

    /** Somebody admitted, with nothing special about it. */
    public static final MemberSpec AUTHORIZED = new MemberSpec(null, true, false, false, List.of());

    /** @throws IllegalArgumentException for more addresses than a configuration carries, or a long name */
    public MemberSpec {
        identity = identity == null ? null : identity.withoutSecret();
        addresses = addresses.stream().distinct().toList();
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
        requireAtMost(Limits.MEMBER_NAME_CHARS, name.length(), "characters in its name");
        requireAtMost(io.wirecloset.vl2.wire.Limits.STATIC_ADDRESSES, addresses.size(), "addresses");
        requireAtMost(Limits.MEMBER_TAGS, tags.size(), "tags");
        requireAtMost(Limits.MEMBER_CAPABILITIES, capabilities.size(), "capabilities");
        if (have33Bits(tags.keySet()) || have33Bits(tags.values()) || have33Bits(capabilities)) {
            throw new IllegalArgumentException(
                    "ids and values of tags and capabilities are numbers from 0 to 4294967295");
        }
    }

    private static void requireAtMost(int limit, int number, String what) {
        if (number > limit) {
            throw new IllegalArgumentException("a member has at most " + limit + " " + what);
        }
    }

    private static boolean have33Bits(Collection<Long> numbers) {
        return numbers.stream().anyMatch(number -> number >>> Integer.SIZE != 0);
    }

    /** With nothing that rules look at. */
    public MemberSpec(
            Identity identity,
            String name,
            boolean authorized,
            boolean activeBridge,
            boolean noAutoAssign,
            List<IpAddress> addresses) {
        this(
                identity,
                name,
                authorized,
                activeBridge,
                noAutoAssign,
                addresses,
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                RemoteTrace.NONE,
                0);
    }

    /** Likewise, without a name. */
    public MemberSpec(
            Identity identity,
            boolean authorized,
            boolean activeBridge,
            boolean noAutoAssign,
            List<IpAddress> addresses) {
        this(identity, "", authorized, activeBridge, noAutoAssign, addresses);
    }

    public MemberSpec withIdentity(Identity newIdentity) {
        return with().identity(newIdentity).build();
    }

    public MemberSpec withAuthorized(boolean newAuthorized) {
        return with().authorized(newAuthorized).build();
    }

    /** Starts from this one. */
    public Builder with() {
        return new Builder(this);
    }

    /** Changes some of it. */
    public static final class Builder {
        private Identity identity;
        private String name;
        private boolean authorized;
        private boolean activeBridge;
        private boolean noAutoAssign;
        private List<IpAddress> addresses;
        private SortedMap<Long, Long> tags;
        private SortedSet<Long> capabilities;
        private RemoteTrace remoteTrace;
        private long authenticationExpiryMs;

        private Builder(MemberSpec from) {
            identity = from.identity;
            name = from.name;
            authorized = from.authorized;
            activeBridge = from.activeBridge;
            noAutoAssign = from.noAutoAssign;
            addresses = from.addresses;
            tags = from.tags;
            capabilities = from.capabilities;
            remoteTrace = from.remoteTrace;
            authenticationExpiryMs = from.authenticationExpiryMs;
        }

        public Builder identity(Identity identity) {
            this.identity = identity;
            return this;
        }

        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder authorized(boolean authorized) {
            this.authorized = authorized;
            return this;
        }

        public Builder activeBridge(boolean activeBridge) {
            this.activeBridge = activeBridge;
            return this;
        }

        public Builder noAutoAssign(boolean noAutoAssign) {
            this.noAutoAssign = noAutoAssign;
            return this;
        }

        public Builder addresses(List<IpAddress> addresses) {
            this.addresses = addresses;
            return this;
        }

        public Builder tags(Map<Long, Long> tags) {
            this.tags = new TreeMap<>(tags);
            return this;
        }

        public Builder capabilities(Collection<Long> capabilities) {
            this.capabilities = new TreeSet<>(capabilities);
            return this;
        }

        public Builder remoteTrace(RemoteTrace remoteTrace) {
            this.remoteTrace = remoteTrace;
            return this;
        }

        public Builder authenticationExpiryMs(long expiryMs) {
            this.authenticationExpiryMs = expiryMs;
            return this;
        }

        public RemoteTrace remoteTrace() {
            return remoteTrace;
        }

        /** @throws IllegalArgumentException for what no configuration can carry */
        public MemberSpec build() {
            return new MemberSpec(
                    identity,
                    name,
                    authorized,
                    activeBridge,
                    noAutoAssign,
                    addresses,
                    tags,
                    capabilities,
                    remoteTrace,
                    authenticationExpiryMs);
        }
    }
}
