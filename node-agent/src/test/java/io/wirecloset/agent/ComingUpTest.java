package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an agent has when it starts, and roots that come later. */
class ComingUpTest extends AgentInANamespace {
    ComingUpTest() {
        super(false);
    }

    @Test
    @DisplayName("a running agent takes to the other roots that the cluster means now, and keeps them")
    void aRunningAgentTakesToOtherRoots() throws Exception {
        World.Root nowhere = new World.Root(TestIdentities.get(7), List.of(Endpoint.parse("198.51.100.77/9993")));
        SigningKeys keys = SigningKeys.of(new byte[64]);
        World before = World.sign(WorldType.PLANET, 4_711, 1, keys.publicKey(), List.of(nowhere), keys);
        publishRoots(before);
        startAgent();
        awaitPlanet(before);
        assertThat(agent.node().online()).isFalse();

        publishRoots(mesh.planet());
        awaitPlanet(mesh.planet());
        await().atMost(PATIENCE).until(() -> agent.node().online());
        assertThat(agent.node().peerViews())
                .filteredOn(peer -> peer.role() == PeerView.Role.PLANET)
                .extracting(PeerView::address)
                .containsExactly(Mesh.CONTROLLER.address());

        stopAgent();
        startAgent();
        await().atMost(PATIENCE).until(() -> agent.node().online());
        awaitPlanet(mesh.planet());
    }

    private void awaitPlanet(World wanted) {
        Path file = folder.resolve("home/planet");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(file) && Arrays.equals(Files.readAllBytes(file), wanted.toBytes()));
    }

    @Test
    @DisplayName("without API server and without anything on disk it waits, and says why")
    void aFirstStartWithoutAnApiServer() throws Exception {
        api.close();
        startAgent();
        assertThat(agent.missing()).contains("the API server has not been heard yet");
        assertThat(agent.alive()).isTrue();
        assertThat(folder.resolve("net.d")).doesNotExist();
    }
}
