package io.wirecloset.kindtests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.kindtests.lab.Dist;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The plain manifests that the build renders from the chart. */
class ManifestsIT {
    private final Path file = Dist.current().folder().resolve("manifests/wirecloset.yaml");

    @Test
    void theyCanBeAppliedFromTheFirstToTheLast() throws Exception {
        assumeTrue(Files.exists(file), "dist/ was built where Helm's library does not run, so it has no manifests");
        try (ApiServer api = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                var client = api.client()) {
            List<HasMetadata> items = client.load(Files.newInputStream(file)).items();
            assertThat(items.getFirst().getKind()).isEqualTo("Namespace");
            assertThat(items)
                    .extracting(HasMetadata::getKind)
                    .contains(
                            "CustomResourceDefinition",
                            "ClusterRole",
                            "ValidatingAdmissionPolicy",
                            "DaemonSet",
                            "Deployment");
            items.forEach(item -> Apply.apply(client, item));
            assertThat(client.apps()
                            .daemonSets()
                            .inNamespace("wirecloset-system")
                            .list()
                            .getItems())
                    .hasSize(1);
        }
    }
}
