package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.operator.host.ControllerModel;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.member.MemberPlan;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.operator.network.TakenRanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manual offers to start from is served as it is, rules compiled and members admitted. */
class SamplesOfTheManualTest {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Path FOLDER = Path.of("..", "docs", "samples");

    /** Not the one that the joined network of a sample belongs to. */
    private static final long CONTROLLER = 0x5400458031L;

    private final Map<String, ZeroTierNetwork> networks = new HashMap<>();
    private final Map<String, HostedNetwork> served = new HashMap<>();

    @ParameterizedTest
    @MethodSource("samples")
    void aSampleIsServedWhole(Path sample) throws IOException {
        // Devices of the shorter samples are on the network of the first.
        if (!Files.readString(sample).contains("kind: ZeroTierNetwork")) {
            read(FOLDER.resolve("network.yaml")).forEach(r -> serve(YAML.convertValue(r, ZeroTierNetwork.class)));
        }
        for (HasMetadata resource : read(sample)) {
            switch (resource.getKind()) {
                case "ZeroTierNetwork" -> serve(YAML.convertValue(resource, ZeroTierNetwork.class));
                case "ZeroTierMember" -> admit(YAML.convertValue(resource, ZeroTierMember.class));
                default -> throw new IllegalArgumentException(resource.getKind());
            }
        }
    }

    private void serve(ZeroTierNetwork network) {
        NetworkPlan.Decision decision = new NetworkPlan(CONTROLLER).decide(network, List.of(), TakenRanges.NONE);
        if (NetworkPlan.isJoined(network.getSpec())) {
            assertThat(decision).isInstanceOf(NetworkPlan.Decision.Join.class);
            return;
        }
        assertThat(decision).isInstanceOfSatisfying(NetworkPlan.Decision.Serve.class, serve -> {
            assertThat(ControllerModel.spec(serve.network()).rules().size()).isPositive();
            networks.put(network.getMetadata().getName(), network);
            served.put(network.getMetadata().getName(), serve.network());
        });
    }

    private void admit(ZeroTierMember member) {
        String name = member.getSpec().network;
        MemberPlan.Decision decision = new MemberPlan(Samples.NAMESPACE)
                .decide(
                        member,
                        Optional.ofNullable(networks.get(name)),
                        Optional.ofNullable(served.get(name)),
                        List.of());
        assertThat(decision).isInstanceOfSatisfying(MemberPlan.Decision.Accept.class, accept -> {
            assertThat(accept.labels().unknown()).isEmpty();
            assertThat(accept.labels().tags()).hasSameSizeAs(member.getSpec().tags);
        });
    }

    private static List<HasMetadata> read(Path file) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            return Apply.read(client, List.of(file));
        }
    }

    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> all = files.sorted().toList();
            assertThat(all).hasSize(11);
            return all;
        }
    }
}
