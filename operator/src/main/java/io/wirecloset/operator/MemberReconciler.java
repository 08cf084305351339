package io.wirecloset.operator;

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
import io.wirecloset.crds.ZeroTierMemberStatus;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.operator.member.MemberPlan;
import io.wirecloset.operator.member.MemberPlan.Decision;
import io.wirecloset.operator.member.MemberReport;
import io.wirecloset.operator.network.PoolUse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps the controller admitting whom the ZeroTierMembers name, and their status telling what is so. */
@Singleton
@ControllerConfiguration(
        name = "members",
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
        finalizerName = Wirecloset.FINALIZER,
        fieldManager = Apply.RECONCILERS)
public final class MemberReconciler implements Reconciler<ZeroTierMember>, Cleaner<ZeroTierMember> {
    private final ControllerHost host;
    private final Served served;
    private final LongSupplier wallMs;
    private final Mandate mandate;
    private final Events events;
    private final MemberPlan plan;
    private final SimpleInboundEventSource<ZeroTierMember> seen = new SimpleInboundEventSource<>("seen");
    private InformerEventSource<ZeroTierMember, ZeroTierMember> rivals;
    private InformerEventSource<ZeroTierNetwork, ZeroTierMember> networks;

    public MemberReconciler(ControllerHost host, Served served, Surroundings surroundings, Events events) {
        this.events = events;
        this.host = host;
        this.served = served;
        this.wallMs = surroundings.wallMs();
        this.mandate = surroundings.mandate();
        this.plan = new MemberPlan(surroundings.namespace());
    }

    @Override
    public UpdateControl<ZeroTierMember> reconcile(ZeroTierMember member, Context<ZeroTierMember> context) {
        if (!mandate.holds()) {
            return Surroundings.lookAgain();
        }
        Optional<ZeroTierNetwork> network = networkOf(member);
        Decision decision = plan.decide(
                member,
                network,
                served.network(member.getSpec() == null ? "" : Objects.toString(member.getSpec().network, "")),
                rivals.list().toList());
        admit(member, decision);
        return tell(member, decision, network);
    }

    private Optional<ZeroTierNetwork> networkOf(ZeroTierMember member) {
        return member.getSpec() == null || member.getSpec().network == null
                ? Optional.empty()
                : networks.get(new ResourceID(member.getSpec().network)).filter(n -> !n.isMarkedForDeletion());
    }

    private void admit(ZeroTierMember member, Decision decision) {
        switch (decision) {
            case Decision.Accept accept -> served.apply(member, accept.member());
            case Decision.Refuse refuse -> served.removeMember(member);
        }
    }

    private UpdateControl<ZeroTierMember> tell(
            ZeroTierMember member, Decision decision, Optional<ZeroTierNetwork> network) {
        Optional<Sighting> sighting = decision instanceof Decision.Accept accept
                ? host.sighting(accept.member().networkId(), accept.member().address())
                : Optional.empty();
        ZeroTierMemberStatus status = MemberReport.status(
                member,
                decision,
                network,
                network.flatMap(n -> PoolUse.of(n, rivals.list().toList())),
                sighting,
                wallMs.getAsLong());
        UpdateControl<ZeroTierMember> control =
                Statuses.tell(member, status, new ZeroTierMember(), s -> s.conditions, events);
        return Boolean.TRUE.equals(status.online) ? control.rescheduleAfter(MemberReport.SEEN_EVERY_MS) : control;
    }

    @Override
    public DeleteControl cleanup(ZeroTierMember member, Context<ZeroTierMember> context) {
        if (!mandate.holds()) {
            return Surroundings.keepForNow();
        }
        served.removeMember(member);
        return DeleteControl.defaultDelete();
    }

    @Override
    public List<EventSource<?, ZeroTierMember>> prepareEventSources(EventSourceContext<ZeroTierMember> context) {
        networks = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierNetwork.class, ZeroTierMember.class)
                        .withSecondaryToPrimaryMapper(n -> Concerns.those(
                                context, m -> isOn(m, n.getMetadata().getName())))
                        .build(),
                context);
        rivals = Concerns.rivals(ZeroTierMember.class, context, MemberReconciler::isRival);
        host.listen(new ControllerHost.Listener() {
            @Override
            public void memberChanged(long networkId, long address) {
                served.holder(networkId, address).ifPresent(seen::propagateEvent);
            }

            @Override
            public void strangerAsked(long networkId) {
                // Not a member: the network's status tells.
            }
        });
        return List.of(networks, rivals, seen);
    }

    private static boolean isRival(ZeroTierMember member, ZeroTierMember changed) {
        return changed.getSpec() != null
                && isOn(member, changed.getSpec().network)
                && (MemberPlan.wantTheSame(member, changed) || isRefused(member));
    }

    private static boolean isRefused(ZeroTierMember member) {
        return member.getStatus() != null && Statuses.isRefused(member.getStatus().conditions);
    }

    private static boolean isOn(ZeroTierMember member, String network) {
        return member.getSpec() != null && network != null && network.equals(member.getSpec().network);
    }
}
