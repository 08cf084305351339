package io.wirecloset.transport.netlink;

/**
 * An IP address on an interface.
 *
 * @param link index of the interface
 * @param scope one of the {@code SCOPE_} constants of {@link Route}
 * @param flags bits of the constants here
 */
public record Address(int link, IpPrefix prefix, int scope, int flags) {
    /** IPv6: a short-lived privacy address. IPv4 uses the same bit for "not the first of its subnet". */
    public static final int TEMPORARY = 0x01;
    /** Usable at once, without asking whether someone else has it. */
    public static final int NO_DAD = 0x02;

    public static final int DAD_FAILED = 0x08;
    public static final int DEPRECATED = 0x20;
    public static final int TENTATIVE = 0x40;
    public static final int PERMANENT = 0x80;
    /** No route to its network comes with it. */
    public static final int NO_PREFIX_ROUTE = 0x200;

    public static Address of(int link, IpPrefix prefix) {
        return new Address(link, prefix, Route.SCOPE_UNIVERSE, 0);
    }

    public Address withoutDad() {
        return new Address(link, prefix, scope, flags | NO_DAD);
    }

    public Address withoutPrefixRoute() {
        return new Address(link, prefix, scope, flags | NO_PREFIX_ROUTE);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
