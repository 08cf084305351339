package io.wirecloset.kindtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.CniRuntime.Attached;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Starts operator and agent as a cluster does, so that the JVM writes down what their starts load and compile:
 * {@code Rehearsal DIST [ROOT]}, as root; with ROOT they are the programs of an image, and it gets the caches.
 *
 * <p>The start that matters is the one after a crash, while pods wait for their traffic: the agent is killed first, and finds its network on disk, its device in the kernel and its pods in their records. Then pods
 * come and go: what the JVM saw often it compiles at once in an agent that is young, instead of when the first fifty pods
 * have waited for it.
 */
public final class Rehearsal {
    /** What everything it makes is named after, together with the process. */
    private static final String NAME = "rehearse";
    /** Enough for all that a pod takes to be compiled in the rehearsal. */
    private static final int PODS = 120;
    /** Every so many-th pod has wishes. */
    private static final int WITH_WISHES = 4;
    /** That come while others stay, as lists of one are another thing than lists of many. */
    private static final int STAYING = 8;

    private static final int FIRST_PORT = 31_000;
    private static final int RATE = 1_000_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

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
        podsComeAndGo(node);
        node.detach(first);
        end("agent", node.agent());
        end("operator", cluster.operator());
    }

    /** What comes of a wish or a question does not matter here: perhaps this machine's kernel has no such thing. */
    private static void podsComeAndGo(ClusterNode node) {
        Deque<Pod> staying = new ArrayDeque<>();
        for (int i = 0; i < PODS; i++) {
            Pod pod = i % WITH_WISHES == 0 ? node.tryAttach("pod-" + i, wishes(i)) : node.attach("pod-" + i);
            if (pod.added().ok()) {
                node.check(pod);
            }
            staying.add(pod);
            if (staying.size() > STAYING) {
                node.detach(staying.remove());
            }
        }
        node.runtime()
                .gc(staying.stream()
                        .map(pod -> new Attached(pod.containerId(), CniRuntime.USUAL_INTERFACE))
                        .collect(Collectors.toSet()));
        staying.forEach(node::detach);
        node.awaitRemovals();
    }

    /** A port of the node, and limits. */
    private static JsonNode wishes(int i) {
        ObjectNode wishes = JSON.createObjectNode();
        wishes.putArray("portMappings")
                .addObject()
                .put("hostPort", FIRST_PORT + i)
                .put("containerPort", 80)
                .put("protocol", i % 2 == 0 ? "tcp" : "udp");
        wishes.putObject("bandwidth")
                .put("ingressRate", RATE)
                .put("ingressBurst", RATE)
                .put("egressRate", RATE)
                .put("egressBurst", RATE);
        return wishes;
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
