package io.wirecloset.transport.netlink;

/**
 * Sends packets to a routing table.
 *
 * @param family of {@code AF_INET} or {@code AF_INET6}
 * @param priority smaller is asked first
 * @param from source network, null for all
 * @param to destination network, null for all
 * @param inputInterface name, empty for all
 * @param mark value of the packet's mark under {@code mask}
 * @param mask 0 = the mark is not looked at
 * @param protocol who made it, as in {@link Route#OURS}
 */
public record Rule(
        int family,
        int priority,
        int table,
        IpPrefix from,
        IpPrefix to,
        String inputInterface,
        int mark,
        int mask,
        int protocol) {

    public static Rule lookup(int family, int priority, int table) {
        return new Rule(family, priority, table, null, null, "", 0, 0, Route.OURS);
    }

    public Rule from(IpPrefix wanted) {
        return new Rule(family, priority, table, wanted, to, inputInterface, mark, mask, protocol);
    }

    public Rule to(IpPrefix wanted) {
        return new Rule(family, priority, table, from, wanted, inputInterface, mark, mask, protocol);
    }

    public Rule onInput(String wanted) {
        return new Rule(family, priority, table, from, to, wanted, mark, mask, protocol);
    }

    public Rule marked(int wantedMark, int wantedMask) {
        return new Rule(family, priority, table, from, to, inputInterface, wantedMark, wantedMask, protocol);
    }
}
