package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static io.wirecloset.operator.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.cluster.RealServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is left of an operator that was uninstalled holds nobody up. */
class ReleaseTest {
    private static final String ANOTHER = "example.org/keeps";

    @Test
    void nothingWaitsForAnOperatorThatCleansUp() throws Exception {
        try (ApiServer server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                KubernetesClient client = server.client()) {
            OperatorUnderTest.applyCrds(client);
            nothingWaits(client, client);
        }
    }

    @Test
    @EnabledIf(value = RealServer.IS_THERE, disabledReason = RealServer.WHY_NOT)
    void nothingWaitsForAnOperatorThatCleansUpOnARealServerWithItsOwnRights() {
        try (KubernetesClient admin = RealServer.client()) {
            Path chart = Path.of("..", "helm");
            RealServer.install(admin, chart);
            RealServer.installRoles(admin, chart);
            try (KubernetesClient operator = RealServer.clientOf(admin, "wirecloset-operator", null)) {
                nothingWaits(admin, operator);
            }
        }
    }

    private static void nothingWaits(KubernetesClient admin, KubernetesClient operator) {
        admin.resource(held(network("release-deleted", "10.91"))).create();
        admin.resource(held(network("release-kept", "10.92"))).create();
        admin.resource(held(member("release-deleted", "release-kept", "1122334455")))
                .create();
        ZeroTierNode shared = held(node("release-deleted", "release-kept", "10.92.128.0/24"));
        shared.getMetadata().setFinalizers(List.of(ANOTHER, Wirecloset.FINALIZER));
        admin.resource(shared).create();

        admin.resources(ZeroTierNetwork.class).withName("release-deleted").delete();
        admin.resources(ZeroTierMember.class)
                .inNamespace(Samples.NAMESPACE)
                .withName("release-deleted")
                .delete();
        assertThat(admin.resources(ZeroTierNetwork.class)
                        .withName("release-deleted")
                        .get())
                .as("held until the operator lets go")
                .isNotNull();

        Release release = new Release(operator);
        assertThat(release.once()).isGreaterThanOrEqualTo(4);
        assertThat(release.once()).isZero();
        assertThat(admin.resources(ZeroTierNetwork.class)
                        .withName("release-deleted")
                        .get())
                .isNull();
        assertThat(admin.resources(ZeroTierMember.class)
                        .inNamespace(Samples.NAMESPACE)
                        .withName("release-deleted")
                        .get())
                .isNull();
        ZeroTierNetwork kept =
                admin.resources(ZeroTierNetwork.class).withName("release-kept").get();
        assertThat(kept.getSpec().ipv4.route).isEqualTo("10.92.0.0/16");
        assertThat(admin.resources(ZeroTierNode.class)
                        .withName("release-deleted")
                        .get()
                        .getMetadata()
                        .getFinalizers())
                .as("of others nothing is taken")
                .containsExactly(ANOTHER);

        admin.resource(kept).delete();
        admin.resources(ZeroTierNode.class).withName("release-deleted").edit(n -> {
            n.getMetadata().setFinalizers(List.of());
            return n;
        });
        admin.resources(ZeroTierNode.class).withName("release-deleted").delete();
    }

    private static <R extends HasMetadata> R held(R resource) {
        resource.getMetadata().setFinalizers(List.of(Wirecloset.FINALIZER));
        resource.getMetadata().setGeneration(null);
        resource.getMetadata().setCreationTimestamp(null);
        return resource;
    }
}
