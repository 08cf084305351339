package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.wirecloset.controller.Mandate;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.operator.node.NodePlan;
import io.wirecloset.operator.node.NodePlan.OnNetwork;
import io.wirecloset.vl1.wire.NetworkIds;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Gives each node of the cluster its memberships and its address blocks, and takes them back. */
// The status is what the agent says, and what is acted on: its changes are events too.
@Singleton
@ControllerConfiguration(
        name = "nodes",
        generationAwareEventProcessing = false,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
        finalizerName = Wirecloset.FINALIZER,
        fieldManager = Apply.RECONCILERS)
public final class NodeReconciler implements Reconciler<ZeroTierNode>, Cleaner<ZeroTierNode> {
    private static final Duration MEMBERS_GONE_RETRY = Duration.ofSeconds(1);

    private final Served served;
    private final NodePlan plan;
    private final Duration quarantine;
    private final LongSupplier wallMs;
    private final Mandate mandate;
    /** Blocks are handed out one node at a time, from what the API server holds, not from a cache behind it. */
    private final Object handingOut = new Object();

    private InformerEventSource<Node, ZeroTierNode> kubeNodes;
    private InformerEventSource<ZeroTierNetwork, ZeroTierNode> networks;
    private InformerEventSource<ZeroTierMember, ZeroTierNode> members;

    public NodeReconciler(Served served, Surroundings surroundings) {
        this.served = served;
        this.plan = new NodePlan(surroundings.namespace());
        this.quarantine = surroundings.blockQuarantine();
        this.wallMs = surroundings.wallMs();
        this.mandate = surroundings.mandate();
    }

    @Override
    public UpdateControl<ZeroTierNode> reconcile(ZeroTierNode node, Context<ZeroTierNode> context) {
        if (!mandate.holds()) {
            return Surroundings.lookAgain();
        }
        KubernetesClient client = context.getClient();
        if (lostItsNode(node)) {
            client.resource(node).delete();
            return UpdateControl.noUpdate();
        }
        memberships(node, client);
        blocks(node, client);
        return UpdateControl.noUpdate();
    }

    /** A cluster does this by itself; the owner reference says so. Not every API server collects garbage. */
    private boolean lostItsNode(ZeroTierNode node) {
        return owner(node).isPresent() && kubeNode(node).isEmpty();
    }

    private void memberships(ZeroTierNode node, KubernetesClient client) {
        String name = node.getMetadata().getName();
        List<OnNetwork> onNetworks = networksServed();
        List<ZeroTierMember> wanted = plan.members(node, onNetworks);
        Set<String> unserved = networksThere();
        onNetworks.forEach(n -> unserved.remove(n.network().getMetadata().getName()));
        Map<String, ZeroTierMember> present = members.list()
                .filter(m -> plan.isOf(m, name))
                .filter(m -> !unserved.contains(m.getSpec().network))
                .collect(Collectors.toMap(m -> m.getMetadata().getName(), m -> m));
        for (ZeroTierMember member : wanted) {
            if (!present.containsKey(member.getMetadata().getName())) {
                Apply.createIfMissing(client, member);
            }
        }
        plan.surplus(name, wanted, present.values())
                .forEach(m -> client.resource(m).delete());
    }

    private void blocks(ZeroTierNode node, KubernetesClient client) {
        List<String> podCidrs = kubeNode(node)
                .map(n -> n.getSpec() == null || n.getSpec().getPodCIDRs() == null
                        ? List.<String>of()
                        : n.getSpec().getPodCIDRs())
                .orElse(List.of());
        ZeroTierNodeSpec asCached = plan.spec(
                node,
                networksServed(),
                networksThere(),
                podCidrs,
                List.of(node),
                members.list().toList());
        if (node.getSpec() != null && Statuses.same(asCached, node.getSpec())) {
            return;
        }
        synchronized (handingOut) {
            List<ZeroTierNode> nodes =
                    client.resources(ZeroTierNode.class).list().getItems();
            ZeroTierNodeSpec spec = plan.spec(
                    node,
                    networksServed(),
                    networksThere(),
                    podCidrs,
                    nodes,
                    members.list().toList());
            ZeroTierNode patch = new ZeroTierNode();
            patch.setMetadata(Statuses.nameOf(node));
            patch.setSpec(spec);
            if (mandate.holds()) {
                Apply.apply(client, patch);
            }
        }
    }

