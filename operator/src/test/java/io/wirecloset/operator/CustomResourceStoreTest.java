package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.operator.host.EmbeddedController;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.config.NetworkConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real controller over custom resources: what it signs is stored first, and survives. */
class CustomResourceStoreTest {
    private static final Identity LAPTOP = Identity.parse(
            "c37f6b635e:0:01881867b039cbc8f4446a8a408de27f03abc487dc8a7268f3369b442c35d1773916feb197456354a76519bef18c759f835e82ca1365fe7b7b7b19872593c3ff");

    private final AtomicLong wallMs = new AtomicLong(System.currentTimeMillis());
    private ApiServer server;
    private KubernetesClient client;
    private ExecutorService writers;
    private ThreadCarrier carrier;
    private EmbeddedController host;
    private OperatorUnderTest operator;

    @BeforeEach
    void start() throws Exception {
        server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        client = server.client();
        OperatorUnderTest.applyCrds(client);
        startOperator();
    }

    private void startOperator() {
        writers = Executors.newSingleThreadExecutor();
        carrier = new ThreadCarrier(wallMs::get);
        Election leader = Samples.leader();
        operator = new OperatorUnderTest(
                client,
                served -> host = new EmbeddedController(
                        () -> Samples.CONTROLLER_IDENTITY,
                        new CustomResourceStore(client, NAMESPACE, served, leader, writers, carrier::post, wallMs::get),
                        carrier,
                        RandomSource.of(new Random(1)),
                        leader),
                Duration.ofHours(1),
                wallMs::get);
    }

    private void stopOperator() {
        operator.close();
        carrier.close();
        writers.shutdownNow();
    }

    @AfterEach
    void stop() {
        stopOperator();
        client.close();
        server.close();
    }

