package io.wirecloset.agent.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.attach.Attachment;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.overlay.Mesh.Host;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods of two nodes over real sockets, real TAPs, real signatures. */
class NodeOverlayTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("pods on two nodes reach each other over IPv4 and IPv6, also after a restart of a node"
            + " and after somebody deleted its device (F3, F32)")
    void podsOnTwoNodesReachEachOther() throws Exception {
        try (Mesh mesh = new Mesh(folder)) {
            List<Host> nodes = mesh.nodes(2);
            Host a = nodes.get(0);
            Host b = nodes.get(1);
            NetworkNamespace podA = NetworkNamespace.create();
            NetworkNamespace podB = NetworkNamespace.create();
            try (podA;
                    podB) {
                Attachment atA = a.attach("a", podA);
                Attachment atB = b.attach("b", podB);
                pingEachOther(podA, atA, podB, atB);
                assertThat(NodeRig.pings(podA, "10.80.0.3"))
                        .as("the other node")
                        .isTrue();
                assertThat(NodeRig.pings(b.namespace, atA.ipv4().getHostAddress()))
                        .as("a pod from the other node")
                        .isTrue();

                a.stop();
                assertThat(a.namespace.run(() -> NodeRig.run(a.namespace, "ip", "-o", "addr")))
                        .as("the device stays with its addresses")
                        .contains(TapNames.of(Mesh.NETWORK))
                        .contains("10.80.0.2/32");
                a.start();
                Attachment again = a.attach("a", podA);
                assertThat(again).isEqualTo(atA);
                pingEachOther(podA, atA, podB, atB);

                NodeRig.run(a.namespace, "ip", "link", "del", TapNames.of(Mesh.NETWORK));
                String there = atB.ipv4().getHostAddress();
                await().atMost(Duration.ofSeconds(60)).until(() -> NodeRig.pings(podA, there));
                pingEachOther(podA, atA, podB, atB);

                a.attachments.detach(NodeRig.key("a"));
                b.attachments.detach(NodeRig.key("b"));
                a.overlay.leave(Mesh.NETWORK);
                assertThat(NodeRig.run(a.namespace, "ip", "-o", "link")).doesNotContain(TapNames.of(Mesh.NETWORK));
            }
        }
    }

    @Test
    @DisplayName("pods of nodes that never met reach each other though the only root and the controller are away (T20)")
    void nodesThatNeverMetFindEachOtherWithoutARoot() throws Exception {
        try (Mesh mesh = new Mesh(folder)) {
            List<Host> nodes = mesh.nodes(2);
            Host a = nodes.get(0);
            Host b = nodes.get(1);
            NetworkNamespace podA = NetworkNamespace.create();
            NetworkNamespace podB = NetworkNamespace.create();
            try (podA;
                    podB) {
                Attachment atA = a.attach("a", podA);
                Attachment atB = b.attach("b", podB);
                mesh.loseRootAndController();
                for (Host node : nodes) {
                    node.stop();
                    node.forgetPeers();
                    node.knows(nodes);
                }
                for (Host node : nodes) {
                    node.start();
                }
                String there = atB.ipv4().getHostAddress();
                await().atMost(Duration.ofSeconds(60)).until(() -> NodeRig.pings(podA, there));
                pingEachOther(podA, atA, podB, atB);
                assertThat(NodeRig.run(a.namespace, "ip", "neigh", "show", "10.80.0.3"))
                        .as("nobody needs to be asked for the other node's MAC")
                        .contains("PERMANENT");
            }
        }
    }

    private static void pingEachOther(NetworkNamespace a, Attachment atA, NetworkNamespace b, Attachment atB)
            throws Exception {
        assertThat(NodeRig.pings(a, atB.ipv4().getHostAddress()))
                .as("IPv4 there")
                .isTrue();
        assertThat(NodeRig.pings(b, atA.ipv4().getHostAddress()))
                .as("IPv4 back")
                .isTrue();
        assertThat(NodeRig.pings(a, atB.ipv6().getHostAddress()))
                .as("IPv6 there")
                .isTrue();
        assertThat(NodeRig.pings(b, atA.ipv6().getHostAddress()))
                .as("IPv6 back")
                .isTrue();
    }
}
