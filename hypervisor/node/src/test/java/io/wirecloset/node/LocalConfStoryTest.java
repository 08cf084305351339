package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Verb;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the owner of a node writes into local.conf, on whole nodes. */
// VL1 checklist 15, 60, 72, 74
@NeedsRoot
class LocalConfStoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int A = 3;
    private static final int B = 4;

    @TempDir
    Path folder;

    private static void conf(Lab lab, int host, String text) throws IOException {
        Files.writeString(lab.home(host).path().resolve("local.conf"), text.replace('\'', '"'));
    }

    @Test
    void twoPortsAreBoundAndTheFirstMustBe() throws Exception {
        try (Lab lab = new Lab(folder)) {
            conf(lab, A, "{'settings':{'primaryPort':7001,'secondaryPort':7002}}");
            NodeBuilder builder = lab.node(A).port(NodeBuilder.PORT_OF_CONF);
            try (Node node = builder.start()) {
                assertThat(node.endpoints()).extracting(Endpoint::port).containsExactlyInAnyOrder(7001, 7002);
                assertThat(node.port()).isEqualTo(7001);
                await().atMost(PATIENCE).until(() -> !node.endpoints().isEmpty());
            }
            try (DatagramSocket taken =
                    lab.host(A).run(() -> new DatagramSocket(new InetSocketAddress(Lab.ip(A), 7002)))) {
                try (Node node = builder.start()) {
                    assertThat(node.endpoints()).extracting(Endpoint::port).containsExactly(7001);
                }
                assertThat(taken.isBound()).isTrue();
            }
            try (DatagramSocket taken =
                    lab.host(A).run(() -> new DatagramSocket(new InetSocketAddress(Lab.ip(A), 7001)))) {
                assertThatThrownBy(builder::start).hasMessageContaining("port 7001");
                assertThat(taken.isBound()).isTrue();
            }
        }
    }

    @Test
    void inATrustedNetworkPacketsGoUnsealed() throws Exception {
        try (Lab lab = new Lab(folder)) {
            String trusting = "{'physical':{'10.5.0.0/24':{'trustedPathId':77,'mtu':1400}}}";
            conf(lab, A, trusting);
            conf(lab, B, trusting);
            try (Node a = lab.node(A).start();
                    Node b = lab.node(B).start()) {
                a.introduce(b.identity(), List.of(Endpoint.parse(Lab.ip(B) + "/" + Lab.PORT)));
                await().atMost(PATIENCE).until(() -> hasTrustedPath(a, b) && hasTrustedPath(b, a));
                long before = b.drops().getOrDefault(Drop.BAD_MAC, 0L);
                byte[] text = "in the clear".getBytes(StandardCharsets.US_ASCII);
                a.ask(() -> a.engine()
                        .vl1()
                        .send(
                                b.identity().address(),
                                Verb.USER_MESSAGE,
                                text,
                                0,
                                text.length,
                                0,
                                a.engine().nowMs()));
                b.ask(() -> null);
                assertThat(b.drops().getOrDefault(Drop.BAD_MAC, 0L)).isEqualTo(before);
                assertThat(b.drops().getOrDefault(Drop.BAD_TRUSTED_PATH, 0L)).isZero();
                assertThat(new LocalHttp(lab.host(A), lab.home(A).path())
                                .get("/peer/" + b.address())
                                .body()
                                .at("/paths/0/trustedPathId")
                                .asLong())
                        .isEqualTo(77);
            }
        }
    }

    private static boolean hasTrustedPath(Node from, Node to) {
        for (PeerView peer : from.peerViews()) {
            if (peer.address() == to.identity().address() && peer.isDirect()) {
                return peer.paths().stream().allMatch(path -> path.trustedPathId() == 77);
            }
        }
        return false;
    }
}
