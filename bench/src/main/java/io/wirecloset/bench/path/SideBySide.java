package io.wirecloset.bench.path;

import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two of our nodes and two stock ones, all in one network on one machine, each in a namespace of its own. Both pairs stay
 * up; every round measures one after the other, in turned order, so that a slow minute of the machine hits both.
 *
 * <p>Arguments: folder dist/, file for the table; rounds and seconds per measurement may follow. Needs root, iperf3 and
 * WIRECLOSET_ZEROTIER_ONE. JVM options for our nodes: WIRECLOSET_JAVA_OPTIONS.
 */
public final class SideBySide {
    private static final String OURS = "Wirecloset";
    private static final String STOCK = "stock";

    private SideBySide() {}

    public static void main(String[] args) throws IOException {
        Path dist = Path.of(args[0]).toAbsolutePath();
        Path results = Path.of(args[1]);
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
        if (ZeroTierProcess.stockBinary() == null) {
            throw new IllegalArgumentException("WIRECLOSET_ZEROTIER_ONE does not name a stock client");
        }
        String table;
        try (Lab lab = new Lab("sbs")) {
            table = measure(pairs(lab, dist), rounds, seconds);
        }
        System.out.println("\n" + table);
        Files.writeString(results, table);
    }

    private static List<NodePair> pairs(Lab lab, Path dist) {
        Host rootHost = lab.publicHost("root");
        ZeroTierProcess root = ZeroTierProcess.ours(
                        rootHost, dist, "root", null, Map.of(), "--endpoint", rootHost.address() + "/9993")
                .start();
        byte[] planet = root.planet();
        ZeroTierProcess controllerNode =
                ZeroTierProcess.stock(lab.publicHost("controller"), planet).start();
        controllerNode.awaitOnline();
        StockController controller = new StockController(controllerNode);
        List<NodePair> pairs = List.of(
                new NodePair(OURS, ours(lab, "left", dist, planet), ours(lab, "right", dist, planet)),
                new NodePair(
                        STOCK,
                        ZeroTierProcess.stock(lab.publicHost("stock-left"), planet),
                        ZeroTierProcess.stock(lab.publicHost("stock-right"), planet)));
        for (NodePair pair : pairs) {
            pair.meet(controller);
            System.out.println(pair.name() + ": two nodes talk directly");
        }
        return pairs;
    }

    private static ZeroTierProcess ours(Lab lab, String name, Path dist, byte[] planet) {
        return ZeroTierProcess.ours(lab.publicHost(name), dist, "node", planet, Map.of());
    }

    /** The first round warms up and does not count. */
    private static String measure(List<NodePair> pairs, int rounds, int seconds) {
        Figures figures = new Figures();
        for (int round = 0; round <= rounds; round++) {
            List<NodePair> order = new ArrayList<>(round % 2 == 0 ? pairs : pairs.reversed());
            for (NodePair pair : order) pair.round(seconds, round == 0 ? new Figures() : figures);
            System.out.println(round == 0 ? "warmed up" : "round " + round + " of " + rounds);
        }
        return figures.table(pairs.stream().map(NodePair::name).toList());
    }
}
