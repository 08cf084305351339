package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The root knows another identity under the node's address. */
// VL1 checklist 40, 50
@NeedsRoot
class CollisionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LEAF = 3;
    private static final Identity COLLIDING = Lab.IDENTITIES.get(LEAF - 1);

    @TempDir
    Path folder;

    private static NodeBuilder leaf(Lab lab) throws Exception {
        return Node.builder(lab.home(LEAF))
                .planet(lab.planet(1_000))
                .withoutPublicPlanet()
                .port(Lab.PORT)
                .namespace(lab.host(LEAF));
    }

    private static void tellOfCollision(Node root, long address) {
        byte[] error = new byte[Wire.IN_RE_BYTES + 1];
        error[0] = Verb.HELLO;
        error[Wire.IN_RE_BYTES] = ErrorCode.IDENTITY_COLLISION;
        root.engine().post(() -> root.engine()
                .vl1()
                .send(
                        address,
                        Verb.ERROR,
                        error,
                        0,
                        error.length,
                        0,
                        root.engine().nowMs()));
    }

    @Test
    void theNodeStartsAnewUnderAnotherAddress() throws Exception {
        try (Lab lab = new Lab(folder)) {
            Node root = lab.started(1);
            HomeDirectory home = lab.home(LEAF);
            home.saveIdentity(COLLIDING.toSecretText(), COLLIDING.toPublicText());
            CountDownLatch renewal = new CountDownLatch(1);
            try (Node leaf = leaf(lab).renewedBy(renewal::countDown).start()) {
                await().atMost(PATIENCE).until(leaf::online);
                tellOfCollision(root, COLLIDING.address());
                assertThat(renewal.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(home.identitySecret()).isEmpty();
            assertThat(Files.readString(home.path().resolve("identity.secret.saved_after_collision")))
                    .isEqualTo(COLLIDING.toSecretText());
            try (Node leaf = leaf(lab).start()) {
                assertThat(leaf.identity().address()).isNotEqualTo(COLLIDING.address());
                assertThat(home.identitySecret()).contains(leaf.identity().toSecretText());
                await().atMost(PATIENCE).until(leaf::online);
            }
        }
    }

    @Test
    void whoIsKnownByItsAddressKeepsItAndWhoIsNoRootIsNotBelieved() throws Exception {
        try (Lab lab = new Lab(folder)) {
            Node root = lab.started(1);
            Node liar = lab.started(2);
            CountDownLatch renewal = new CountDownLatch(1);
            HomeDirectory home = lab.home(LEAF);
            home.saveIdentity(COLLIDING.toSecretText(), COLLIDING.toPublicText());
            try (Node leaf = leaf(lab).renewedBy(renewal::countDown).start()) {
                await().atMost(PATIENCE).until(leaf::online);
                liar.introduce(COLLIDING.withoutSecret(), List.of(Endpoint.parse(Lab.ip(LEAF) + "/" + Lab.PORT)));
                await().atMost(PATIENCE).until(() -> liar.peerViews().stream()
                        .anyMatch(peer -> peer.address() == COLLIDING.address() && peer.isDirect()));
                tellOfCollision(liar, COLLIDING.address());
                leaf.ask(() -> null);
                assertThat(renewal.await(1, TimeUnit.SECONDS)).isFalse();
            }
            try (Node given =
                    leaf(lab).identity(COLLIDING).renewedBy(renewal::countDown).start()) {
                await().atMost(PATIENCE).until(given::online);
                tellOfCollision(root, COLLIDING.address());
                assertThat(renewal.await(1, TimeUnit.SECONDS)).isFalse();
                assertThat(home.identitySecret()).isPresent();
            }
        }
    }
}
