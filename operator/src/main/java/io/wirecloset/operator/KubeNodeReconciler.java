package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Makes a ZeroTierNode for each Kubernetes node, and writes nothing to that. */
@Singleton
@ControllerConfiguration(name = "kube-nodes", fieldManager = Apply.RECONCILERS)
public final class KubeNodeReconciler implements Reconciler<Node> {
    private InformerEventSource<ZeroTierNode, Node> present;

    @Override
    public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
        boolean missing =
                present.get(new ResourceID(node.getMetadata().getName())).isEmpty();
        if (missing && !node.isMarkedForDeletion()) {
            Apply.createIfMissing(context.getClient(), desired(node));
        }
        return UpdateControl.noUpdate();
    }

    private static ZeroTierNode desired(Node node) {
        ZeroTierNode wanted = new ZeroTierNode();
        wanted.setMetadata(new ObjectMetaBuilder()
                .withName(node.getMetadata().getName())
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.getMetadata().getName())
                .withUid(node.getMetadata().getUid())
                .endOwnerReference()
                .build());
        wanted.setSpec(new ZeroTierNodeSpec());
        return wanted;
    }

    @Override
    public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
        present = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ZeroTierNode.class, Node.class)
                        .withSecondaryToPrimaryMapper(
                                n -> Set.of(new ResourceID(n.getMetadata().getName())))
                        .withOnUpdateFilter((now, before) -> false)
                        .build(),
                context);
        return List.of(present);
    }
}
