package io.wirecloset.kindtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Root, API server, operator and agents of one cluster in a lab, as processes of {@code dist/}. */
public final class Cluster implements AutoCloseable {
    public static final String NAMESPACE = "wirecloset-system";
    public static final String NETWORK = "pods";
    private static final int CONTROLLER_PORT = 9994;
    /** Programs come up in seconds; on a machine that compiles beside, in a minute. */
    static final Duration COMING_UP = Duration.ofMinutes(3);

    private final Lab lab;
    private final Dist dist;
    private final String prefix;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private ZeroTierProcess root;
    private KubeApi api;
    private Daemon operator;

    public Cluster(Lab lab, Dist dist) {
        this(lab, dist, "");
    }

    /** @param prefix of the names of its hosts, where a lab has several clusters */
    public Cluster(Lab lab, Dist dist, String prefix) {
        this.lab = lab;
        this.dist = dist;
        this.prefix = prefix;
    }

    public Lab lab() {
        return lab;
    }

    public ZeroTierProcess root() {
        return root;
    }

    public KubeApi api() {
        return api;
    }

    public Daemon operator() {
        return operator;
    }

    public List<ClusterNode> nodes() {
        return List.copyOf(nodes);
    }

    public void startRoot() {
        root = ZeroTierProcess.root(lab.publicHost("root"), dist).start();
    }

    /** @throws IllegalStateException when this would disturb what somebody else runs on a real server */
    public void startApi() {
        startApi(KubeApi.of(lab, dist));
    }

    /** A server in memory, also when KUBECONFIG names a real one. */
    public void startApiInMemory() {
        startApi(KubeApi.inMemory(lab, dist, prefix + "api"));
    }

    /** @param server taken over */
    void startApi(KubeApi server) {
        api = server;
        if (api.isReal()) {
            requireNobodyThere();
        }
        api.apply(dist.resourceDefinitions());
        api.apply(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .endMetadata()
                .build());
    }

    private void requireNobodyThere() {
        boolean installed = api.client().namespaces().withName(NAMESPACE).get() != null
                || api.client()
                                .apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName("zerotiernetworks.wirecloset.io")
                                .get()
                        != null;
        if (installed) {
            throw new IllegalStateException("the API server of KUBECONFIG knows our resources or the namespace "
                    + NAMESPACE + " already: use one where nothing of ours is installed");
        }
    }

    /** Starts the operator on a public host. */
    public void startOperator() {
        startOperator(Map.of());
    }

    /** @param more beside what every operator gets in its environment */
    public void startOperator(Map<String, String> more) {
        Host host = lab.publicHost(prefix + "operator");
        Map<String, String> environment = new HashMap<>(api.reachableFrom(host));
        environment.put("WIRECLOSET_NAMESPACE", NAMESPACE);
        if (root != null) {
            environment.put("WIRECLOSET_PLANET_FILE", planetOn(host).toString());
        }
        environment.put("WIRECLOSET_BLOCK_QUARANTINE", "0S");
        environment.put("WIRECLOSET_CONTROLLER_PORT", "" + CONTROLLER_PORT);
        environment.put("WIRECLOSET_CONTROLLER_ENDPOINTS", host.address() + "/" + CONTROLLER_PORT);
        environment.put(
                "WIRECLOSET_CONTROLLER_HOME", host.folder().resolve("home").toString());
        environment.putAll(more);
        operator = host.start("operator", environment, dist.program(), "operator");
    }

