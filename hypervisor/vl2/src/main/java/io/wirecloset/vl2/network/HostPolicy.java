package io.wirecloset.vl2.network;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Scope;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which of the controller's wishes the host grants (vl2.md 12): a pure function from configuration and local settings
 * to addresses, routes and DNS. The settings are those of {@code networks.d/ID.local.conf}.
 *
 * @param allowManaged whether anything is granted at all
 * @param managedWithin if not empty, only what lies inside one of these
 * @param allowGlobal addresses and routes of global scope too
 * @param allowDefault default routes too
 * @param allowDns the network's name servers too
 */
public record HostPolicy(
        boolean allowManaged,
        List<InetCidr> managedWithin,
        boolean allowGlobal,
        boolean allowDefault,
        boolean allowDns) {
    /** What a network gets unless the user says otherwise. */
    public static final HostPolicy DEFAULT = new HostPolicy(true, List.of(), false, false, false);

    private static final List<InetCidr> DEFAULT_HALVES_V4 =
            List.of(InetCidr.parse("0.0.0.0/1"), InetCidr.parse("128.0.0.0/1"));
    /** Nothing that holds one of these whole is routed but as a default route; what lies inside has a scope of its own. */
    private static final List<InetCidr> NEVER_ROUTED = Stream.of(
                    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "::/128", "fe80::/10", "ff00::/8")
            .map(InetCidr::parse)
            .toList();

    private static final List<InetCidr> DEFAULT_HALVES_V6 = List.of(InetCidr.parse("::/1"), InetCidr.parse("8000::/1"));

    public HostPolicy {
        managedWithin = List.copyOf(managedWithin);
    }

    /**
     * A route to install.
     *
     * @param via the gateway, or null when the target is on-link
     * @param source our address that packets taking it should carry
     */
    public record HostRoute(InetCidr target, Endpoint via, InetCidr source) {}

    /** The addresses to put on the interface. */
    public List<InetCidr> addresses(NetworkConfig config) {
        return config.staticAddresses().stream()
                .filter(address -> whyNotReached(address) == null)
                .toList();
    }

    /**
     * The routes to install, those on-link first, so that gateways are reachable when their turn comes.
     *
     * @param online whether the node reaches an upstream; without, a default route would cut the host off
     */
    public List<HostRoute> routes(NetworkConfig config, boolean online) {
        List<InetCidr> own = addresses(config);
        return config.routes().stream()
                .filter(route -> isGranted(route, own, online))
                .sorted(Comparator.comparing(Route::isOnLink).reversed())
                .flatMap(route -> targets(route.target()).stream()
                        .map(target -> new HostRoute(target, route.via(), sourceFor(route.target(), own))))
                .toList();
    }

    /** The name servers to use; {@link DnsSettings#NONE} if they are not granted. */
    public DnsSettings dns(NetworkConfig config) {
        return allowDns && !config.dns().domain().isEmpty() ? config.dns() : DnsSettings.NONE;
    }

    private boolean isGranted(Route route, List<InetCidr> own, boolean online) {
        InetCidr target = route.target();
        if (whyNotReached(target) != null || isDefault(target) && !online) {
            return false;
        }
        if (route.via() != null && (route.via().isV4() != target.isV4() || isOwn(route.via(), own))) {
            return false;
        }
        boolean haveFamily = own.stream().anyMatch(address -> address.isV4() == target.isV4());
        boolean implied = own.stream()
                .anyMatch(address -> address.prefixLength() == target.prefixLength() && target.contains(address));
        return haveFamily && !implied;
    }

    /**
     * What the controller wishes and this policy does not grant, in words for the owner, who could allow it. Routes that
     * have no use here, as through an address of our own, are not among it.
     */
    public List<String> ignored(NetworkConfig config) {
        List<String> ignored = new ArrayList<>();
        for (InetCidr address : config.staticAddresses()) {
            addIf(ignored, "address " + address, whyNotReached(address));
        }
        for (Route route : config.routes()) {
            addIf(ignored, "route " + route.target(), whyNotReached(route.target()));
        }
        if (!allowDns && !config.dns().domain().isEmpty()) {
            ignored.add("name servers of " + config.dns().domain() + " (allowDNS is off)");
        }
        if (config.remoteTraceTarget() != 0) {
            ignored.add("remote trace to " + Addresses.format(config.remoteTraceTarget()) + " (never sent)");
        }
        return ignored;
    }

    private static void addIf(List<String> ignored, String what, String why) {
        if (why != null) {
            ignored.add(what + " (" + why + ")");
        }
    }

    /** @return null if it is granted */
    private String whyNot(InetCidr wanted) {
        if (!allowManaged) {
            return "allowManaged is off";
        }
        if (!managedWithin.isEmpty() && managedWithin.stream().noneMatch(in -> in.contains(wanted))) {
            return "outside what allowManaged lists";
        }
        if (isDefault(wanted)) {
            return allowDefault ? null : "allowDefault is off";
        }
        return switch (scopeOf(wanted)) {
            case Scope.PRIVATE, Scope.SHARED, Scope.PSEUDO_PRIVATE -> null;
            case Scope.GLOBAL -> allowGlobal ? null : "allowGlobal is off";
            default -> "of a kind that is never granted";
        };
    }

    /**
     * The same for what a route leads to, or an address puts on-link by its prefix: all of it counts. 10.0.0.0/1 is half
     * of all addresses and not a private network, and what takes loopback, link-local or multicast along is as good as a
     * default route. Stock nodes look at the first address alone.
     */
    private String whyNotReached(InetCidr target) {
        String why = whyNot(target);
        if (why != null || isDefault(target)) {
            return why;
        }
        if (!allowDefault && NEVER_ROUTED.stream().anyMatch(target::contains)) {
            return "as wide as a default route, and allowDefault is off";
        }
        return allowGlobal || isOfOneScope(target) ? null : "partly global, and allowGlobal is off";
    }

    /** Within a /8 of IPv4, and within fc00::/7, each scope but the global one is one range. */
    private static boolean isOfOneScope(InetCidr target) {
        int shortest = target.isV4() ? 8 : 7;
        int scope = scopeOf(target.network());
        return target.prefixLength() >= shortest && scope != Scope.GLOBAL && scope == scopeOf(lastOf(target));
    }

    private static InetCidr lastOf(InetCidr target) {
        byte[] ip = target.ip();
        for (int bit = target.prefixLength(); bit < 8 * ip.length; bit++) {
            ip[bit / 8] |= (byte) (0x80 >>> bit % 8);
        }
        return InetCidr.of(ip, 8 * ip.length);
    }

    private static boolean isOwn(Endpoint gateway, List<InetCidr> own) {
        return own.stream().anyMatch(address -> gateway.sameIp(Endpoint.of(address.ip(), 0)));
    }

    private static boolean isDefault(InetCidr target) {
        return target.prefixLength() == 0;
    }

    private static int scopeOf(InetCidr cidr) {
        return Endpoint.of(cidr.ip(), 0).scope();
    }

    /** A default route goes in as two halves: more specific than the host's own, which therefore can stay. */
    private static List<InetCidr> targets(InetCidr target) {
        if (!isDefault(target)) {
            return List.of(target.network());
        }
        return target.isV4() ? DEFAULT_HALVES_V4 : DEFAULT_HALVES_V6;
    }

    /** Of our addresses of that family the one that shares most leading bits with the target; of equals the first. */
    private static InetCidr sourceFor(InetCidr target, List<InetCidr> own) {
        InetCidr best = null;
        int bestBits = -1;
        for (InetCidr address : own) {
            int bits = address.isV4() == target.isV4() ? commonBits(address.ip(), target.ip()) : -1;
            if (bits > bestBits) {
                best = address;
                bestBits = bits;
            }
        }
        return best;
    }

    private static int commonBits(byte[] a, byte[] b) {
        int bits = 0;
        for (int i = 0; i < a.length; i++) {
            int differing = (a[i] ^ b[i]) & 0xff;
            if (differing != 0) {
                return bits + Integer.numberOfLeadingZeros(differing) - 24;
            }
            bits += 8;
        }
        return bits;
    }
}