    /** As they are served, which need not be what their resources say now. */
    private List<OnNetwork> networksServed() {
        return networks.list()
                .filter(n -> !n.isMarkedForDeletion())
                .flatMap(n -> served.id(n.getMetadata().getName()).stream()
                        .mapToObj(id -> new OnNetwork(asServed(n), NetworkIds.format(id))))
                .toList();
    }

    private ZeroTierNetwork asServed(ZeroTierNetwork network) {
        ZeroTierNetwork inForce = new ZeroTierNetwork();
        inForce.setMetadata(network.getMetadata());
        inForce.setSpec(served.specInForce(network.getMetadata().getName()).orElse(network.getSpec()));
        return inForce;
    }

    /** Those that exist: a node that is on one stays on it, also while it is not served. */
    private Set<String> networksThere() {
        return networks.list()
                .filter(n -> !n.isMarkedForDeletion())
                .map(n -> n.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    /** The resource stays, and with it the claim on its blocks, until nobody can still send to the old node. */
    @Override
    public DeleteControl cleanup(ZeroTierNode node, Context<ZeroTierNode> context) {
        if (!mandate.holds()) {
            return Surroundings.keepForNow();
        }
        String name = node.getMetadata().getName();
        List<ZeroTierMember> left =
                members.list().filter(m -> plan.isOf(m, name)).toList();
        if (!left.isEmpty()) {
            plan.surplus(name, List.of(), left)
                    .forEach(m -> context.getClient().resource(m).delete());
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(MEMBERS_GONE_RETRY.toMillis());
        }
        long waitMs = heldUntilMs(node) - wallMs.getAsLong();
        if (waitMs <= 0 || holdsNothing(node) || kubeNode(node).isPresent()) {
            return DeleteControl.defaultDelete();
        }
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(waitMs);
    }

    private long heldUntilMs(ZeroTierNode node) {
        return Instant.parse(node.getMetadata().getDeletionTimestamp())
                .plus(quarantine)
                .toEpochMilli();
    }

    private static boolean holdsNothing(ZeroTierNode node) {
        return node.getSpec() == null || node.getSpec().networks.stream().allMatch(n -> n.block == null);
    }

    private static Optional<OwnerReference> owner(ZeroTierNode node) {
        return node.getMetadata().getOwnerReferences().stream()
                .filter(o -> o.getKind().equals("Node"))
                .findFirst();
    }

    /** A node that comes back under its name is the same node: the wait is over, and its block is free for it. */
    private Optional<Node> kubeNode(ZeroTierNode node) {
        return kubeNodes.get(new ResourceID(node.getMetadata().getName())).filter(n -> !n.isMarkedForDeletion());
    }

    @Override
    public List<EventSource<?, ZeroTierNode>> prepareEventSources(EventSourceContext<ZeroTierNode> context) {
        kubeNodes = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Node.class, ZeroTierNode.class)
                        .withSecondaryToPrimaryMapper(
                                n -> Set.of(new ResourceID(n.getMetadata().getName())))
                        // Kubelets report often; only what the plan reads is a reason to look.
                        .withOnUpdateFilter((now, before) -> now.isMarkedForDeletion() != before.isMarkedForDeletion()
                                || !Statuses.same(now.getSpec(), before.getSpec()))
                        .build(),
                context);
        networks = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierNetwork.class, ZeroTierNode.class)
                        .withSecondaryToPrimaryMapper(n -> Concerns.all(context))
                        .withOnUpdateFilter(NodeReconciler::idOrSpecChanged)
                        .build(),
                context);
        members = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierMember.class, ZeroTierNode.class)
                        .withSecondaryToPrimaryMapper(m -> Concerns.those(
                                context, n -> plan.isOf(m, n.getMetadata().getName())))
                        .withOnUpdateFilter(Statuses::specChanged)
                        .build(),
                context);
        return List.of(kubeNodes, networks, members);
    }

    private static boolean idOrSpecChanged(ZeroTierNetwork now, ZeroTierNetwork before) {
        String id = now.getStatus() == null ? null : now.getStatus().networkId;
        String idBefore = before.getStatus() == null ? null : before.getStatus().networkId;
        return Statuses.specChanged(now, before) || !Objects.equals(id, idBefore);
    }
}
