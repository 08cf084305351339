package io.wirecloset.operator;

import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.cluster.RealServer;
import io.wirecloset.operator.host.EmbeddedController;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.Election.Role;
import io.wirecloset.operator.lease.KubeLease;
import io.wirecloset.operator.lease.Timing;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.config.NetworkConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * T17, T18: two operators, of which one dies, is stopped or is suspended, and what the other makes of it. Their
 * monotonic clocks are the test's.
 */
class FailoverTest {
    private static final int NETWORKS = 50;
    private static final Path CHART = Path.of("..", "helm");
    private static final Identity LAPTOP = Identity.parse(
            "c37f6b635e:0:01881867b039cbc8f4446a8a408de27f03abc487dc8a7268f3369b442c35d1773916feb197456354a76519bef18c759f835e82ca1365fe7b7b7b19872593c3ff");

    /** Where the resources are. */
    enum Server {
        IN_MEMORY,
        REAL
    }

    private final AtomicLong wallMs = new AtomicLong(System.currentTimeMillis());
    private final AtomicLong monotonicMs = new AtomicLong(1_000_000);
    private final List<Replica> replicas = new ArrayList<>();
    private ApiServer memory;
    private KubernetesClient client;
    /** May what the chart grants the operator, where anybody looks at that. */
    private KubernetesClient asOperator;

    private Replica first;
    private Replica second;

    /** One operator's process. */
    private final class Replica {
        final AtomicLong suspendedForMs = new AtomicLong();
        final Election election;
        final ThreadCarrier carrier = new ThreadCarrier(wallMs::get);
        private final KubeLease lease = new KubeLease(asOperator, NAMESPACE);
        private final ExecutorService writers = Executors.newSingleThreadExecutor();
        private OperatorUnderTest operator;

        Replica(String name) {
            election = new Election(lease, name, () -> monotonicMs.get() - suspendedForMs.get());
            replicas.add(this);
        }

        /** What a leader does; a standby does nothing of it. */
        Replica lead() {
            assertThat(election.holds()).isTrue();
            operator = new OperatorUnderTest(
                    asOperator,
                    served -> new EmbeddedController(
                            () -> Samples.CONTROLLER_IDENTITY,
                            new CustomResourceStore(
                                    asOperator, NAMESPACE, served, election, writers, carrier::post, wallMs::get),
                            carrier,
                            RandomSource.of(new Random(1)),
                            election),
                    Duration.ofHours(1),
                    wallMs::get,
                    election);
            return this;
        }

        /** As SIGKILL does: nothing is given back. */
        void die() {
            if (operator != null) {
                operator.close();
            }
            carrier.close();
            writers.shutdownNow();
            lease.close();
        }

        NetworkConfig join(Identity who, long network) {
            int before = carrier.sent.size();
            carrier.ask(network, who);
            await().untilAsserted(() -> assertThat(carrier.sent).hasSizeGreaterThan(before));
            assertThat(carrier.sent.get(before).error()).isZero();
            return carrier.sent.get(before).config();
        }

        /** Asks, and waits until the control loop has done with it and with what the store answered. */
        void askInVain(Identity who, long network) throws Exception {
            int before = carrier.sent.size();
            carrier.ask(network, who);
            for (int i = 0; i < 3; i++) {
                carrier.settle();
                writers.submit(() -> {}).get();
            }
            carrier.settle();
            assertThat(carrier.sent).hasSize(before);
        }
    }

    private void start(Server which) throws IOException {
        if (which == Server.REAL) {
            assumeTrue(RealServer.isThere(), RealServer.WHY_NOT);
            client = RealServer.client();
            RealServer.install(client, CHART);
            RealServer.installRoles(client, CHART);
            asOperator = RealServer.clientOf(client, "wirecloset-operator", null);
            clean();
        } else {
            memory = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
            client = memory.client();
            asOperator = memory.client();
            OperatorUnderTest.applyCrds(client);
        }
    }

    private void firstOfTwoLeads(Server which) throws IOException {
        start(which);
        first = new Replica("first");
        second = new Replica("second");
        first.election.step();
        second.election.step();
        first.lead();
    }

    @AfterEach
    void stop() {
        replicas.forEach(Replica::die);
        if (client != null) {
            clean();
            asOperator.close();
            client.close();
        }
        if (memory != null) {
            memory.close();
        }
    }

    /** The operators that would have taken their finalizers back are gone. */
    private void clean() {
        forget(client.resources(ZeroTierMember.class).inAnyNamespace().list().getItems());
        forget(client.resources(ZeroTierNode.class).list().getItems());
        forget(client.resources(ZeroTierNetwork.class).list().getItems());
        client.leases().inNamespace(NAMESPACE).withName(KubeLease.NAME).delete();
        client.configMaps()
                .inNamespace(NAMESPACE)
                .withName(CustomResourceStore.CONFIG_MAP)
                .delete();
    }

    private void forget(List<? extends HasMetadata> resources) {
        for (HasMetadata resource : resources) {
            client.resource(resource).delete();
            HasMetadata left = client.resource(resource).get();
            if (left != null) {
                client.resource(left)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
            }
        }
    }

