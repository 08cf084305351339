package io.wirecloset.kindtests.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Inventory;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Transfer;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two clouds, each behind a translating router of its own, and nothing but an internet between them: from a YAML file to
 * pods that talk, and back to nothing. {@code Demo DIST}; the exit code is 0 only when all of it worked and nothing is
 * left. With {@code --pause} it waits for a line on stdin while everything is up.
 */
public final class Demo {
    /** What everything it makes is named after, together with the process. */
    public static final String NAME = "demo";

    private static final long TRANSFER_BYTES = 100_000_000;
    private static final int PODS_PER_NODE = 2;
    private static final int PINGS = 3;
    private static final Duration DIRECT_WITHIN = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 15;

    private final Dist dist;
    private final boolean pause;
    private final Story story = new Story(System.out);
    private final Map<ClusterNode, Inventory> before = new LinkedHashMap<>();
    private final List<Pod> pods = new ArrayList<>();
    private Cluster cluster;
    private ZeroTierProcess laptop;

    private Demo(Dist dist, boolean pause) {
        this.dist = dist;
        this.pause = pause;
    }

    public static void main(String[] args) {
        if (args.length == 0) {
            System.err.println("usage: Demo DIST [--pause]");
            System.exit(2);
        }
        boolean pause = List.of(args).contains("--pause");
        System.exit(new Demo(new Dist(Path.of(args[0]).toAbsolutePath()), pause).run() ? 0 : 1);
    }

    private boolean run() {
        Lab lab = new Lab(NAME);
        cluster = new Cluster(lab, dist);
        try {
            comeUp(lab);
            attachPods();
            talk();
            meetDirectly();
            if (ZeroTierProcess.stockBinary() != null) {
                letALaptopIn(lab);
            }
            if (pause) {
                story.say("everything is up; press Enter to go on");
                System.in.read();
            }
            takeDown();
        } catch (Exception e) {
            if (lab.isInterrupted()) {
                awaitTheEnd();
            }
            story.failed(String.valueOf(e.getMessage()));
            System.out.println(cluster.tails(TAIL_LINES));
        } finally {
            cluster.close();
        }
        proveNothingIsLeft(lab);
        story.end();
        return story.isHappy();
    }

