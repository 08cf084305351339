package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.PeerRef;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.SendOptions;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Our nodes find each other out; a stock node among them hears the questions, makes nothing of them, and goes on talking. */
@NeedsRoot
@EnabledIfEnvironmentVariable(named = StockNode.VARIABLE, matches = ".+")
class StockNeighbourTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int OURS = 2;
    private static final int STOCK = 3;
    /** Longer than until the second question. */
    private static final Duration QUESTIONS = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void aStockNodeGoesOnTalkingWhileOursAgree() throws Exception {
        try (Lab lab = new Lab(folder)) {
            Node root = lab.started(1);
            Node ours = lab.started(OURS);
            try (StockNode stock = new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000))) {
                long address = Addresses.parse(stock.address());
                await().atMost(PATIENCE).until(() -> hears(root, address) != null);
                await().atMost(PATIENCE)
                        .until(() -> agreed(root, ours.identity().address())
                                && agreed(ours, root.identity().address()));

                long began = System.nanoTime();
                while (Duration.ofNanos(System.nanoTime() - began).compareTo(QUESTIONS) < 0) {
                    long before = hears(root, address).lastReceiveMs();
                    echo(root, address);
                    await().pollDelay(Duration.ofMillis(300))
                            .atMost(PATIENCE)
                            .until(() -> hears(root, address).lastReceiveMs() > before);
                }
                assertThat(agreed(root, address)).isFalse();
                assertThat(hears(root, address).isDirect()).isTrue();
                assertThat(pathsToRoot(stock, root))
                        .anyMatch(path -> path.get("active").asBoolean());
            }
        }
    }

    private static PeerView hears(Node node, long address) {
        return node.peerViews().stream()
                .filter(peer -> peer.address() == address && peer.isDirect() && peer.protocol() == 12)
                .findFirst()
                .orElse(null);
    }

    private static boolean agreed(Node node, long address) {
        PeerRef peer = node.ask(() -> node.engine().vl1().peers()).find(address);
        return peer != null && peer.record.guard.session() != null;
    }

    private static void echo(Node node, long address) {
        node.engine().post(() -> {
            long nowMs = node.engine().nowMs();
            node.engine().vl1().send(address, Verb.ECHO, new byte[0], 0, 0, SendOptions.EXPECT_REPLY, nowMs);
        });
    }

    private static List<JsonNode> pathsToRoot(StockNode stock, Node root) throws Exception {
        JsonNode peer = stock.api().get("/peer/" + root.address()).body();
        assertThat(peer.get("role").asText()).isEqualTo("PLANET");
        return List.copyOf(peer.get("paths").valueStream().toList());
    }
}
