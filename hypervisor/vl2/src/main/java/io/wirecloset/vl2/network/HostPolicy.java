package io.wirecloset.vl2.network;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Scope;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import java.util.Comparator;
import java.util.List;

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
                .filter(address -> allows(address, scopeOf(address)))
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
        if (!allows(target, scopeOf(target)) || isDefault(target) && !online) {
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

    private boolean allows(InetCidr wanted, int scope) {
        if (!allowManaged || !managedWithin.isEmpty() && managedWithin.stream().noneMatch(in -> in.contains(wanted))) {
            return false;
        }
        if (isDefault(wanted)) {
            return allowDefault;
        }
        return switch (scope) {
            case Scope.PRIVATE, Scope.SHARED, Scope.PSEUDO_PRIVATE -> true;
            case Scope.GLOBAL -> allowGlobal;
            default -> false;
        };
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
