package io.wirecloset.kindtests.cluster;

import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Image;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts operator and agent as a cluster does, so that the JVM writes down what their starts load and compile:
 * {@code Rehearsal DIST [ROOT]}, as root; with ROOT they are the programs of an image, and it gets the caches. The start that matters is the one after a crash, while pods wait for their traffic: the
 * agent is killed first, and finds its network on disk, its device in the kernel and its pods in their records.
 */
public final class Rehearsal {
    /** What everything it makes is named after, together with the process. */
    private static final String NAME = "rehearse";

    private final Dist dist;

    private Rehearsal(Dist dist) {
        this.dist = dist;
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 2) {
            System.err.println("usage: Rehearsal DIST [ROOT]");
            System.exit(2);
        }
        Dist dist = new Dist(Path.of(args[0]).toAbsolutePath());
        if (args.length == 1) {
            new Rehearsal(dist).run();
        } else {
            inImage(dist, new Image(Path.of(args[1]).toAbsolutePath()));
        }
    }

    private static void inImage(Dist made, Image image) throws IOException {
        Path folder = Files.createTempDirectory("wirecloset-image-");
        try {
            Dist dist = image.programs(made, folder, 0);
            new Rehearsal(dist).run();
            for (String program : List.of("agent", "operator")) {
                Files.copy(
                        dist.startUpCache(program),
                        image.root()
                                .resolve("opt/wirecloset/lib")
                                .resolve(program)
                                .resolve("wirecloset.aot"));
            }
        } finally {
            Shell.run("rm", "-r", folder.toString());
        }
    }

    private void run() {
        Lab lab = new Lab(NAME);
        try (Cluster cluster = new Cluster(lab, dist)) {
            try {
                play(cluster);
            } catch (RuntimeException e) {
                System.out.println(cluster.tails(20));
                throw e;
            }
        }
    }

    private void play(Cluster cluster) {
        cluster.startRoot();
        cluster.startApi(KubeApi.inMemory(cluster.lab(), dist));
        cluster.startOperator(recorded("operator"));
        ClusterNode node = cluster.addNode(cluster.lab().behindNat("node", Nat.PORT_RESTRICTED));
        node.startAgent(Map.of());
        cluster.awaitController();
        cluster.applyNetwork(dist.sample("network.yaml"));
        node.awaitServing();
        Pod first = node.attach("first");
        node.agent().kill();

        node.startAgent(recorded("agent"));
        node.awaitServing();
        node.detach(node.attach("second"));
        node.detach(first);
        end("agent", node.agent());
        end("operator", cluster.operator());
    }

    private Map<String, String> recorded(String program) {
        return Map.of("WIRECLOSET_JAVA_OPTIONS", "-XX:AOTCacheOutput=" + dist.startUpCache(program));
    }

    /** The cache is written at the end, by another JVM that the first one waits for. */
    private void end(String program, Daemon running) {
        running.interrupt();
        Path cache = dist.startUpCache(program);
        try {
            if (!Files.exists(cache) || Files.size(cache) == 0) {
                throw new IllegalStateException("the " + program + " wrote no start-up cache:\n" + running.tail(20));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
