package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 53: one node makes the copies of multicast for the others")
class ReplicatorStoryTest {
    static LongStream seeds() {
        return SimNet.seeds(2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neighboursFindEachOtherThroughTheReplicatorAndWithoutItWhenItIsGone(long seed) {
        SimNet.story(seed, net -> {
            Scene scene = new Scene(net);
            HandmadeController controller = new HandmadeController(net, scene.leaf("handmade"), TestIdentities.get(2));
            SimNode a = scene.leaf("a", Nat.PORT_RESTRICTED);
            SimNode b = scene.leaf("b", Nat.PORT_RESTRICTED);
            SimNode replicator = scene.leaf("replicator");
            long network = controller.network;
            controller.replicator(replicator);
            controller.bridge(replicator); // or nobody would take its copies
            for (SimNode node : List.of(a, b, replicator)) node.join(network);
            net.runUntil(
                    () -> List.of(a, b, replicator).stream().allMatch(node -> node.status(network) == NetworkStatus.OK),
                    seconds(30));
            // groups are told to the replicator, which is how everybody comes to have a path to it
            net.runUntil(() -> a.hasDirectPathTo(replicator) && b.hasDirectPathTo(replicator), seconds(90));

            int before = replicator.stack(network).frames();
            a.stack(network).forgetNeighbours();
            pings(net, network, a, b);
            assertThat(replicator.stack(network).frames())
                    .as("the question that it copied")
                    .isGreaterThan(before);

            net.host("replicator").stop();
            net.runFor(seconds(150));
            a.stack(network).forgetNeighbours();
            pings(net, network, a, b);
        });
    }

    private static void pings(SimNet net, long network, SimNode from, SimNode to) {
        for (int attempt = 0; attempt < 20; attempt++) {
            int asked = from.stack(network).ping(to.stack(network).addressOf(4), 100);
            net.runFor(seconds(1));
            if (from.stack(network).answered(asked)) return;
        }
        throw new AssertionError("no answer");
    }
}
