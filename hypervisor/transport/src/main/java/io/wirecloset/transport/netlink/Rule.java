package io.wirecloset.transport.netlink;

/**
 * Sends packets to a routing table.
 *
 * @param family of {@code AF_INET} or {@code AF_INET6}
 * @param priority smaller is asked first
 * @param from source network, null for all
 * @param protocol who made it, as in {@link Route#OURS}
 */
public record Rule(int family, int priority, int table, IpPrefix from, int protocol) {
    public static Rule lookup(int family, int priority, int table) {
        return new Rule(family, priority, table, null, Route.OURS);
    }

    public Rule from(IpPrefix wanted) {
        return new Rule(family, priority, table, wanted, protocol);
    }
}
