package io.wirecloset.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.member.MemberPlan;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.operator.network.TakenRanges;
import java.util.List;
import java.util.Optional;

/**
 * Tells a controller that knows nothing everything that the API server holds, before it answers anybody: an address
 * that a member has must not be given to the first who asks.
 */
public final class Resources {
    private Resources() {}

    public static void load(KubernetesClient client, ControllerHost host, Served served, String operatorNamespace) {
        List<ZeroTierNetwork> networks =
                client.resources(ZeroTierNetwork.class).list().getItems();
        TakenRanges taken = TakenRanges.of(
                new ServiceRanges(client).now(), client.nodes().list().getItems());
        NetworkPlan networkPlan = new NetworkPlan(host.address());
        for (ZeroTierNetwork network : networks) {
            if (!network.isMarkedForDeletion()
                    && !serve(network, network.getSpec(), networkPlan, networks, taken, served)) {
                specInForce(network).ifPresent(spec -> serve(network, spec, networkPlan, networks, taken, served));
            }
        }
        List<ZeroTierMember> members =
                client.resources(ZeroTierMember.class).inAnyNamespace().list().getItems();
        MemberPlan memberPlan = new MemberPlan(operatorNamespace);
        for (ZeroTierMember member : members) {
            String name = member.getSpec() == null ? null : member.getSpec().network;
            Optional<ZeroTierNetwork> network = networks.stream()
                    .filter(n -> n.getMetadata().getName().equals(name))
                    .findFirst();
            if (!member.isMarkedForDeletion()
                    && network.isPresent()
                    && memberPlan.decide(member, network, served.network(name == null ? "" : name), members)
                            instanceof MemberPlan.Decision.Accept accept) {
                served.apply(member, accept.member());
            }
        }
    }

    private static boolean serve(
            ZeroTierNetwork network,
            ZeroTierNetworkSpec spec,
            NetworkPlan plan,
            List<ZeroTierNetwork> all,
            TakenRanges taken,
            Served served) {
        ZeroTierNetwork meant = new ZeroTierNetwork();
        meant.setMetadata(network.getMetadata());
        meant.setSpec(spec);
        meant.setStatus(network.getStatus());
        String name = network.getMetadata().getName();
        return switch (plan.decide(meant, all, taken)) {
            case NetworkPlan.Decision.Serve serve -> {
                served.apply(name, serve.network(), spec);
                yield true;
            }
            case NetworkPlan.Decision.Join join -> {
                served.join(name, join.id(), spec);
                yield true;
            }
            case NetworkPlan.Decision.Refuse refuse -> false;
        };
    }

    /** What members had when the present spec was refused. */
    private static Optional<ZeroTierNetworkSpec> specInForce(ZeroTierNetwork network) {
        return network.getStatus() == null ? Optional.empty() : Statuses.spec(network.getStatus().specInForce);
    }
}
