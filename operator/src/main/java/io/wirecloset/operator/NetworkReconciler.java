package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Node;
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
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.wirecloset.controller.Mandate;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.operator.network.NetworkPlan.Decision;
import io.wirecloset.operator.network.NetworkReport;
import io.wirecloset.operator.network.TakenRanges;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Keeps the controller serving what the ZeroTierNetworks say, and their status telling what is so. */
@Singleton
@ControllerConfiguration(
        name = "networks",
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
        finalizerName = Wirecloset.FINALIZER,
        fieldManager = Apply.RECONCILERS)
public final class NetworkReconciler implements Reconciler<ZeroTierNetwork>, Cleaner<ZeroTierNetwork> {
    private final ControllerHost host;
    private final Served served;
    private final LongSupplier wallMs;
    private final Mandate mandate;
    private final Events events;
    private final SimpleInboundEventSource<ZeroTierNetwork> strangers = new SimpleInboundEventSource<>("strangers");
    private InformerEventSource<ZeroTierNetwork, ZeroTierNetwork> rivals;
    private InformerEventSource<ZeroTierMember, ZeroTierNetwork> members;
    private InformerEventSource<ZeroTierNode, ZeroTierNetwork> nodes;
    private InformerEventSource<Node, ZeroTierNetwork> kubeNodes;
    private ServiceRanges services;

    public NetworkReconciler(ControllerHost host, Served served, Surroundings surroundings, Events events) {
        this.events = events;
        this.host = host;
        this.served = served;
        this.wallMs = surroundings.wallMs();
        this.mandate = surroundings.mandate();
    }

    @Override
    public UpdateControl<ZeroTierNetwork> reconcile(ZeroTierNetwork network, Context<ZeroTierNetwork> context) {
        if (!mandate.holds()) {
            return Surroundings.lookAgain();
        }
        Decision decision = new NetworkPlan(host.address())
                .decide(
                        network,
                        rivals.list().toList(),
                        TakenRanges.of(services.now(), kubeNodes.list().toList()));
        serve(network, decision);
        return tell(network, decision);
    }

    /** A network that cannot be carried out as written stays as it was last served. */
    private void serve(ZeroTierNetwork network, Decision decision) {
        String name = network.getMetadata().getName();
        switch (decision) {
            case Decision.Serve serve -> served.apply(name, serve.network(), network.getSpec());
            case Decision.Join join -> served.join(name, join.id(), network.getSpec());
            case Decision.Refuse refuse -> {
                // said in the status
            }
        }
    }

    private UpdateControl<ZeroTierNetwork> tell(ZeroTierNetwork network, Decision decision) {
        long id = served.network(network.getMetadata().getName())
                .map(HostedNetwork::id)
                .orElse(0L);
        ZeroTierNetworkStatus status = new NetworkReport(host.address())
                .status(
                        network,
                        decision,
                        members.list().toList(),
                        nodes.list().toList(),
                        id == 0 ? List.of() : host.pending(id),
                        wallMs.getAsLong());
        if (decision instanceof Decision.Refuse) {
            status.specInForce = served.specInForce(network.getMetadata().getName())
                    .map(Statuses::text)
                    .orElse(null);
        }
        return Statuses.tell(network, status, new ZeroTierNetwork(), s -> s.conditions, events);
    }

    @Override
    public DeleteControl cleanup(ZeroTierNetwork network, Context<ZeroTierNetwork> context) {
        if (!mandate.holds()) {
            return Surroundings.keepForNow();
        }
        served.removeNetwork(network.getMetadata().getName());
        return DeleteControl.defaultDelete();
    }

    @Override
    public List<EventSource<?, ZeroTierNetwork>> prepareEventSources(EventSourceContext<ZeroTierNetwork> context) {
        members = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierMember.class, ZeroTierNetwork.class)
                        .withSecondaryToPrimaryMapper(m -> m.getSpec() == null || m.getSpec().network == null
                                ? Set.of()
                                : Set.of(new ResourceID(m.getSpec().network)))
                        .build(),
                context);
        nodes = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierNode.class, ZeroTierNetwork.class)
                        .withSecondaryToPrimaryMapper(n -> n.getSpec() == null
                                ? Set.of()
                                : n.getSpec().networks.stream()
                                        .map(e -> new ResourceID(e.network))
                                        .collect(Collectors.toSet()))
                        .build(),
                context);
        services = new ServiceRanges(context.getClient());
        kubeNodes = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Node.class, ZeroTierNetwork.class)
                        .withSecondaryToPrimaryMapper(n -> Concerns.all(context))
                        .withOnUpdateFilter((now, before) -> !TakenRanges.sameAddresses(now, before))
                        .build(),
                context);
        rivals = Concerns.rivals(ZeroTierNetwork.class, context, (network, changed) -> true);
        host.listen(new ControllerHost.Listener() {
            @Override
            public void memberChanged(long networkId, long address) {
                // The member's status changes, and that is an event by itself.
            }

            @Override
            public void strangerAsked(long networkId) {
                served.networkName(networkId).ifPresent(name -> strangers.propagateEvent(new ResourceID(name)));
            }
        });
        return List.of(members, nodes, kubeNodes, rivals, strangers);
    }
}
