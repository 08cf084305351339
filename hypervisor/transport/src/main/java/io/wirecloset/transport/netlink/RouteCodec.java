package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;

/** {@code struct rtmsg} and its attributes. */
final class RouteCodec {
    private static final int FAMILY = 0;
    private static final int DESTINATION_LENGTH = 1;
    private static final int TABLE = 4;
    private static final int PROTOCOL = 5;
    private static final int SCOPE = 6;
    private static final int TYPE = 7;
    private static final int FLAGS = 8;
    private static final int FIXED_BYTES = 12;
    private static final int TABLE_IN_ATTRIBUTE = 0;
    private static final int SMALL_TABLES = 256;

    private RouteCodec() {}

    static Request write(int type, int flags, Route route) {
        IpPrefix to = route.destination().network();
        Request request = new Request(type, flags)
                .u8(Family.of(to.ip()))
                .u8(to.length())
                .u8(0)
                .u8(0)
                .u8(route.table() < SMALL_TABLES ? route.table() : TABLE_IN_ATTRIBUTE)
                .u8(route.protocol())
                .u8(route.scope())
                .u8(route.type())
                .u32(route.onLink() ? Rtnetlink.RTNH_F_ONLINK : 0);
        request.put(Rtnetlink.RTA_TABLE, route.table());
        if (to.length() > 0) {
            request.put(Rtnetlink.RTA_DST, to.ip());
        }
        if (route.gateway() != null) {
            request.put(Rtnetlink.RTA_GATEWAY, route.gateway());
        }
        if (route.link() != 0) {
            request.put(Rtnetlink.RTA_OIF, route.link());
        }
        if (route.source() != null) {
            request.put(Rtnetlink.RTA_PREFSRC, route.source());
        }
        if (route.metric() != 0) {
            request.put(Rtnetlink.RTA_PRIORITY, route.metric());
        }
        if (route.mtu() != 0 || route.advertisedMss() != 0) {
            metrics(request, route);
        }
        return request;
    }

    private static void metrics(Request request, Route route) {
        int metrics = request.begin(Rtnetlink.RTA_METRICS);
        if (route.mtu() != 0) {
            request.put(Rtnetlink.RTAX_MTU, route.mtu());
        }
        if (route.advertisedMss() != 0) {
            request.put(Rtnetlink.RTAX_ADVMSS, route.advertisedMss());
        }
        request.end(metrics);
    }

    /** @param table 0 for all */
    static Request dump(int family, int table) {
        Request request = new Request(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_DUMP)
                .u8(family)
                .zeros(11);
        return table == 0 ? request : request.put(Rtnetlink.RTA_TABLE, table);
    }

    /** @return null for what is no route of a table: cached clones, other families */
    static Route read(Body body) {
        int family = body.u8(FAMILY);
        int flags = body.i32(FLAGS);
        if (!Family.isIp(family) || (flags & Rtnetlink.RTM_F_CLONED) != 0) {
            return null;
        }
        InetAddress to = Family.any(family);
        InetAddress gateway = null;
        InetAddress source = null;
        int link = 0;
        int metric = 0;
        int table = body.u8(TABLE);
        int mtu = 0;
        int mss = 0;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.RTA_DST -> to = attribute.ip();
                case Rtnetlink.RTA_GATEWAY -> gateway = attribute.ip();
                case Rtnetlink.RTA_PREFSRC -> source = attribute.ip();
                case Rtnetlink.RTA_OIF -> link = attribute.i32();
                case Rtnetlink.RTA_PRIORITY -> metric = attribute.i32();
                case Rtnetlink.RTA_TABLE -> table = attribute.i32();
                case Rtnetlink.RTA_METRICS -> {
                    mtu = metric(attribute.nested(), Rtnetlink.RTAX_MTU);
                    mss = metric(attribute.nested(), Rtnetlink.RTAX_ADVMSS);
                }
                default -> {}
            }
        }
        return new Route(
                Family.prefix(to, body.u8(DESTINATION_LENGTH)),
                gateway,
                link,
                table,
                body.u8(PROTOCOL),
                body.u8(SCOPE),
                body.u8(TYPE),
                metric,
                source,
                (flags & Rtnetlink.RTNH_F_ONLINK) != 0,
                mtu,
                mss);
    }

    private static int metric(AttributeReader metrics, int wanted) {
        while (metrics.next()) {
            if (metrics.type() == wanted) {
                return metrics.i32();
            }
        }
        return 0;
    }
}
