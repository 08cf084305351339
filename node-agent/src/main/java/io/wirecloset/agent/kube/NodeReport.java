package io.wirecloset.agent.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Says in this node's ZeroTierNode who it is and how it does; the operator admits it by that. Writes nothing else. */
public final class NodeReport {
    private static final Logger LOG = System.getLogger(NodeReport.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PAUSE_MIN_MS = 2_000;
    private static final long PAUSE_MAX_MS = 30_000;
    /** Behind some NATs everybody sees another port; all agents read each change. */
    private static final long SURFACE_EVERY_MS = 60_000;

    private static final String FIELD_MANAGER = "wirecloset-agent";
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(FIELD_MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final ClusterWatch watch;
    private final String nodeName;
    private final LongSupplier nowNs;

    // the reporting thread only
    private long pauseMs;
    private long notBeforeNs;
    private List<String> surfaceTold = List.of();
    private long surfaceNotBeforeNs;

    public NodeReport(KubernetesClient client, ClusterWatch watch, String nodeName) {
        this(client, watch, nodeName, System::nanoTime);
    }

    /** @param nowNs monotonic */
    NodeReport(KubernetesClient client, ClusterWatch watch, String nodeName, LongSupplier nowNs) {
        this.client = client;
        this.watch = watch;
        this.nodeName = nodeName;
        this.nowNs = nowNs;
        this.notBeforeNs = nowNs.getAsLong();
        this.surfaceNotBeforeNs = nowNs.getAsLong();
    }

    /**
     * How the node does.
     *
     * @param address 10 digits
     * @param identity full, public
     * @param surface where else than at its endpoints others see it; null while nobody says
     * @param networks how it does on each
     * @param missing what keeps it from serving pods; empty when nothing does
     */
    public record Facts(
            String address,
            String identity,
            List<String> endpoints,
            List<String> surface,
            String version,
            int directPeers,
            int relayedPeers,
            List<ZeroTierNodeStatus.OnNetwork> networks,
            String missing) {}

    /**
     * Writes what changed. Nothing while the operator has not made the resource, or the API server is away: the next call
     * comes soon. What fails is tried again after two seconds, then less and less often. One thread; may take as long as a
     * request may.
     */
    public void tell(Facts facts) {
        if (nowNs.getAsLong() - notBeforeNs < 0) {
            return;
        }
        Optional<ZeroTierNode> present = watch.node(nodeName);
        if (present.isEmpty()) {
            return;
        }
        ZeroTierNodeStatus status = status(facts, present.get(), Instant.now());
        status.surface = surface(facts, present.get().getStatus());
        if (same(status, present.get().getStatus())) {
            return;
        }
        ZeroTierNode patch = new ZeroTierNode();
        patch.setMetadata(new ObjectMetaBuilder().withName(nodeName).build());
        patch.setStatus(status);
        try {
            client.resource(patch).subresource("status").patch(APPLY);
            pauseMs = 0;
            noteSurface(status.surface);
        } catch (KubernetesClientException e) {
            pauseMs = Math.clamp(2 * pauseMs, PAUSE_MIN_MS, PAUSE_MAX_MS);
            notBeforeNs = nowNs.getAsLong() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
            LOG.log(Level.WARNING, "the status of ZeroTierNode {0} cannot be written: {1}", nodeName, e.getMessage());
        }
    }

    /**
     * Says of a node whose agent ends before it could serve why it did: who asks how the node is finds no old answer. All
     * else that the status holds stays; without the resource, or an API server, only the log has it.
     */
    public static void cannotRun(KubernetesClient client, String nodeName, String why, Instant now) {
        try {
            ZeroTierNode present =
                    client.resources(ZeroTierNode.class).withName(nodeName).get();
            if (present == null) {
                return;
            }
            Condition condition = ready("CannotRun", "the agent cannot run: " + why, present, now);
            ObjectNode patch = JSON.createObjectNode();
            patch.putObject("status").putArray("conditions").add(JSON.valueToTree(condition));
            client.resources(ZeroTierNode.class)
                    .withName(nodeName)
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
        } catch (KubernetesClientException e) {
            LOG.log(Level.WARNING, "ZeroTierNode {0} cannot be told why: {1}", nodeName, e.getMessage());
        }
    }

    /** While nobody says where we are seen, others may need what was said before; and it is not news at every port. */
    private List<String> surface(Facts facts, ZeroTierNodeStatus before) {
        List<String> said = before == null || before.surface == null ? List.of() : before.surface;
        boolean tooSoon = nowNs.getAsLong() - surfaceNotBeforeNs < 0;
        return facts.surface() == null || tooSoon && !said.isEmpty() ? said : facts.surface();
    }

    private void noteSurface(List<String> told) {
        if (!told.equals(surfaceTold)) {
            surfaceTold = told;
            surfaceNotBeforeNs = nowNs.getAsLong() + TimeUnit.MILLISECONDS.toNanos(SURFACE_EVERY_MS);
        }
    }

    static ZeroTierNodeStatus status(Facts facts, ZeroTierNode present, Instant now) {
        ZeroTierNodeStatus status = new ZeroTierNodeStatus();
        status.observedGeneration = present.getMetadata().getGeneration();
        status.address = facts.address();
        status.identity = facts.identity();
        status.endpoints = facts.endpoints();
        status.version = facts.version();
        status.paths = new ZeroTierNodeStatus.Paths();
        status.paths.direct = facts.directPeers();
        status.paths.relayed = facts.relayedPeers();
        status.networks = facts.networks();
        status.conditions = List.of(
                facts.missing().isEmpty()
                        ? ready("ServesPods", "pods on this node are attached to the networks", present, now)
                        : ready("CannotServePods", facts.missing(), present, now));
        return status;
    }

    private static Condition ready(String reason, String message, ZeroTierNode present, Instant now) {
        String truth = reason.equals("ServesPods") ? "True" : "False";
        String since = Optional.ofNullable(present.getStatus()).stream()
                .flatMap(s -> s.conditions.stream())
                .filter(c -> Condition.READY.equals(c.type) && truth.equals(c.status))
                .map(c -> c.lastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new Condition(
                Condition.READY,
                truth,
                reason,
                message,
                since,
                present.getMetadata().getGeneration());
    }

    private static boolean same(ZeroTierNodeStatus a, ZeroTierNodeStatus b) {
        return b != null
                && Objects.equals(a.observedGeneration, b.observedGeneration)
                && Objects.equals(a.address, b.address)
                && Objects.equals(a.identity, b.identity)
                && Objects.equals(a.endpoints, b.endpoints)
                && Objects.equals(a.surface, b.surface)
                && Objects.equals(a.version, b.version)
                && b.paths != null
                && a.paths.direct == b.paths.direct
                && a.paths.relayed == b.paths.relayed
                && Objects.equals(a.networks, b.networks)
                && Objects.equals(a.conditions, b.conditions);
    }
}
