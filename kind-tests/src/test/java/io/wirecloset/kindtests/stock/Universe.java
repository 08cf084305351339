package io.wirecloset.kindtests.stock;

import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Vl2Network;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A planet with one root, a controller of each kind and two leaves of each kind, all of them whole processes. Each controller
 * has a network with all leaves. In the beginning leaves are walled off from one another, so that all goes through the root.
 */
final class Universe implements AutoCloseable {
    /** An IPv4 pool, and both kinds of IPv6 addresses that follow from ids. %1$s: the pool's second byte. */
    private static final String SETTINGS = """
            {"name":"matrix","private":true,"v4AssignMode":{"zt":true},"v6AssignMode":{"6plane":true,"rfc4193":true},
             "routes":[{"target":"10.%1$s.0.0/16","via":null}],
             "ipAssignmentPools":[{"ipRangeStart":"10.%1$s.0.1","ipRangeEnd":"10.%1$s.255.254"}]%2$s}""";

    private static final Dist DIST = Dist.current();
    private static final int LEAVES_OF_A_KIND = 2;

    private final Kind rootKind;
    private final Lab lab;
    private final ZeroTierProcess root;
    private final byte[] planet;
    private final Map<Kind, ZeroTierProcess> controllers = new EnumMap<>(Kind.class);
    private final Map<Kind, List<ZeroTierProcess>> leaves = new EnumMap<>(Kind.class);
    private final Map<Kind, String> networks = new EnumMap<>(Kind.class);
    private int nextPool = 100;
    private boolean walled = true;

    Universe(Kind rootKind) {
        this.rootKind = rootKind;
        this.lab = new Lab("u" + rootKind.toString().charAt(0));
        try {
            Host rootHost = lab.publicHost("root");
            if (rootKind == Kind.OURS) {
                this.root = ZeroTierProcess.root(rootHost, DIST).start();
                this.planet = root.planet();
            } else {
                this.planet = StockPlanet.make(lab.folder(), rootHost, DIST);
                this.root = StockPlanet.root(rootHost, planet).start();
            }
            populate();
        } catch (RuntimeException | Error e) {
            lab.close();
            throw e;
        }
    }

    private void populate() {
        for (Kind kind : Kind.values()) {
            controllers.put(kind, node(kind, "c-" + kind, "controller").launch());
            List<ZeroTierProcess> some = new ArrayList<>();
            for (int i = 1; i <= LEAVES_OF_A_KIND; i++) {
                some.add(node(kind, kind + "" + i, "node"));
            }
            leaves.put(kind, some);
        }
        allLeaves().forEach(this::wallOff);
        allLeaves().forEach(ZeroTierProcess::launch);
        controllers.values().forEach(ZeroTierProcess::awaitServing);
        allLeaves().forEach(ZeroTierProcess::awaitServing);
        controllers.forEach((kind, controller) -> networks.put(kind, network(kind, "")));
    }

    /** One more node on a host of its own, not started yet. */
    ZeroTierProcess node(Kind kind, String name, String role) {
        Host host = lab.publicHost(name);
        return kind == Kind.STOCK
                ? ZeroTierProcess.stock(host, planet)
                : ZeroTierProcess.ours(host, DIST, role, planet, Map.of());
    }

    /** A node that is a moon by itself, not started yet. */
    ZeroTierProcess moon(Kind kind, String name) {
        ZeroTierProcess node = node(kind, name, "node");
        StockPlanet.makeMoon(node, DIST);
        return node;
    }

    private void wallOff(ZeroTierProcess leaf) {
        String others = allLeaves().stream()
                .filter(l -> l != leaf)
                .map(l -> l.host().address())
                .collect(Collectors.joining(", "));
        leaf.host().nft("""
                table ip wall {
                  chain in { type filter hook input priority filter; iifname "eth0" ip saddr { %1$s } drop; }
                  chain out { type filter hook output priority filter; oifname "eth0" ip daddr { %1$s } drop; }
                }
                """.formatted(others));
    }

    boolean isWalled() {
        return walled;
    }

    /** From now on leaves can reach each other directly. */
    void tearDownTheWalls() {
        walled = false;
        allLeaves().forEach(l -> l.host().tryRun("nft", "delete", "table", "ip", "wall"));
    }

    /**
     * A further network of that controller, with all leaves.
     *
     * @param more settings, each with a comma in front
     * @return its id
     */
    String network(Kind controller, String more) {
        return network(controller, more, allLeaves());
    }

    /** The same with other members. */
    String network(Kind controller, String more, List<ZeroTierProcess> members) {
        return Vl2Network.with(controllers.get(controller), SETTINGS.formatted(nextPool++, more), members);
    }

    /** The network that everybody is in. */
    String network(Kind controller) {
        return networks.get(controller);
    }

    Kind rootKind() {
        return rootKind;
    }

    ZeroTierProcess root() {
        return root;
    }

    ZeroTierProcess controller(Kind kind) {
        return controllers.get(kind);
    }

    /** @param number 1 or 2 */
    ZeroTierProcess leaf(Kind kind, int number) {
        return leaves.get(kind).get(number - 1);
    }

    List<ZeroTierProcess> allLeaves() {
        return leaves.values().stream().flatMap(List::stream).toList();
    }

    Lab lab() {
        return lab;
    }

    @Override
    public void close() {
        lab.close();
        List<String> left = lab.leftovers();
        if (!left.isEmpty()) {
            throw new IllegalStateException("left behind: " + left);
        }
    }
}