    private void pass(long ms, Replica... stepping) {
        for (long passed = 0; passed < ms; passed += Timing.RETRY_MS) {
            monotonicMs.addAndGet(Timing.RETRY_MS);
            wallMs.addAndGet(Timing.RETRY_MS);
            for (Replica one : stepping) {
                one.election.step();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenTheLeaderDiesTheOtherServesTheSameNetworksAndMembers(Server server) throws Exception {
        firstOfTwoLeads(server);
        for (int i = 0; i < NETWORKS; i++) {
            client.resource(network("net-" + i, "100." + (64 + i))).create();
        }
        client.resource(member("laptop", "net-7", "c37f6b635e")).create();
        awaitReady("laptop");
        await().untilAsserted(() -> assertThat(ids()).hasSize(NETWORKS));
        Map<String, String> ids = ids();
        NetworkConfig before = first.join(LAPTOP, NetworkIds.parse(ids.get("net-7")));
        first.die();

        pass(16_000, second);
        second.lead();

        assertThat(ids()).isEqualTo(ids).doesNotContainValue(null);
        NetworkConfig after = second.join(LAPTOP, NetworkIds.parse(ids.get("net-7")));
        assertThat(after.staticAddresses()).isEqualTo(before.staticAddresses());
        assertThat(after.timestamp()).isGreaterThan(before.timestamp());
        assertThat(client.resources(ZeroTierMember.class)
                        .inAnyNamespace()
                        .list()
                        .getItems())
                .hasSize(1);
        assertThat(client.resources(ZeroTierNetwork.class).list().getItems()).hasSize(NETWORKS);
    }

    @ParameterizedTest
    @EnumSource
    void aLeaderThatWasStoppedForThirtySecondsSignsNothingAfterwards(Server server) throws Exception {
        firstOfTwoLeads(server);
        long id = aNetworkWithALaptop();
        first.join(LAPTOP, id);

        pass(30_000, second);
        first.askInVain(LAPTOP, id);
        assertThat(first.election.role()).isEqualTo(Role.LEADER); // it does not know yet
        second.lead();
        second.join(LAPTOP, id);
        first.askInVain(LAPTOP, id);
        first.election.step();
        assertThat(first.election.role()).isEqualTo(Role.LOST);
        first.askInVain(LAPTOP, id);
    }

    /** What it would take back must be taken back by whoever serves it. */
    @ParameterizedTest
    @EnumSource
    void aLeaderThatWasStoppedReconcilesNothingEither(Server server) throws Exception {
        firstOfTwoLeads(server);
        long id = aNetworkWithALaptop();
        first.join(LAPTOP, id);

        pass(30_000, second);
        client.resource(laptop()).delete();
        client.resource(network("late", "10.81")).create();
        first.askInVain(LAPTOP, id);
        assertThat(laptop().getMetadata().getFinalizers()).isNotEmpty();
        assertThat(ids()).doesNotContainKey("late");

        second.lead();
        await().untilAsserted(() -> assertThat(laptop()).isNull());
        await().untilAsserted(() -> assertThat(ids()).containsKey("late"));
    }

    /** The server says where its Services are, and who asks may know it. */
    @Test
    @EnabledIf(value = RealServer.IS_THERE, disabledReason = RealServer.WHY_NOT)
    void aNetworkOnTopOfTheServicesOfARealClusterIsRefused() throws Exception {
        start(Server.REAL);
        Replica only = new Replica("only");
        only.election.step();
        only.lead();
        String service = client.services()
                .inNamespace("default")
                .withName("kubernetes")
                .get()
                .getSpec()
                .getClusterIP();
        ZeroTierNetwork onTop = network("on-top", service.replaceFirst("\\.[0-9]+\\.[0-9]+$", ""));
        client.resource(onTop).create();
        await().untilAsserted(() -> assertThat(
                        client.resource(onTop).get().getStatus().conditions.getFirst())
                .satisfies(c -> {
                    assertThat(c.reason).isEqualTo("ServiceRangeConflict");
                    assertThat(c.message).contains("where the cluster's Services have their addresses");
                }));
    }

    /** On a suspended machine the monotonic clock stands still too, and the leader believes in its lease. */
    @ParameterizedTest
    @EnumSource
    void aSuspendedLeaderCannotMoveTheMarkOrGiveAddressesAway(Server server) throws Exception {
        firstOfTwoLeads(server);
        long id = aNetworkWithALaptop();
        NetworkConfig early = first.join(LAPTOP, id);

        first.suspendedForMs.addAndGet(200_000);
        pass(200_000, second);
        second.lead();
        NetworkConfig later = second.join(LAPTOP, id);
        assertThat(later.timestamp()).isGreaterThan(early.timestamp());

        assertThat(first.election.holds()).isTrue();
        first.askInVain(LAPTOP, id); // its mark is used up, and bears another name now
        assertThat(client.configMaps()
                        .inNamespace(NAMESPACE)
                        .withName(CustomResourceStore.CONFIG_MAP)
                        .get()
                        .getData())
                .containsEntry(CustomResourceStore.KEY_LEADER, "second");
    }

    @ParameterizedTest
    @EnumSource
    void aRestoreThatLostEveryStatusGivesTheSameIdsAndAddresses(Server server) throws Exception {
        start(server);
        first = new Replica("first");
        first.election.step();
        first.lead();
        long id = aNetworkWithALaptop();
        client.resource(Samples.kubeNode("failover-n1")).create();
        try {
            NetworkConfig before = first.join(LAPTOP, id);
            await().untilAsserted(() -> assertThat(block()).isNotNull());
            String block = block();
            first.die();
            List<HasMetadata> backup = new ArrayList<>();
            backup.addAll(client.resources(ZeroTierNetwork.class).list().getItems());
            backup.addAll(client.resources(ZeroTierMember.class)
                    .inAnyNamespace()
                    .list()
                    .getItems());
            backup.addAll(client.resources(ZeroTierNode.class).list().getItems());
            clean();
            backup.forEach(this::restore);

            second = new Replica("second");
            second.election.step();
            second.lead();

            NetworkConfig after = second.join(LAPTOP, id);
            assertThat(after.staticAddresses()).isEqualTo(before.staticAddresses());
            await().untilAsserted(() -> assertThat(ids()).containsEntry("pods", NetworkIds.format(id)));
            assertThat(block()).isEqualTo(block);
        } finally {
            client.nodes().withName("failover-n1").delete();
        }
    }

    /** As a backup's tool does: a new object of the same name and spec, without a status. */
    private void restore(HasMetadata resource) {
        resource.getMetadata().setResourceVersion(null);
        resource.getMetadata().setUid(null);
        resource.getMetadata().setCreationTimestamp(null);
        resource.getMetadata().setManagedFields(null);
        resource.getMetadata().setFinalizers(null);
        resource.getMetadata().setDeletionTimestamp(null);
        switch (resource) {
            case ZeroTierNetwork network -> network.setStatus(null);
            case ZeroTierMember member -> member.setStatus(null);
            case ZeroTierNode node -> node.setStatus(null);
            default -> throw new IllegalArgumentException(resource.getKind());
        }
        client.resource(resource).create();
    }

    private long aNetworkWithALaptop() {
        ZeroTierNetwork pods = network("pods", "10.80");
        pods.getSpec().ipv4.nodeBlocks = "10.80.128.0/17";
        client.resource(pods).create();
        client.resource(member("laptop", "pods", "c37f6b635e")).create();
        awaitReady("laptop");
        return NetworkIds.parse(ids().get("pods"));
    }

    private String block() {
        ZeroTierNode node =
                client.resources(ZeroTierNode.class).withName("failover-n1").get();
        return node == null || node.getSpec() == null || node.getSpec().networks.isEmpty()
                ? null
                : node.getSpec().networks.getFirst().block;
    }

    private static ZeroTierNetwork network(String name, String firstTwoOctets) {
        ZeroTierNetwork network = Samples.network(name, firstTwoOctets);
        network.getMetadata().setCreationTimestamp(null);
        network.getMetadata().setGeneration(null);
        ZeroTierNetworkSpec spec = network.getSpec();
        spec.ipv4.nodeBlocks = null;
        return network;
    }

    /** The controller's field in a member and the finalizer beside it: neither write takes the other's back. */
    @ParameterizedTest
    @EnumSource
    void finalizerAddressAndIdentityStayBesideEachOther(Server server) throws Exception {
        start(server);
        Replica only = new Replica("only");
        only.election.step();
        only.lead();
        long id = aNetworkWithALaptop();
        only.join(LAPTOP, id);
        await().untilAsserted(() -> assertThat(laptop().getStatus().online).isTrue());
        assertThat(laptop().getMetadata().getFinalizers()).containsExactly(Wirecloset.FINALIZER);
        assertThat(laptop().getSpec().ipAssignments).hasSize(1);
        assertThat(laptop().getSpec().identity).isEqualTo(LAPTOP.toPublicText());

        client.resource(laptop()).delete();
        await().untilAsserted(() -> assertThat(laptop()).isNull());
        assertThat(only.carrier.revoked).contains(LAPTOP.address());
    }

    private ZeroTierMember laptop() {
        return client.resources(ZeroTierMember.class)
                .inNamespace(NAMESPACE)
                .withName("laptop")
                .get();
    }

    private void awaitReady(String member) {
        await().untilAsserted(() -> {
            ZeroTierMember found = client.resources(ZeroTierMember.class)
                    .inNamespace(NAMESPACE)
                    .withName(member)
                    .get();
            assertThat(found.getStatus()).isNotNull();
            assertThat(found.getStatus().conditions.getFirst().reason).isEqualTo("Authorized");
        });
    }

    /** Those that have one. */
    private Map<String, String> ids() {
        Map<String, String> ids = new TreeMap<>();
        for (ZeroTierNetwork network :
                client.resources(ZeroTierNetwork.class).list().getItems()) {
            if (network.getStatus() != null && network.getStatus().networkId != null) {
                ids.put(network.getMetadata().getName(), network.getStatus().networkId);
            }
        }
        return ids;
    }
}