    @Test
    void addressAndIdentityAreInTheResourceBeforeTheyAreSigned() {
        client.resource(network("pods")).create();
        client.resource(member("laptop", "pods", "c37f6b635e")).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));

        NetworkConfig config = join(LAPTOP);

        // The configuration went out after this was written, so it is there now.
        ZeroTierMember stored = get("laptop");
        assertThat(stored.getSpec().identity).isEqualTo(LAPTOP.toPublicText());
        assertThat(stored.getSpec().ipAssignments).hasSize(1);
        assertThat(config.staticAddresses().toString())
                .contains(stored.getSpec().ipAssignments.getFirst() + "/16");
        assertThat(reservedUntilMs()).isGreaterThanOrEqualTo(config.timestamp());
        await().untilAsserted(() -> assertThat(get("laptop").getStatus().online).isTrue());
        assertThat(get("laptop").getStatus().version).isEqualTo("1.14.1");
        assertThat(get("laptop").getStatus().endpoint).isEqualTo("192.0.2.7/9993");
        assertThat(get("laptop").getStatus().path).isEqualTo("Direct");
        assertThat(get("laptop").getStatus().latencyMs).isEqualTo(7);
    }

    @Test
    void anAddressGivenByHandIsNotTakenAway() {
        client.resource(network("pods")).create();
        ZeroTierMember laptop = member("laptop", "pods", "c37f6b635e");
        laptop.getSpec().ipAssignments = List.of("10.80.0.77");
        client.resource(laptop).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));
        join(LAPTOP);
        assertThat(get("laptop").getSpec().ipAssignments).containsExactly("10.80.0.77");
        assertThat(get("laptop").getSpec().identity).isEqualTo(LAPTOP.toPublicText());
    }

    @Test
    void aRestartedControllerGoesOnWithTheSameAddressAndNeverSignsBackwards() {
        client.resource(network("pods")).create();
        client.resource(member("laptop", "pods", "c37f6b635e")).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));
        NetworkConfig before = join(LAPTOP);
        stopOperator();
        wallMs.addAndGet(-3_600_000);

        startOperator();
        NetworkConfig after = join(LAPTOP);

        assertThat(after.staticAddresses()).isEqualTo(before.staticAddresses());
        assertThat(after.timestamp()).isGreaterThan(before.timestamp());
    }

    @Test
    void aStrangerIsRefusedAndListed() {
        client.resource(network("pods")).create();
        await().untilAsserted(() -> assertThat(networkId()).isNotZero());
        carrier.ask(networkId(), LAPTOP);
        await().untilAsserted(() -> assertThat(carrier.sent).singleElement().satisfies(s -> assertThat(s.error())
                .isNotZero()));
        await().untilAsserted(() -> assertThat(client.resources(ZeroTierNetwork.class)
                        .withName("pods")
                        .get()
                        .getStatus()
                        .pending)
                .containsExactly("c37f6b635e"));
    }

    @Test
    void whoeverComesWithAnotherIdentityThanThePinnedOneIsRefused() {
        client.resource(network("pods")).create();
        ZeroTierMember laptop = member("laptop", "pods", "c37f6b635e");
        laptop.getSpec().identity = Samples.identity("c37f6b635e");
        client.resource(laptop).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));
        carrier.ask(networkId(), LAPTOP);
        await().untilAsserted(() -> assertThat(carrier.sent).singleElement().satisfies(s -> assertThat(s.error())
                .isNotZero()));
    }

    @Test
    void rulesTagsAndCapabilitiesOfResourcesAreWhatMembersGetSigned() {
        ZeroTierNetwork pods = network("pods");
        pods.getSpec().rules = "tag department id 1000 enum 1 sales enum 2 it default sales ;\n"
                + "cap ssh id 5 accept ipprotocol tcp dport 22; ;\nbreak ipprotocol tcp; accept;";
        client.resource(pods).create();
        ZeroTierMember laptop = member("laptop", "pods", "c37f6b635e");
        laptop.getSpec().capabilities = List.of("ssh");
        client.resource(laptop).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));

        NetworkConfig config = join(LAPTOP);
        assertThat(config.rules().size()).isEqualTo(3);
        assertThat(config.tags()).singleElement().satisfies(t -> {
            assertThat(t.id()).isEqualTo(1000);
            assertThat(t.value()).isEqualTo(1);
        });
        assertThat(config.capabilities()).singleElement().satisfies(c -> assertThat(c.id())
                .isEqualTo(5));

        // Another value is pushed, and survives what the controller writes by itself.
        int before = carrier.sent.size();
        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("laptop")
                .edit(m -> {
                    m.getSpec().tags = List.of(new ZeroTierMemberSpec.Tag("department", "it"));
                    return m;
                });
        await().untilAsserted(() -> assertThat(carrier.sent).hasSizeGreaterThan(before));
        assertThat(carrier.sent.getLast().config().tags()).singleElement().satisfies(t -> assertThat(t.value())
                .isEqualTo(2));
        await().untilAsserted(() -> assertThat(get("laptop").getStatus().tags).containsExactly("department=it"));
    }

    @Test
    void aDeletedMemberIsRevoked() {
        client.resource(network("pods")).create();
        client.resource(member("laptop", "pods", "c37f6b635e")).create();
        await().untilAsserted(() -> assertThat(readyOf("laptop")).isEqualTo("Authorized"));
        join(LAPTOP);
        client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("laptop")
                .delete();
        await().untilAsserted(() -> assertThat(carrier.revoked).contains(LAPTOP.address()));
    }

    private NetworkConfig join(Identity who) {
        int before = carrier.sent.size();
        carrier.ask(networkId(), who);
        await().untilAsserted(() -> assertThat(carrier.sent).hasSizeGreaterThan(before));
        ThreadCarrier.Sent answer = carrier.sent.get(before);
        assertThat(answer.error()).isZero();
        return answer.config();
    }

    private long reservedUntilMs() {
        ConfigMap map = client.configMaps()
                .inNamespace(NAMESPACE)
                .withName(CustomResourceStore.CONFIG_MAP)
                .get();
        return Long.parseLong(map.getData().get(CustomResourceStore.KEY_RESERVED_UNTIL));
    }

    private long networkId() {
        ZeroTierNetwork pods =
                client.resources(ZeroTierNetwork.class).withName("pods").get();
        return pods.getStatus() == null ? 0 : NetworkIds.parse(pods.getStatus().networkId);
    }

    private ZeroTierMember get(String name) {
        return client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName(name)
                .get();
    }

    private String readyOf(String name) {
        assertThat(get(name).getStatus()).isNotNull();
        return get(name).getStatus().conditions.getFirst().reason;
    }
}