    /** The lab is removed by another thread, which ends the process. */
    private static void awaitTheEnd() {
        try {
            Thread.sleep(Duration.ofMinutes(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- coming up

    private void comeUp(Lab lab) throws Exception {
        story.chapter("Two clouds behind NAT, and the internet between them");
        story.step("the root starts, with a planet of its own", () -> {
            cluster.startRoot();
            return cluster.root().address() + " at " + cluster.root().host().address();
        });
        story.step("the API server, with our resource definitions", () -> {
            cluster.startApi();
            return cluster.api().isReal() ? "the one of KUBECONFIG" : "in memory, over HTTP";
        });
        story.step("the operator, with the controller", () -> {
            cluster.startOperator();
            return "starting, pid " + cluster.operator().pid();
        });
        for (String cloud : List.of("a", "b")) {
            story.step("cloud " + cloud + ": a router that masquerades, a node, its agent", () -> {
                ClusterNode node = cluster.addNode(lab.behindNat("node-" + cloud, Nat.PORT_RESTRICTED));
                before.put(node, inventory(node));
                node.startAgent(Map.of());
                return node.host().address() + ", unreachable from outside";
            });
        }
        story.step("the agents can find the controller", cluster::awaitController);
        story.step("kubectl apply -f network.yaml", () -> {
            String id = cluster.applyNetwork(dist.sample("network.yaml"));
            story.fact("network", id + " (" + Cluster.NETWORK + ")");
            return "network " + id + " is ready";
        });
        for (ClusterNode node : cluster.nodes()) {
            story.step(node.name() + " joins and serves pods", () -> {
                node.awaitServing();
                return node.address() + ", block " + block(node);
            });
        }
    }

    private String block(ClusterNode node) {
        JsonNode spec = cluster.api().find("ZeroTierNode", node.name()).path("spec");
        return spec.at("/networks/0/block").asText("none");
    }

    /** All but the home directory, which an uninstallation keeps: who the node is outlives it. It goes with the machine. */
    private static Inventory inventory(ClusterNode node) {
        return Inventory.of(node.host(), node.run(), node.configurations(), node.shims());
    }

    // --- pods

    private void attachPods() throws Exception {
        story.chapter("Pods, attached by the CNI shim as a runtime runs it");
        for (ClusterNode node : cluster.nodes()) {
            for (int i = 1; i <= PODS_PER_NODE; i++) {
                String name = "pod-" + node.name().substring(node.name().length() - 1) + i;
                story.step("ADD " + name + " on " + node.name(), () -> {
                    Pod pod = node.attach(name);
                    pods.add(pod);
                    return pod.ipv4() + " " + pod.ipv6() + " in " + pod.added().micros() / 1000 + " ms";
                });
            }
        }
    }

    private void talk() throws Exception {
        story.chapter("Every pod pings every pod, over IPv4 and IPv6");
        int answered = 0;
        int asked = 0;
        for (Pod from : pods) {
            StringBuilder row = new StringBuilder();
            for (Pod to : pods) {
                if (to == from) {
                    continue;
                }
                for (String address : List.of(to.ipv4(), to.ipv6())) {
                    Ping.Result r = Ping.count(from.sandbox(), address, PINGS);
                    asked += r.sent();
                    answered += r.received();
                    row.append(String.format(
                            "  %s %s %.1f ms", to.name(), address.contains(":") ? "v6" : "v4", r.averageMs()));
                }
            }
            story.say(from.name() + " →" + row);
        }
        story.fact("pings", answered + " of " + asked + " answered, each pod to each, IPv4 and IPv6");
        if (answered < asked) {
            throw new IllegalStateException(asked - answered + " of " + asked + " pings got no answer");
        }
    }

    private void meetDirectly() throws Exception {
        story.chapter("The nodes' path, although both are behind NAT");
        ClusterNode a = cluster.nodes().getFirst();
        ClusterNode b = cluster.nodes().getLast();
        story.step("a direct path", () -> {
            String[] paths = new String[2];
            Lab.await("a direct path between the nodes", DIRECT_WITHIN, () -> {
                paths[0] = a.localApi().directPathTo(b.address());
                paths[1] = b.localApi().directPathTo(a.address());
                return paths[0] != null && paths[1] != null;
            });
            story.fact("path", "direct: " + a.name() + " → " + paths[0] + ", " + b.name() + " → " + paths[1]);
            return paths[0] + " and " + paths[1];
        });
        Pod from = pods.getFirst();
        Pod to = pods.getLast();
        story.step("100 MB by TCP, " + from.name() + " → " + to.name(), () -> {
            Transfer.Moved moved = Transfer.bytes(from.sandbox(), to.sandbox(), to.ipv4(), TRANSFER_BYTES);
            String speed = String.format("%.1f s, %.0f MB/s", moved.seconds(), moved.megabytesPerSecond());
            story.fact("100 MB by TCP", speed);
            return speed;
        });
    }

    private void letALaptopIn(Lab lab) throws Exception {
        story.chapter("A laptop with the stock client");
        String network = cluster.network().at("/status/networkId").asText();
        story.step("the stock client starts behind its own NAT and joins", () -> {
            laptop = ZeroTierProcess.stock(
                            lab.behindNat("laptop", Nat.PORT_RESTRICTED),
                            cluster.root().planet())
                    .start();
            cluster.admit("laptop", laptop.address());
            laptop.join(network);
            return laptop.awaitAddress(network);
        });
        Pod pod = pods.getFirst();
        story.step("it pings " + pod.name(), () -> {
            Ping.Result r = Ping.count(laptop.host(), pod.ipv4(), 10);
            story.fact("laptop", "stock client " + laptop.address() + ", " + r.received() + " of 10 pings answered");
            return String.format("%d of 10 answered, %.1f ms", r.received(), r.averageMs());
        });
    }

    // --- going down

    private void takeDown() throws Exception {
        story.chapter("Everything is deleted");
        for (Pod pod : pods) {
            story.step("DEL " + pod.name(), () -> pod.node().detach(pod).micros() / 1000 + " ms");
        }
        story.step("kubectl delete of the network, the members and the nodes", () -> {
            cluster.deleteResources();
            return "finalizers have let them go";
        });
        for (ClusterNode node : cluster.nodes()) {
            story.step("the agent of " + node.name() + " is uninstalled", () -> {
                node.uninstall();
                List<String> changes = inventory(node).changesSince(before.get(node));
                changes.forEach(story::say);
                if (!changes.isEmpty()) {
                    throw new IllegalStateException(node.name() + " is not as it was: " + changes.size() + " changes");
                }
                return "the node is as it was";
            });
        }
        story.step("the operator, its namespace and our resource definitions", () -> {
            cluster.removeInstallation();
            return "gone";
        });
    }

    private void proveNothingIsLeft(Lab lab) {
        List<String> left = lab.leftovers();
        story.fact(
                "left behind",
                left.isEmpty()
                        ? "nothing: links, addresses, routes, nftables, namespaces, processes, files"
                        : String.join("; ", left));
        if (!left.isEmpty()) {
            story.failed("left behind: " + String.join("; ", left));
        }
    }
}
