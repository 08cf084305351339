package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.minutes;
import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T43, at a size that fits: many nodes, and what they cost each other when nothing happens. */
class ScaleTest {
    private static final boolean LARGE = SimNet.seeds(1).count() >= 100;
    private static final int MEMBERS_OF_A_NETWORK = 30;
    private static final int NODES = LARGE ? 300 : 60;
    /** Distance of network ids, for MACs that differ. */
    private static final int NEXT_NETWORK = 0x10;

    private static final int JOINED_SECONDS = 120;
    private static final double IDLE_DATAGRAMS_PER_SECOND = 0.5;
    /** To each peer in a minute four heartbeats, four answers to its own, a HELLO or the answer to one, an announcement. */
    private static final double DATAGRAMS_PER_PEER_AND_MINUTE = 10.5;

    @Test
    void manyNodesJoinAtOnceAndAreQuietThen() {
        SimNet.story(43, net -> {
            Scene scene = new Scene(net, true);
            scene.startController();
            List<SimNode> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                long network = Scene.NETWORK + (long) NEXT_NETWORK * (i / MEMBERS_OF_A_NETWORK);
                if (i % MEMBERS_OF_A_NETWORK == 0) {
                    scene.network(
                            network,
                            Scene.privateNetwork("10.147." + i / MEMBERS_OF_A_NETWORK)
                                    .build());
                }
                if (i % 2 == 1) net.host(Ring.name(i)).behind(Nat.PORT_RESTRICTED);
                SimNode node = scene.leaf(Ring.name(i), SimIdentities.leaf(i));
                scene.authorize(network, node.address());
                node.join(network);
                nodes.add(node);
            }
            int second = 0;
            while (!allJoined(nodes)) {
                assertThat(second++).as("seconds until all have joined").isLessThan(JOINED_SECONDS);
                net.runFor(seconds(1));
            }

            // what only joining needed is forgotten
            net.runFor(minutes(10));
            long[] before = sent(net);
            net.runFor(minutes(10));
            long[] after = sent(net);
            for (int i = 0; i < NODES; i++) {
                assertThat((after[i] - before[i]) / 600.0)
                        .as("datagrams per second of idle node " + i)
                        .isLessThanOrEqualTo(IDLE_DATAGRAMS_PER_SECOND);
            }
        });
    }

    private static boolean allJoined(List<SimNode> nodes) {
        for (int i = 0; i < NODES; i++) {
            long network = Scene.NETWORK + (long) NEXT_NETWORK * (i / MEMBERS_OF_A_NETWORK);
            if (nodes.get(i).status(network) != NetworkStatus.OK) return false;
        }
        return true;
    }

    private static long[] sent(SimNet net) {
        long[] sent = new long[NODES];
        for (int i = 0; i < NODES; i++) sent[i] = net.host(Ring.name(i)).sent();
        return sent;
    }

    @Test
    void aNodeWithAHundredPeersKeepsTheirPathsOpenWithFewDatagrams() {
        SimNet.story(43, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, 101);
            HostStack hub = ring.stack(0);
            for (int i = 1; i < ring.size(); i++) {
                hub.ping(ring.stack(i).addressOf(4), 8);
                net.runFor(seconds(1));
            }
            net.runFor(seconds(30));
            assertThat(ring.member(0).peers().stream()
                            .filter(PeerView::isDirect)
                            .count())
                    .isGreaterThanOrEqualTo(100);

            SimHost host = net.host(Ring.name(0));
            long before = host.sent();
            net.runFor(minutes(3));
            assertThat((host.sent() - before) / 3.0 / 100)
                    .as("datagrams per peer and minute")
                    .isLessThanOrEqualTo(DATAGRAMS_PER_PEER_AND_MINUTE);
        });
    }
}
