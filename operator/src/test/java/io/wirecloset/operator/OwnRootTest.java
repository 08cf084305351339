package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.controller.Mandate;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnRootTest {
    private static final Identity SELF = Samples.CONTROLLER_IDENTITY;
    private static final Endpoint HERE = Endpoint.parse("192.0.2.1/9994");
    private static final Endpoint THERE = Endpoint.parse("192.0.2.2/9994");

    @Test
    void theFirstEditionNamesTheControllerAsItsOnlyRoot() {
        World planet = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE), Optional.empty(), 5_000);
        assertThat(planet.roots()).containsExactly(new World.Root(SELF, List.of(HERE)));
        assertThat(planet.timestampMs()).isEqualTo(5_000);
        assertThat(planet.verify(planet.nextUpdateKey())).isTrue();
    }

    @Test
    void anEditionStandsUntilTheRootIsReachedElsewhere() {
        World first = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE, THERE), Optional.empty(), 5_000);
        assertThat(OwnRoot.edition(WorldType.PLANET, SELF, List.of(THERE, HERE), Optional.of(first), 9_000))
                .isEqualTo(first);
        World moved = OwnRoot.edition(WorldType.PLANET, SELF, List.of(THERE), Optional.of(first), 9_000);
        assertThat(moved.mayReplace(first)).isTrue();
        assertThat(moved.roots().getFirst().endpoints()).containsExactly(THERE);
    }

    @Test
    void aNewEditionIsNewerAlsoForAClockThatWentBack() {
        World first = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE), Optional.empty(), 5_000);
        World moved = OwnRoot.edition(WorldType.PLANET, SELF, List.of(THERE), Optional.of(first), 1_000);
        assertThat(moved.mayReplace(first)).isTrue();
    }

    @Test
    void somebodyElsesPlanetIsNoEarlierEdition() {
        SigningKeys others = SigningKeys.generate(RandomSource.of(new SecureRandom()));
        World own = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE), Optional.empty(), 5_000);
        for (long id : new long[] {1, own.id()}) {
            World foreign = World.sign(WorldType.PLANET, id, 7_000, others.publicKey(), own.roots(), others);
            World made = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE), Optional.of(foreign), 5_000);
            assertThat(made).isEqualTo(own);
        }
    }

    @Test
    void agentsAndItsOwnNodeGetTheSameAndAfterARestartToo() {
        try (ApiServer server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
                KubernetesClient client = server.client();
                ThreadCarrier before = new ThreadCarrier(() -> 0);
                ThreadCarrier after = new ThreadCarrier(() -> 0)) {
            OwnRoot root = new OwnRoot(client, Samples.NAMESPACE, () -> SELF, before, () -> 5_000);
            ClusterInfoPublisher publisher = new ClusterInfoPublisher(
                    client, Samples.NAMESPACE, Mandate.ALWAYS, () -> info(root.worlds(List.of(HERE.toString()))));
            publisher.publish();
            ClusterInfo told = ClusterInfo.of(client.configMaps()
                    .inNamespace(Samples.NAMESPACE)
                    .withName(ClusterInfo.NAME)
                    .get());
            assertThat(World.read(told.planet()).hasRoot(SELF.address())).isTrue();
            assertThat(before.planet()).isEqualTo(told.planet());
            assertThat(before.moon()).isEqualTo(World.read(told.moon()));

            OwnRoot again = new OwnRoot(client, Samples.NAMESPACE, () -> SELF, after, () -> 9_000);
            OwnRoot.Worlds worlds = again.worlds(List.of(HERE.toString()));
            assertThat(worlds.planet()).isEqualTo(told.planet());
            assertThat(worlds.moon()).isEqualTo(told.moon());
            assertThat(after.planet()).isEqualTo(told.planet());
            assertThat(again.worlds(List.of())).isEqualTo(OwnRoot.Worlds.NONE);
        }
    }

    @Test
    void whoHasAnotherPlanetOrbitsTheSameRoot() {
        World planet = OwnRoot.edition(WorldType.PLANET, SELF, List.of(HERE), Optional.empty(), 5_000);
        World moon = OwnRoot.edition(WorldType.MOON, SELF, List.of(HERE), Optional.of(planet), 6_000);
        assertThat(moon.type()).isEqualTo(WorldType.MOON);
        assertThat(moon.id()).isEqualTo(SELF.address());
        assertThat(moon.roots()).isEqualTo(planet.roots());
        assertThat(moon.verify(moon.nextUpdateKey())).isTrue();
        World moved = OwnRoot.edition(WorldType.MOON, SELF, List.of(THERE), Optional.of(moon), 1_000);
        assertThat(moved.mayReplace(moon)).isTrue();
    }

    private static ClusterInfo info(OwnRoot.Worlds worlds) {
        return new ClusterInfo(worlds.planet(), List.of(), worlds.moon(), List.of());
    }
}
