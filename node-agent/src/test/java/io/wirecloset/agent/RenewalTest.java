package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.kube.ClusterView;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's address turns out to be another's. */
class RenewalTest {
    private static final int NUMBER = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** Remembers who led. */
    private static final class Led extends Audience {
        final Queue<NodeAgent> agents = new ConcurrentLinkedQueue<>();

        @Override
        public void leads(NodeAgent agent) {
            agents.add(agent);
        }
    }

    @Test
    @DisplayName("an agent whose address is another's sets its identity aside and works on with a new one")
    void anAgentGetsAnotherAddress() throws Exception {
        try (Mesh mesh = new Mesh(folder);
                KubernetesClient nobody = ApiServer.client("http://127.0.0.1:1")) {
            NetworkNamespace machine = mesh.newHost(NUMBER);
            Identity first = TestIdentities.get(NUMBER);
            Path home = folder.resolve("home");
            HomeDirectory.open(home).saveIdentity(first.toSecretText(), first.toPublicText());
            prepare(mesh, home);
            Led led = new Led();
            Succession succession = new Succession(
                    new TestSettings(folder, "node-a", null), () -> new Succession.Surroundings(nobody, led, led));
            Thread running = Thread.ofPlatform().start(() -> run(machine, succession));
            try {
                await().atMost(PATIENCE)
                        .until(() -> led.agents.size() == 1
                                && led.agents.element().node().online());
                mesh.tellOfCollision(first.address());
                await().atMost(PATIENCE).until(() -> led.agents.size() == 2);
                NodeAgent second = led.agents.toArray(NodeAgent[]::new)[1];
                assertThat(second.node().identity().address()).isNotEqualTo(first.address());
                assertThat(Files.readString(home.resolve("identity.secret.saved_after_collision")))
                        .isEqualTo(first.toSecretText());
                await().atMost(PATIENCE).until(() -> second.node().online());
            } finally {
                succession.stop();
                running.join();
            }
        }
    }

    private static void prepare(Mesh mesh, Path home) throws IOException {
        ClusterInfo info = new ClusterInfo(
                mesh.planet().toBytes(),
                List.of(new ControllerInfo(Mesh.CONTROLLER.toPublicText(), List.of("198.51.100.1/9993"))));
        new ClusterCache(home.resolve("cluster.json"))
                .save(new ClusterView(List.of(Mesh.network(NUMBER, List.of())), info, List.of()));
    }

    private static void run(NetworkNamespace machine, Succession succession) {
        try {
            machine.run(() -> {
                succession.run();
                return null;
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