    private Path planetOn(Host host) {
        try {
            return Files.write(host.folder().resolve("planet"), root.planet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the operator tells everybody: the planet in base64, say. */
    public String published(String key) {
        return api.client()
                .configMaps()
                .inNamespace(NAMESPACE)
                .withName("wirecloset-cluster")
                .get()
                .getData()
                .get(key);
    }

    /** Waits until the agents can find the operator's controller. @return its ten digits */
    public String awaitController() {
        Lab.await("the operator tells where its controller is", COMING_UP, () -> {
            operator.requireAlive();
            return api.client()
                            .configMaps()
                            .inNamespace(NAMESPACE)
                            .withName("wirecloset-cluster")
                            .get()
                    != null;
        });
        return published("controllers").replaceFirst("(?s).*?\"([0-9a-f]{10}):.*", "$1");
    }

    /** A node of the cluster on a host of the lab: forwards, as every kubelet's machine does, and is known to the API. */
    public ClusterNode addNode(Host host) {
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        api.apply(new NodeBuilder()
                .withNewMetadata()
                .withName(host.name())
                .endMetadata()
                .build());
        ClusterNode node = new ClusterNode(lab, host.name(), host, dist, api.reachableFrom(host));
        nodes.add(node);
        return node;
    }

    /** Applies a network's file and waits until the controller serves it. @return its id */
    public String applyNetwork(Path file) {
        api.apply(file);
        Lab.await("network " + NETWORK + " is ready", COMING_UP, () -> {
            operator.requireAlive();
            return KubeApi.condition(network(), "Ready").equals("True");
        });
        return network().at("/status/networkId").asText();
    }

    /** What a condition of the network says: its status, reason and message; empty when there is none. */
    public String said(String type) {
        return KubeApi.said(network(), type);
    }

    /** Lets a device into the network, as an administrator does. */
    public void admit(String name, String address) {
        api.apply("""
                apiVersion: wirecloset.io/v1alpha1
                kind: ZeroTierMember
                metadata: {name: %s, namespace: %s}
                spec: {network: %s, address: "%s", authorized: true, name: %s}
                """.formatted(name, NAMESPACE, NETWORK, address, name));
    }

    public JsonNode network() {
        return api.find("ZeroTierNetwork", NETWORK);
    }

    /** Deletes every resource of ours and the nodes, and waits until the finalizers have let them go. */
    public void deleteResources() {
        for (String kind : List.of("ZeroTierMember", "ZeroTierNetwork")) {
            api.ours(kind).inAnyNamespace().list().getItems().forEach(r -> api.client()
                    .resource(r)
                    .delete());
        }
        nodes.forEach(n -> api.client().nodes().withName(n.name()).delete());
        Lab.await("resources are gone", COMING_UP, () -> remaining().isEmpty());
    }

    /** Stops the operator and deletes what it needed: its namespace with all in it, and our resource definitions. */
    public void removeInstallation() {
        operator.stop();
        api.client().secrets().inNamespace(NAMESPACE).delete();
        api.client().configMaps().inNamespace(NAMESPACE).delete();
        api.client().leases().inNamespace(NAMESPACE).delete();
        api.client().namespaces().withName(NAMESPACE).delete();
        api.delete(dist.resourceDefinitions());
    }

    /** Resources of ours that still exist. */
    public List<String> remaining() {
        List<String> left = new ArrayList<>();
        for (String kind : List.of("ZeroTierNetwork", "ZeroTierMember", "ZeroTierNode")) {
            api.ours(kind)
                    .inAnyNamespace()
                    .list()
                    .getItems()
                    .forEach(r -> left.add(kind + "/" + r.getMetadata().getName()));
        }
        return left;
    }

    /** Two clouds behind a translating router each, one node in each, and a network that is ready for pods. */
    public static Cluster twoClouds(Lab lab, io.wirecloset.kindtests.lab.Nat nat) {
        Dist dist = Dist.current();
        Cluster c = new Cluster(lab, dist);
        c.startRoot();
        c.startApi();
        c.startOperator();
        for (String cloud : List.of("a", "b")) {
            c.addNode(lab.behindNat("node-" + cloud, nat)).startAgent(Map.of());
        }
        c.awaitController();
        c.applyNetwork(dist.sample("network.yaml"));
        c.nodes.forEach(ClusterNode::awaitServing);
        return c;
    }

    /** What the programs printed last, for whoever looks into a failure. */
    public String tails(int lines) {
        StringBuilder all = new StringBuilder();
        for (Host host : lab.hosts()) {
            for (Daemon d : host.daemons()) {
                all.append("--- ")
                        .append(d.name())
                        .append(d.isAlive() ? "" : " (ended)")
                        .append('\n')
                        .append(d.tail(lines))
                        .append('\n');
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
        lab.close();
    }
}
