package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.Objects;

/**
 * A managed route (vl2.md 5): {@code Inet target | Inet via | u16 flags | u16 metric}.
 *
 * @param target host bits are kept as given
 * @param via the gateway, its port meaningless; null for a network that is on-link
 */
public record Route(InetCidr target, Endpoint via, int flags, int metric) {
    public Route {
        Objects.requireNonNull(target);
    }

    public static Route onLink(InetCidr target) {
        return new Route(target, null, 0, 0);
    }

    public static Route via(InetCidr target, Endpoint gateway) {
        return new Route(target, gateway, 0, 0);
    }

    public boolean isOnLink() {
        return via == null;
    }

    /** @return null for a route without target, which means nothing @throws MalformedException */
    static Route read(WireReader in) {
        InetCidr target = InetCidr.read(in);
        Endpoint via = Endpoint.read(in);
        int flags = in.u16();
        int metric = in.u16();
        return target == null ? null : new Route(target, via, flags, metric);
    }

    void write(WireWriter out) {
        target.write(out);
        Endpoint.write(out, via);
        out.u16(flags).u16(metric);
    }
}
