package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.CONTROLLER_IDENTITY;
import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.kubeNode;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.operator.host.EmbeddedController;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.network.NetworkIdentity;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T17: an operator dies before each of its writes in turn; the next one ends up with one of everything. */
class CrashTest {
    /** More than an operator makes here until all is well; then it dies with nothing left to do. */
    private static final int WRITES = 26;

    private static final long NETWORK = NetworkIdentity.derive(CONTROLLER_IDENTITY.address(), "pods");
    private static final Identity LAPTOP = Identity.parse(
            "c37f6b635e:0:01881867b039cbc8f4446a8a408de27f03abc487dc8a7268f3369b442c35d1773916feb197456354a76519bef18c759f835e82ca1365fe7b7b7b19872593c3ff");

    private ApiServer server;
    private KubernetesClient admin;

    static IntStream writes() {
        return IntStream.range(0, WRITES);
    }

    /** An operator whose requests all fail from a certain write on. */
    private final class Mortal implements AutoCloseable {
        private final AtomicInteger left;
        private final KubernetesClient client;
        private final ExecutorService writers = Executors.newSingleThreadExecutor();
        private final ThreadCarrier carrier = new ThreadCarrier(System::currentTimeMillis);
        private OperatorUnderTest operator;

        Mortal(int writes) {
            left = new AtomicInteger(writes);
            client = new KubernetesClientBuilder()
                    .withConfig(admin.getConfiguration())
                    .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("death", new Interceptor() {
                        @Override
                        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                            boolean reads = request.method().equals("GET");
                            if (reads ? left.get() <= 0 : left.getAndDecrement() <= 0) {
                                throw new IllegalStateException("dead");
                            }
                        }
                    }))
                    .build();
            Election leader = Samples.leader();
            try {
                operator = new OperatorUnderTest(
                        client,
                        served -> new EmbeddedController(
                                () -> CONTROLLER_IDENTITY,
                                new CustomResourceStore(
                                        client,
                                        NAMESPACE,
                                        served,
                                        leader,
                                        writers,
                                        carrier::post,
                                        System::currentTimeMillis),
                                carrier,
                                RandomSource.of(new Random(1)),
                                leader),
                        Duration.ofHours(1),
                        System::currentTimeMillis);
            } catch (RuntimeException e) {
                left.set(0); // died while coming up
            }
        }

        boolean isDead() {
            return left.get() <= 0;
        }

        /** What goes on around it: agents report, devices ask. */
        void nudge() {
            ZeroTierNode node =
                    admin.resources(ZeroTierNode.class).withName("n1").get();
            if (node != null && (node.getStatus() == null || node.getStatus().identity == null)) {
                agentSays();
            }
            if (operator != null && !isDead() && carrier.running()) {
                carrier.ask(NETWORK, LAPTOP);
            }
        }

        @Override
        public void close() {
            if (operator != null) {
                operator.close();
            }
            carrier.close();
            writers.shutdownNow();
            client.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        admin = server.client();
        OperatorUnderTest.applyCrds(admin);
        admin.resource(network("pods")).create();
        admin.resource(kubeNode("n1")).create();
        admin.resource(member("laptop", "pods", "c37f6b635e")).create();
    }

    @AfterEach
    void stop() {
        admin.close();
        server.close();
    }

    @ParameterizedTest(name = "after {0} writes")
    @MethodSource("writes")
    void whoeverComesAfterItEndsWithOneOfEverything(int writes) {
        try (Mortal first = new Mortal(writes)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                first.nudge();
                return first.isDead() || isWell();
            });
        }
        List<String> given = laptop().getSpec().ipAssignments;
        String block = block();

        try (Mortal second = new Mortal(Integer.MAX_VALUE)) {
            await().until(() -> {
                second.nudge();
                return isWell();
            });
        }

        assertThat(laptop().getSpec().identity).isEqualTo(LAPTOP.toPublicText());
        assertThat(laptop().getSpec().ipAssignments).hasSize(1).containsAll(given);
        assertThat(block()).isNotNull().isEqualTo(block == null ? block() : block);
        assertThat(admin.resources(ZeroTierMember.class).inAnyNamespace().list().getItems())
                .extracting(m -> m.getMetadata().getName())
                .containsExactlyInAnyOrder("laptop", "pods-1122334455");
        assertThat(admin.resources(ZeroTierNetwork.class).list().getItems())
                .singleElement()
                .satisfies(n -> assertThat(n.getStatus().networkId).isEqualTo(NetworkIds.format(NETWORK)));
        assertThat(admin.resources(ZeroTierNode.class).list().getItems()).hasSize(1);
    }

    private boolean isWell() {
        ZeroTierNetwork pods =
                admin.resources(ZeroTierNetwork.class).withName("pods").get();
        return pods.getStatus() != null
                && pods.getStatus().networkId != null
                && laptop().getSpec().ipAssignments.size() == 1
                && laptop().getSpec().identity != null
                && block() != null
                && admin.resources(ZeroTierMember.class)
                                .inNamespace(NAMESPACE)
                                .withName("pods-1122334455")
                                .get()
                        != null;
    }

    private void agentSays() {
        admin.resources(ZeroTierNode.class)
                .withName("n1")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"identity\":\"" + Samples.identity("1122334455")
                                + "\",\"address\":\"1122334455\"}}");
    }

    private ZeroTierMember laptop() {
        return admin.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("laptop")
                .get();
    }

    private String block() {
        ZeroTierNode node = admin.resources(ZeroTierNode.class).withName("n1").get();
        return node == null || node.getSpec() == null || node.getSpec().networks.isEmpty()
                ? null
                : node.getSpec().networks.getFirst().block;
    }
}
