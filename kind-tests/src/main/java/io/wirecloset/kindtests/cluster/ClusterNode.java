package io.wirecloset.kindtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.CniRuntime.Attached;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.LocalApi;
import io.wirecloset.kindtests.lab.MemoryLimit;
import io.wirecloset.kindtests.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A node of the cluster: its agent, and the runtime that calls the agent's shim for every pod. */
public final class ClusterNode {
    private static final int VL1_PORT = 9993;
    private static final AtomicInteger CONTAINERS = new AtomicInteger();

    private final Lab lab;
    private final String name;
    private final Host host;
    private final Dist dist;
    private final Map<String, String> apiEnvironment;
    private final CniRuntime runtime;
    private Daemon agent;

    ClusterNode(Lab lab, String name, Host host, Dist dist, Map<String, String> apiEnvironment) {
        this.lab = lab;
        this.name = name;
        this.host = host;
        this.dist = dist;
        this.apiEnvironment = apiEnvironment;
        try {
            Files.createDirectories(configurations());
            Files.createDirectories(shims());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.runtime = new CniRuntime(host, shims(), configurations(), Map.of());
    }

    public String name() {
        return name;
    }

    public Host host() {
        return host;
    }

    public CniRuntime runtime() {
        return runtime;
    }

    public Daemon agent() {
        return agent;
    }

    public Path run() {
        return host.folder().resolve("run");
    }

    /** Where shim and agent meet: beside the node's own records, as both nodes share one machine. */
    private Path socket() {
        return run().resolve("cni.sock");
    }

    public Path home() {
        return host.folder().resolve("lib");
    }

    public Path configurations() {
        return host.folder().resolve("net.d");
    }

    public Path shims() {
        return host.folder().resolve("cni-bin");
    }

    /** Where the agent keeps what it knows, on this node instead of in the machine's own folders. */
    private Map<String, String> environment() {
        Map<String, String> e = new HashMap<>(apiEnvironment);
        e.put("WIRECLOSET_NODE_NAME", name);
        e.put("WIRECLOSET_HOME", home().toString());
        e.put("WIRECLOSET_RUN", run().toString());
        e.put("WIRECLOSET_PORT", "" + VL1_PORT);
        e.put("WIRECLOSET_CNI_SOCKET", socket().toString());
        e.put("WIRECLOSET_CNI_CONF_DIR", configurations().toString());
        e.put("WIRECLOSET_CNI_BIN_DIR", shims().toString());
        e.put("WIRECLOSET_CNI_SHIM", dist.shims().resolve("wirecloset").toString());
        return e;
    }

    /** @param more beside what every agent gets, such as a point at which to crash */
    public void startAgent(Map<String, String> more) {
        Map<String, String> e = environment();
        e.putAll(more);
        agent = host.start("agent", e, dist.program(), "agent");
    }

    /** As {@link #startAgent}, with no more memory than a container would have. */
    public void startAgentWithin(MemoryLimit limit) {
        Map<String, String> e = environment();
        // what the JVM finds out by itself in a container, which has the control groups before its eyes
        e.put("WIRECLOSET_JAVA_OPTIONS", "-XX:MaxRAM=" + limit.bytes());
        agent = host.startWithin(limit, "agent", e, dist.program(), "agent");
    }

    /** Starts another agent beside the one there is, as an update with {@code maxSurge} does. @return the one before */
    public Daemon startNextAgent() {
        Daemon before = agent;
        startAgent(Map.of());
        return before;
    }

    /** Waits until the runtime may ask for pods. */
    public void awaitServing() {
        Lab.await(name + " serves pods", Cluster.COMING_UP, () -> {
            agent.requireAlive();
            return runtime.ready();
        });
    }

    /** The agent's records of attachments, without those that only remember a deletion. */
    public List<String> records() {
        return records(text -> !text.contains("\"REMOVED\""));
    }

    /** Interfaces of deleted pods go behind the answer. */
    public void awaitRemovals() {
        Lab.await(name + " has removed what was deleted", Duration.ofSeconds(20), () -> records(
                        text -> text.contains("\"REMOVING\""))
                .isEmpty());
    }

    private List<String> records(Predicate<String> wanted) {
        try (Stream<Path> files = Files.list(run().resolve("attachments"))) {
            List<String> records = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".") && wanted.test(Files.readString(file))) { // with a dot: being written
                    records.add(name);
                }
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public LocalApi localApi() {
        return new LocalApi(host, home(), VL1_PORT);
    }

    /** The ten digits of the node. */
    public String address() {
        return localApi().get("/status").path("address").asText();
    }

    /** Makes a sandbox and attaches it, as a runtime does for a pod. */
    public Pod attach(String podName) {
        Pod pod = tryAttach(podName);
        if (!pod.added().ok()) {
            throw new IllegalStateException(
                    "ADD of " + podName + " on " + name + ": " + pod.added().error());
        }
        return pod;
    }

    /** The same, whatever comes of it; to be detached in any case. */
    public Pod tryAttach(String podName) {
        return tryAttach(podName, JsonNodeFactory.instance.objectNode());
    }

    /** @param wishes of the pod, by capability */
    public Pod tryAttach(String podName, JsonNode wishes) {
        Host sandbox = lab.emptyHost(podName);
        Attached what = new Attached(
                String.format("%064x", 0x5a17_0000L + CONTAINERS.incrementAndGet()), CniRuntime.USUAL_INTERFACE);
        return new Pod(
                this,
                sandbox,
                what.containerId(),
                runtime.add(what, sandbox.namespacePath(), "default", podName, wishes));
    }

    /** Asks once more for what a runtime lost the answer to, or for a new sandbox of the same pod. */
    public Pod attachAgain(Host sandbox, String containerId, String podName) {
        return new Pod(
                this, sandbox, containerId, runtime.add(containerId, sandbox.namespacePath(), "default", podName));
    }

    /** Asks whether all is as ADD made it. */
    public CniRuntime.Outcome check(Pod pod) {
        return runtime.check(
                new Attached(pod.containerId(), CniRuntime.USUAL_INTERFACE),
                pod.sandbox().namespacePath(),
                "default",
                pod.name());
    }

    /** As a runtime does for a sandbox that it has made anew, or lost sight of. @return what came of it */
    public CniRuntime.Outcome delete(Pod pod, boolean withNamespace) {
        return runtime.del(
                pod.containerId(),
                withNamespace ? pod.sandbox().namespacePath().toString() : "",
                "default",
                pod.name());
    }

    /** Detaches a pod and removes its sandbox. */
    public CniRuntime.Outcome detach(Pod pod) {
        CniRuntime.Outcome deleted =
                runtime.del(pod.containerId(), pod.sandbox().namespacePath().toString(), "default", pod.name());
        lab.remove(pod.sandbox());
        if (!deleted.ok()) {
            throw new IllegalStateException("DEL of " + pod.name() + " on " + name + ": " + deleted.error());
        }
        return deleted;
    }

    /** Takes the agent's traces off the node, as the chart does when it is uninstalled. */
    public void uninstall() {
        agent.stop();
        Shell.Result r =
                host.call(List.of(dist.program(), "agent", "uninstall"), environment(), "", Duration.ofSeconds(60));
        if (!r.ok()) {
            throw new IllegalStateException("uninstalling from " + name + ": " + r.err() + r.out());
        }
    }
}
