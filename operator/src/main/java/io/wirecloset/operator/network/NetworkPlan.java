package io.wirecloset.operator.network;

import io.wirecloset.controller.language.RuleError;
import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides what a ZeroTierNetwork means for the controller. The schema and its CEL rules say most of this too, and
 * earlier; here it stands for API servers that enforce neither, and for what only all networks together show.
 */
public final class NetworkPlan {
    /** The rules do not compile. */
    static final String BAD_RULES = "BadRules";

    /** Stock clients refuse longer names. */
    private static final int MAX_NAME_LENGTH = 127;

    private static final int MIN_MTU = 1280;
    private static final int MAX_MTU = 10_000;
    private static final int MAX_MULTICAST_LIMIT = 1024;
    /** A configuration holds 128; one is the on-link range. */
    private static final int MAX_ROUTES = 127;

    private static final int MAX_DNS_SERVERS = 4;
    private static final int MIN_BLOCK_PREFIX = 16;
    private static final int MAX_BLOCK_PREFIX = 30;

    /** What becomes of a network. */
    public sealed interface Decision {
        /** Serve it so. */
        record Serve(HostedNetwork network) implements Decision {}

        /** Another controller serves it: let the nodes join it, and give them blocks. */
        record Join(long id) implements Decision {}

        /** Do not touch what is served; say why. */
        record Refuse(Refusal why) implements Decision {}
    }

    private final long controllerAddress;

    public NetworkPlan(long controllerAddress) {
        this.controllerAddress = controllerAddress;
    }

    /** @param all every network of the cluster, this one included or not */
    public Decision decide(ZeroTierNetwork network, Collection<ZeroTierNetwork> all, TakenRanges taken) {
        try {
            ZeroTierNetworkSpec spec = network.getSpec();
            if (spec == null) {
                throw new Refused("SpecMissing", "spec is missing: an empty one, \"spec: {}\", is the least");
            }
            long id = checkedId(network, all);
            checkNumbers(spec);
            checkIpv4(spec.ipv4);
            checkNeighbours(network, all);
            checkCluster(spec.ipv4, taken);
            checkDns(spec.dns);
            checkHostAccess(spec);
            if (isJoined(spec)) {
                return new Decision.Join(id);
            }
            return new Decision.Serve(new HostedNetwork(
                    id,
                    shortName(network),
                    spec.isPrivate,
                    spec.mtu,
                    spec.multicastLimit,
                    spec.broadcast,
                    spec.ipv6 != null && spec.ipv6.sixPlane,
                    spec.ipv6 != null && spec.ipv6.rfc4193,
                    routes(spec),
                    pools(spec),
                    spec.dns == null ? null : new HostedNetwork.Dns(spec.dns.domain, List.copyOf(spec.dns.servers)),
                    rules(spec)));
        } catch (Refused e) {
            return new Decision.Refuse(e.refusal);
        }
    }

