package io.wirecloset.transport.netlink;

import java.net.InetAddress;

/**
 * A route.
 *
 * @param destination 0.0.0.0/0 or ::/0 for the default route
 * @param gateway null for destinations on the link itself
 * @param link index of the interface, 0 for none (unreachable ones have none)
 * @param protocol who made it: {@link #OURS}, or a number of others
 * @param metric smaller wins; 0 lets the kernel choose (IPv6 then says 1024)
 * @param source preferred source address, null for none
 * @param onLink take the gateway as reachable even where no address says so
 * @param mtu in bytes, 0 for the interface's
 * @param advertisedMss in bytes, 0 for what the MTU gives
 */
public record Route(
        IpPrefix destination,
        InetAddress gateway,
        int link,
        int table,
        int protocol,
        int scope,
        int type,
        int metric,
        InetAddress source,
        boolean onLink,
        int mtu,
        int advertisedMss) {
    public static final int TABLE_MAIN = 254;
    public static final int TABLE_LOCAL = 255;

    /** Marks routes and rules made by Wirecloset. A number nobody else has taken in iproute2's list. */
    public static final int OURS = 150;

    public static final int SCOPE_UNIVERSE = 0;
    public static final int SCOPE_LINK = 253;

    public static final int UNICAST = 1;
    public static final int UNREACHABLE = 7;

    /** Through an interface, to hosts that are on it: in the main table, of our protocol. */
    public static Route onLink(IpPrefix destination, int link) {
        return new Route(destination, null, link, TABLE_MAIN, OURS, SCOPE_LINK, UNICAST, 0, null, false, 0, 0);
    }

    /** Through a gateway: in the main table, of our protocol. */
    public static Route via(IpPrefix destination, InetAddress gateway, int link) {
        return new Route(destination, gateway, link, TABLE_MAIN, OURS, SCOPE_UNIVERSE, UNICAST, 0, null, false, 0, 0);
    }

    /** To nowhere, with an answer to the sender: in the main table, of our protocol. */
    public static Route unreachable(IpPrefix destination) {
        return new Route(destination, null, 0, TABLE_MAIN, OURS, SCOPE_UNIVERSE, UNREACHABLE, 0, null, false, 0, 0);
    }

    public Route withTable(int wanted) {
        return new Route(
                destination, gateway, link, wanted, protocol, scope, type, metric, source, onLink, mtu, advertisedMss);
    }

    public Route withMetric(int wanted) {
        return new Route(
                destination, gateway, link, table, protocol, scope, type, wanted, source, onLink, mtu, advertisedMss);
    }

    public Route withSource(InetAddress wanted) {
        return new Route(
                destination, gateway, link, table, protocol, scope, type, metric, wanted, onLink, mtu, advertisedMss);
    }

    /** Needs no address of the gateway's network on the link. */
    public Route withGatewayOnLink() {
        return new Route(
                destination, gateway, link, table, protocol, scope, type, metric, source, true, mtu, advertisedMss);
    }

    public Route withMtu(int wanted) {
        return new Route(
                destination,
                gateway,
                link,
                table,
                protocol,
                scope,
                type,
                metric,
                source,
                onLink,
                wanted,
                advertisedMss);
    }

    public Route withAdvertisedMss(int wanted) {
        return new Route(destination, gateway, link, table, protocol, scope, type, metric, source, onLink, mtu, wanted);
    }
}
