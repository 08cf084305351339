package io.wirecloset.controller.issue;

import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.wire.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which addresses a member has, and which it is given next (controller.md 6, 7). Functions of what is known. */
public final class Addressing {
    private static final int LAST_BYTE = 0xff;

    private Addressing() {}

    /**
     * The member as it should be kept: with an address from the pools of each family the network assigns, if it has none
     * of that family that the routes cover. The same member if nothing changes.
     *
     * <p>Addresses assigned before that no route covers any more are given back when another takes their place.
     *
     * @param taken whether another member of the network has an address
     * @param random for IPv6 addresses that do not follow from the node's
     */
    public static Member assign(NetworkSpec network, Member member, Predicate<IpAddress> taken, RandomSource random) {
        if (member.spec().noAutoAssign()) {
            return member;
        }
        Predicate<IpAddress> unusable = taken.or(member.addresses()::contains);
        Member with = member;
        if (network.assignV6() && !hasManaged(network, member, false)) {
            with = withAssigned(network, with, freeV6(network, member, unusable, random));
        }
        if (network.assignV4() && !hasManaged(network, member, true)) {
            with = withAssigned(network, with, freeV4(network, member, unusable));
        }
        return with;
    }

    private static boolean hasManaged(NetworkSpec network, Member member, boolean v4) {
        return isAnyCovered(network, member.addresses(), v4);
    }

    private static boolean isAnyCovered(NetworkSpec network, List<IpAddress> addresses, boolean v4) {
        return addresses.stream().anyMatch(ip -> ip.isV4() == v4 && prefixFor(network, ip) >= 0);
    }

    /** @param free null for none */
    private static Member withAssigned(NetworkSpec network, Member member, IpAddress free) {
        if (free == null) {
            return member;
        }
        List<IpAddress> assigned = new ArrayList<>(member.assigned());
        assigned.removeIf(ip -> ip.isV4() == free.isV4() && prefixFor(network, ip) < 0);
        assigned.add(free);
        return member.withAssigned(assigned);
    }

    /** The member without assigned addresses of a family of which it was now given one by hand that a route covers. */
    public static Member preferGiven(NetworkSpec network, Member member) {
        boolean givenV4 = isAnyCovered(network, member.spec().addresses(), true);
        boolean givenV6 = isAnyCovered(network, member.spec().addresses(), false);
        List<IpAddress> kept = member.assigned().stream()
                .filter(ip -> ip.isV4() ? !givenV4 : !givenV6)
                .toList();
        return kept.size() == member.assigned().size() ? member : member.withAssigned(kept);
    }

    // ---- IPv4

    private static IpAddress freeV4(NetworkSpec network, Member member, Predicate<IpAddress> unusable) {
        for (AddressPool pool : network.pools()) {
            if (pool.start().isV4()) {
                IpAddress free = freeV4In(pool, network, member.address(), unusable);
                if (free != null) {
                    return free;
                }
            }
        }
        return null;
    }

    /**
     * Begins at a place that follows from the node's address, so that a member asking again, or another controller with
     * the same records, comes to the same address.
     */
    private static IpAddress freeV4In(
            AddressPool pool, NetworkSpec network, long memberAddress, Predicate<IpAddress> unusable) {
        long start = pool.start().v4();
        long length = pool.end().v4() - start;
        if (length < 0 || start == 0) {
            return null;
        }
        long counter = memberAddress & 0xffff_ffffL;
        for (long tries = Math.min(length + 1, Limits.ASSIGNMENT_TRIES); tries > 0; tries--) {
            long number = length > 0 ? start + counter % length : start;
            counter = (counter + 1) & 0xffff_ffffL;
            IpAddress ip = IpAddress.ofV4((int) number);
            if ((number & LAST_BYTE) != LAST_BYTE && assignablePrefix(network, number) > 0 && !unusable.test(ip)) {
                return ip;
            }
        }
        return null;
    }

    /** The prefix length of the first IPv4 route that has the number in it; a target with host bits has none. */
    private static int assignablePrefix(NetworkSpec network, long number) {
        for (Route route : network.routes()) {
            InetCidr target = route.target();
            if (target.isV4()
                    && target.equals(target.network())
                    && target.contains(IpAddress.ofV4((int) number).bytes())) {
                return target.prefixLength();
            }
        }
        return 0;
    }

