package io.wirecloset.bench.path;

import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.time.Duration;

/** Two nodes of one kind in one network, with a direct path, and what is measured between them. */
final class NodePair {
    private static final Duration MEET = Duration.ofSeconds(60);
    /** Small enough that the packet rate is the limit, and a usual size of voice and games. */
    private static final int SMALL_BYTES = 100;

    private static final int PINGS = 50;

    private final String name;
    private final ZeroTierProcess left;
    private final ZeroTierProcess right;
    private String leftIp;
    private String rightIp;

    NodePair(String name, ZeroTierProcess left, ZeroTierProcess right) {
        this.name = name;
        this.left = left;
        this.right = right;
    }

    String name() {
        return name;
    }

    /** Starts both, joins, and waits until they talk directly. */
    void meet(StockController controller) {
        for (ZeroTierProcess node : new ZeroTierProcess[] {left, right}) {
            node.start();
            controller.admit(node.address());
            node.join(controller.networkId());
        }
        leftIp = left.awaitAddress(controller.networkId());
        rightIp = right.awaitAddress(controller.networkId());
        ZeroTierProcess.pings(left.host(), rightIp, 1);
        Lab.await(name + " has a direct path", MEET, () -> {
            left.host().tryRun("ping", "-n", "-c1", "-W1", rightIp);
            return left.hasDirectPathTo(right.address()) && right.hasDirectPathTo(left.address());
        });
        Iperf.serve(left.host());
        Iperf.serve(right.host());
    }

    void round(int seconds, Figures into) {
        tcp("TCP Mbit/s, one way", left.host(), rightIp, seconds, into);
        tcp("TCP Mbit/s, other way", right.host(), leftIp, seconds, into);
        double cpuBefore = cpuSeconds();
        Iperf.Outcome small = Iperf.udp(left.host(), rightIp, seconds, SMALL_BYTES);
        into.add("small UDP packets/s arriving", name, small.packetsPerSecond());
        into.add("CPU µs per small packet", name, (cpuSeconds() - cpuBefore) * 1e6 / Math.max(1, small.packets()));
        into.add("ping ms, median", name, pingMs());
        into.add(
                "memory MB per node",
                name,
                (Cpu.megabytes(left.daemon().pid())
                                + Cpu.megabytes(right.daemon().pid()))
                        / 2);
    }

    private void tcp(String figure, Host from, String to, int seconds, Figures into) {
        double cpuBefore = cpuSeconds();
        Iperf.Outcome outcome = Iperf.tcp(from, to, seconds);
        into.add(figure, name, outcome.megabitsPerSecond());
        into.add(figure.replace("Mbit/s", "CPU s/GB"), name, (cpuSeconds() - cpuBefore) * 1e9 / outcome.bytes());
    }

    /** Of both nodes; what the kernel does for others' processes is not in it. */
    private double cpuSeconds() {
        return Cpu.seconds(left.daemon().pid()) + Cpu.seconds(right.daemon().pid());
    }

    private double pingMs() {
        String out = left.host()
                .tryRun("ping", "-n", "-i", "0.02", "-c", "" + PINGS, rightIp)
                .out();
        return Figures.median(out.lines()
                .filter(line -> line.contains(" time="))
                .map(line -> Double.valueOf(line.replaceFirst(".* time=([0-9.]+).*", "$1")))
                .toList());
    }
}