    private long checkedId(ZeroTierNetwork network, Collection<ZeroTierNetwork> all) {
        long id;
        try {
            id = NetworkIdentity.wanted(network, controllerAddress);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "BadNetworkId", "spec.networkId " + e.getMessage() + "; leave it out to have one derived");
        }
        if (isJoined(network.getSpec())) {
            checkJoined(network.getSpec(), id);
        } else if (NetworkIds.controllerOf(id) != controllerAddress) {
            throw new Refused(
                    "ForeignNetworkId",
                    "spec.networkId " + NetworkIds.format(id) + " belongs to controller "
                            + Addresses.format(NetworkIds.controllerOf(id)) + "; this cluster's controller is "
                            + Addresses.format(controllerAddress) + ", so the id has to start with that."
                            + " If the network is that controller's, set spec.controller to Joined. Else: the id cannot"
                            + " be changed; delete this network and make it anew, or restore the Secret of that"
                            + " controller's identity");
        }
        long recorded = NetworkIdentity.recorded(network);
        boolean isKnown = isJoined(network.getSpec()) || NetworkIds.controllerOf(recorded) == controllerAddress;
        if (recorded != 0 && recorded != id && isKnown) {
            throw new Refused(
                    "NetworkIdChanged",
                    "members know this network as " + NetworkIds.format(recorded) + ", the spec now means "
                            + NetworkIds.format(id) + ": set spec.networkId back, or make a new network");
        }
        rival(network, all, other -> wants(other, id), holderOf(id)).ifPresent(holder -> {
            throw new Refused(
                    "NetworkIdConflict",
                    "network id " + NetworkIds.format(id) + " is taken by network \""
                            + holder.getMetadata().getName() + "\": "
                            + (isJoined(network.getSpec())
                                    ? "a network is joined once"
                                    : "set spec.networkId to another id that starts with "
                                            + Addresses.format(controllerAddress)));
        });
        return id;
    }

    /** Whether another controller serves the network. */
    public static boolean isJoined(ZeroTierNetworkSpec spec) {
        return spec != null && spec.controller == ZeroTierNetworkSpec.Controller.JOINED;
    }

    private void checkJoined(ZeroTierNetworkSpec spec, long id) {
        if (spec.networkId == null || spec.networkId.isEmpty()) {
            throw new Refused(
                    "NetworkIdMissing",
                    "a joined network needs spec.networkId: the 16 digits that the controller serving it shows");
        }
        long controller = NetworkIds.controllerOf(id);
        if (controller == controllerAddress) {
            throw new Refused(
                    "OwnNetworkId",
                    "spec.networkId " + spec.networkId + " belongs to this cluster's own controller, which serves it:"
                            + " leave spec.controller out");
        }
        if (Addresses.isReserved(controller)) {
            throw new Refused(
                    "BadNetworkId",
                    "spec.networkId " + spec.networkId + " has no controller, so nobody gives nodes their addresses:"
                            + " join a network that has one");
        }
        List<String> elsewhere = controllersOwn(spec);
        if (!elsewhere.isEmpty()) {
            throw new Refused(
                    "ControllerOnly",
                    String.join(", ", elsewhere) + ": for the controller of a joined network to say; set it where "
                            + Addresses.format(controller) + " runs, and leave it out here");
        }
    }

    /** Fields that are set although they mean something to a network's controller alone. */
    private static List<String> controllersOwn(ZeroTierNetworkSpec spec) {
        ZeroTierNetworkSpec bare = new ZeroTierNetworkSpec();
        List<String> set = new ArrayList<>();
        addIf(set, spec.isPrivate != bare.isPrivate, "spec.private");
        addIf(set, spec.ipv4 != null && spec.ipv4.members != null, "spec.ipv4.members");
        addIf(set, !nullToEmpty(spec.routes).isEmpty(), "spec.routes");
        addIf(set, spec.dns != null, "spec.dns");
        addIf(set, spec.multicastLimit != bare.multicastLimit, "spec.multicastLimit");
        addIf(set, spec.broadcast != bare.broadcast, "spec.broadcast");
        addIf(set, spec.rules != null && !spec.rules.isBlank(), "spec.rules");
        addIf(set, spec.access != null && !nullToEmpty(spec.access.members).isEmpty(), "spec.access.members");
        return set;
    }

    private static void addIf(List<String> names, boolean isSet, String name) {
        if (isSet) {
            names.add(name);
        }
    }

    private boolean wants(ZeroTierNetwork other, long id) {
        try {
            return NetworkIdentity.wanted(other, controllerAddress) == id;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void checkNumbers(ZeroTierNetworkSpec spec) {
        if (spec.mtu < MIN_MTU || spec.mtu > MAX_MTU) {
            throw new Refused("BadMtu", "spec.mtu " + spec.mtu + " is not between " + MIN_MTU + " and " + MAX_MTU);
        }
        if (spec.multicastLimit < 0 || spec.multicastLimit > MAX_MULTICAST_LIMIT) {
            throw new Refused(
                    "BadMulticastLimit",
                    "spec.multicastLimit " + spec.multicastLimit + " is not between 0 and " + MAX_MULTICAST_LIMIT);
        }
    }

    private static void checkIpv4(ZeroTierNetworkSpec.Ipv4 ipv4) {
        if (ipv4 == null) {
            return;
        }
        Cidr4 route = range("spec.ipv4.route", ipv4.route);
        Optional<Cidr4> members = optionalRange("spec.ipv4.members", ipv4.members);
        Optional<Cidr4> blocks = optionalRange("spec.ipv4.nodeBlocks", ipv4.nodeBlocks);
        inside("spec.ipv4.members", members, route);
        inside("spec.ipv4.nodeBlocks", blocks, route);
        if (members.isPresent() && blocks.isPresent() && members.get().overlaps(blocks.get())) {
            throw new Refused(
                    "PoolsOverlap",
                    "spec.ipv4.members " + members.get() + " and spec.ipv4.nodeBlocks " + blocks.get()
                            + " overlap: choose disjoint parts of " + route);
        }
        int block = ipv4.nodeBlockPrefixLength;
        if (block < MIN_BLOCK_PREFIX
                || block > MAX_BLOCK_PREFIX
                || blocks.filter(b -> b.count(block) == 0).isPresent()) {
            throw new Refused(
                    "BadBlockSize",
                    "spec.ipv4.nodeBlockPrefixLength " + block + " has to be between " + MIN_BLOCK_PREFIX + " and "
                            + MAX_BLOCK_PREFIX + ", and not shorter than the prefix of nodeBlocks"
                            + blocks.map(b -> " (" + b + ")").orElse(""));
        }
    }

    private static void inside(String field, Optional<Cidr4> pool, Cidr4 route) {
        if (pool.isPresent() && !route.contains(pool.get())) {
            throw new Refused(
                    "PoolOutsideRoute",
                    field + " " + pool.get() + " is not inside spec.ipv4.route " + route
                            + ": members would not find it on-link");
        }
    }

    /** What two networks cannot both have: a range of the nodes' routing table, and the pods' eth0. */
    private void checkNeighbours(ZeroTierNetwork network, Collection<ZeroTierNetwork> all) {
        if (network.getSpec().ipv4 != null) {
            Cidr4 mine = Cidr4.parse(network.getSpec().ipv4.route);
            rival(network, all, other -> routeOf(other).filter(mine::overlaps).isPresent(), OLDEST)
                    .ifPresent(older -> {
                        throw new Refused(
                                "RangeConflict",
                                "spec.ipv4.route " + mine + " overlaps " + older.getSpec().ipv4.route + " of network \""
                                        + older.getMetadata().getName() + "\": choose another range");
                    });
        }
        if (network.getSpec().primary) {
            rival(network, all, other -> other.getSpec() != null && other.getSpec().primary, OLDEST)
                    .ifPresent(older -> {
                        throw new Refused(
                                "PrimaryConflict",
                                "network \"" + older.getMetadata().getName()
                                        + "\" is the primary one: only one network can be; set spec.primary to false");
                    });
        }
    }

    /** Nodes route the whole range into the network: what else has addresses there would be out of reach. */
    private static void checkCluster(ZeroTierNetworkSpec.Ipv4 ipv4, TakenRanges taken) {
        if (ipv4 == null) {
            return;
        }
        Cidr4 route = Cidr4.parse(ipv4.route);
        taken.service(route).ifPresent(services -> {
            throw new Refused(
                    "ServiceRangeConflict",
                    "spec.ipv4.route " + route + " overlaps " + services
                            + ", where the cluster's Services have their addresses: choose another range");
        });
        taken.node(route).ifPresent(node -> {
            throw new Refused(
                    "NodeRangeConflict",
                    "node \"" + node.node() + "\" has the address " + node.address()
                            + ", which lies in spec.ipv4.route " + route + ": choose another range");
        });
    }

    private static Optional<Cidr4> routeOf(ZeroTierNetwork other) {
        try {
            return other.getSpec() == null || other.getSpec().ipv4 == null
                    ? Optional.empty()
                    : Optional.of(Cidr4.parse(other.getSpec().ipv4.route));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void checkDns(ZeroTierNetworkSpec.Dns dns) {
        if (dns == null) {
            return;
        }
        if (dns.domain == null || dns.domain.isEmpty() || dns.domain.length() > MAX_NAME_LENGTH) {
            throw new Refused("BadDns", "spec.dns.domain has to have 1 to " + MAX_NAME_LENGTH + " characters");
        }
        if (dns.servers == null || dns.servers.isEmpty() || dns.servers.size() > MAX_DNS_SERVERS) {
            throw new Refused("BadDns", "spec.dns.servers has to list 1 to " + MAX_DNS_SERVERS + " addresses");
        }
        for (String server : dns.servers) {
            if (IpText.address(server).isEmpty()) {
                throw new Refused("BadDns", "spec.dns.servers: \"" + server + "\" is not an IP address");
            }
        }
    }

    /** @return null for none: everything may pass */
    private static RuleSet rules(ZeroTierNetworkSpec spec) {
        if (spec.rules == null || spec.rules.isBlank()) {
            return null;
        }
        try {
            return RuleSet.compile(spec.rules);
        } catch (RuleError e) {
            throw new Refused(
                    BAD_RULES,
                    "spec.rules, line " + e.line() + ", column " + e.column() + ": " + e.getMessage()
                            + "; \"wirecloset rules compile\" tries rules out");
        }
    }

    private static void checkHostAccess(ZeroTierNetworkSpec spec) {
        for (ZeroTierNetworkSpec.HostPort open : nullToEmpty(spec.hostAccess)) {
            if (open == null || open.port < 1 || open.port > 65_535 || open.protocol == null) {
                throw new Refused("BadHostAccess", "spec.hostAccess: each entry needs a port from 1 to 65535");
            }
        }
    }

    private static List<HostedNetwork.Route> routes(ZeroTierNetworkSpec spec) {
        List<HostedNetwork.Route> routes = new ArrayList<>();
        if (spec.ipv4 != null) {
            routes.add(new HostedNetwork.Route(Cidr4.parse(spec.ipv4.route).toString(), null));
        }
        for (ZeroTierNetworkSpec.Route route : nullToEmpty(spec.routes)) {
            routes.add(checkedRoute(route));
        }
        if (routes.size() > MAX_ROUTES + 1) {
            throw new Refused("TooManyRoutes", "spec.routes has " + spec.routes.size() + " entries, 127 is the most");
        }
        return List.copyOf(routes);
    }

    private static HostedNetwork.Route checkedRoute(ZeroTierNetworkSpec.Route route) {
        InetCidr target = IpText.range(route.target)
                .orElseThrow(() -> new Refused(
                        "BadRoute", "spec.routes: target \"" + route.target + "\" is not a range like 192.168.7.0/24"));
        if (!target.equals(target.network())) {
            throw new Refused(
                    "BadRoute",
                    "spec.routes: target " + route.target + " has host bits; the range is " + target.network());
        }
        if (route.via == null || route.via.isEmpty()) {
            return new HostedNetwork.Route(target.toString(), null);
        }
        InetCidr via = IpText.address(route.via)
                .orElseThrow(
                        () -> new Refused("BadRoute", "spec.routes: via \"" + route.via + "\" is not an IP address"));
        if (via.isV4() != target.isV4()) {
            throw new Refused(
                    "BadRoute", "spec.routes: via " + route.via + " is of another family than target " + route.target);
        }
        return new HostedNetwork.Route(target.toString(), via.ipText());
    }

    /** The controller never hands out the end of a pool, so all but the first and last address are given. */
    private static List<HostedNetwork.Pool> pools(ZeroTierNetworkSpec spec) {
        if (spec.ipv4 == null || spec.ipv4.members == null) {
            return List.of();
        }
        Cidr4 members = Cidr4.parse(spec.ipv4.members);
        if (members.size() < 4) {
            return List.of(new HostedNetwork.Pool(Cidr4.format(members.first()), Cidr4.format(members.last())));
        }
        return List.of(new HostedNetwork.Pool(Cidr4.format(members.first() + 1), Cidr4.format(members.last())));
    }

    /** How many addresses the controller hands out of a pool. */
    static long given(Cidr4 members) {
        return members.size() < 4 ? members.size() - 1 : members.size() - 2;
    }

    private static Cidr4 range(String field, String text) {
        try {
            return Cidr4.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Refused("BadRange", field + ": " + e.getMessage());
        }
    }

    private static Optional<Cidr4> optionalRange(String field, String text) {
        return text == null ? Optional.empty() : Optional.of(range(field, text));
    }

    private static String shortName(ZeroTierNetwork network) {
        String name = network.getMetadata().getName();
        return name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH));
    }

    private static final Comparator<ZeroTierNetwork> OLDEST = Comparator.comparing(
                    (ZeroTierNetwork n) -> n.getMetadata().getCreationTimestamp(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(n -> n.getMetadata().getName());

    /** Who already serves under the id keeps it, whatever the ages say after a restore. */
    private static Comparator<ZeroTierNetwork> holderOf(long id) {
        return Comparator.comparing((ZeroTierNetwork n) -> NetworkIdentity.recorded(n) != id)
                .thenComparing(OLDEST);
    }

    /** The other network that comes before this one, if any wants the same. One that is being deleted still holds. */
    private static Optional<ZeroTierNetwork> rival(
            ZeroTierNetwork network,
            Collection<ZeroTierNetwork> all,
            Predicate<ZeroTierNetwork> wantsTheSame,
            Comparator<ZeroTierNetwork> order) {
        String name = network.getMetadata().getName();
        return all.stream()
                .filter(other -> !other.getMetadata().getName().equals(name))
                .filter(wantsTheSame)
                .filter(other -> order.compare(other, network) < 0)
                .min(order);
    }

    private static <T> List<T> nullToEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    /** Leaves the checks at the first that fails; never leaves this class. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Refusal refusal;

        Refused(String reason, String message) {
            super(message, null, false, false);
            this.refusal = new Refusal(reason, message);
        }
    }
}