    // ---- IPv6

    private static IpAddress freeV6(
            NetworkSpec network, Member member, Predicate<IpAddress> unusable, RandomSource random) {
        for (AddressPool pool : network.pools()) {
            if (!pool.start().isV4()) {
                IpAddress free = freeV6In(pool, network, member.address(), unusable, random);
                if (free != null) {
                    return free;
                }
            }
        }
        return null;
    }

    /** First the one with the node's address in its low half, if the pool is wide enough for all of them; then any. */
    private static IpAddress freeV6In(
            AddressPool pool,
            NetworkSpec network,
            long memberAddress,
            Predicate<IpAddress> unusable,
            RandomSource random) {
        ByteBuffer start = ByteBuffer.wrap(pool.start().bytes());
        ByteBuffer end = ByteBuffer.wrap(pool.end().bytes());
        long high = start.getLong(0);
        long low = start.getLong(Long.BYTES);
        long highSpan = end.getLong(0) - high;
        long lowSpan = end.getLong(Long.BYTES) - low;
        boolean fitsAllNodes = Long.compareUnsigned(end.getLong(Long.BYTES), low) > 0
                && Long.compareUnsigned(lowSpan, Wire.ADDRESS_MASK) >= 0;
        for (int attempt = 0; attempt < Limits.ASSIGNMENT_TRIES; attempt++) {
            IpAddress ip = attempt == 0 && fitsAllNodes
                    ? v6(high, low + memberAddress)
                    : v6(high + below(highSpan, random), low + below(lowSpan, random));
            if (isOnLinkV6(network, ip) && !unusable.test(ip)) {
                return ip;
            }
        }
        return null;
    }

    /** A random number below the span, unsigned; 0 for no span. */
    private static long below(long span, RandomSource random) {
        return span == 0 ? 0 : Long.remainderUnsigned(random.nextLong(), span);
    }

    private static IpAddress v6(long high, long low) {
        return IpAddress.of(
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array());
    }

    /** Whether an IPv6 route without gateway has the address in it; the last such route counts, and not if it is ::/0. */
    private static boolean isOnLinkV6(NetworkSpec network, IpAddress ip) {
        int prefix = 0;
        for (Route route : network.routes()) {
            if (route.isOnLink() && !route.target().isV4() && ip.isIn(route.target())) {
                prefix = route.target().prefixLength();
            }
        }
        return prefix > 0;
    }

    // ---- what a configuration lists

    /**
     * A member's addresses as its configuration lists them: those derived from ids, then those given and assigned, each
     * with the longest prefix of a route that covers it. At most what a configuration carries.
     */
    public static List<InetCidr> staticAddresses(NetworkSpec network, Member member) {
        List<InetCidr> addresses = new ArrayList<>();
        if (network.rfc4193() && !member.spec().noAutoAssign()) {
            addresses.add(InetCidr.of(
                    DerivedAddresses.rfc4193(member.networkId(), member.address()), DerivedAddresses.RFC4193_PREFIX));
        }
        if (network.sixPlane() && !member.spec().noAutoAssign()) {
            addresses.add(InetCidr.of(
                    DerivedAddresses.sixPlane(member.networkId(), member.address()),
                    DerivedAddresses.SIX_PLANE_PREFIX));
        }
        for (IpAddress ip : member.addresses()) {
            int prefix = prefixFor(network, ip);
            if (prefix >= 0) {
                addresses.add(ip.withPrefix(prefix));
            }
        }
        int most = io.wirecloset.vl2.wire.Limits.STATIC_ADDRESSES;
        return addresses.size() > most ? addresses.subList(0, most) : addresses;
    }

    /** Whether the member has an address that others find without asking the network. */
    public static boolean hasDerivedAddress(NetworkSpec network, Member member) {
        return (network.rfc4193() || network.sixPlane()) && !member.spec().noAutoAssign();
    }

    /** @return the longest prefix of the routes that cover the address, or -1 if none does */
    private static int prefixFor(NetworkSpec network, IpAddress ip) {
        int longest = -1;
        for (Route route : network.routes()) {
            if (ip.isIn(route.target())) {
                longest = Math.max(longest, route.target().prefixLength());
            }
        }
        return longest;
    }
}
