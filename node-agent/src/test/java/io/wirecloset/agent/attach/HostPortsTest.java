package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.agent.attach.AttachException.Reason;
import io.wirecloset.transport.netlink.Connection;
import io.wirecloset.transport.netlink.ConnectionTracker;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports of the node that lead to pods (CNI 53, 55): who reaches them, and how long they last. */
class HostPortsTest {
    private static final String NODE = World.NODE;
    private static final String NODE_6 = World.NODE_6;
    private static final String WORLD = World.ADDRESS;
    private static final String WORLD_6 = World.ADDRESS_6;

    @TempDir
    Path directory;

    private NodeRig node;
    private NetworkNamespace world;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        world = World.beside(node);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private static PortMapping port(String protocol, String hostIp, int hostPort, int containerPort) {
        return new PortMapping(
                protocol, hostIp == null ? null : InetAddress.ofLiteral(hostIp), hostPort, containerPort);
    }

    private NetworkNamespace podWith(String id, PortMapping... ports) throws IOException {
        NetworkNamespace pod = node.newPod();
        attach(id, pod, ports);
        open.add(Answering.in(pod, 80, id));
        return pod;
    }

    private Attachment attach(String id, NetworkNamespace pod, PortMapping... ports) throws IOException {
        return node.attachments
                .attach(NodeRig.request(
                        id, pod, new Attachments.Wishes(List.of(), List.of(ports), List.of(), null, null, false)))
                .attachment();
    }

    private String ask(NetworkNamespace from, String address, int port) throws IOException {
        return Answering.ask(from, "tcp", address, port);
    }

    @Test
    @DisplayName("a port of the node leads to the pod, from outside, both families, and the pod sees who asks (CNI 53)")
    void aPortOfTheNodeLeadsToThePod() throws Exception {
        podWith("web", port("tcp", null, 8080, 80), port("udp", null, 5353, 80));
        assertThat(ask(world, NODE, 8080)).isEqualTo("web " + WORLD);
        assertThat(ask(world, NODE_6, 8080)).isEqualTo("web " + WORLD_6);
        assertThat(Answering.ask(world, "udp", NODE, 5353)).isEqualTo("web " + WORLD);
        assertThat(Answering.ask(world, "udp", NODE_6, 5353)).isEqualTo("web " + WORLD_6);
        assertThat(Answering.ask(world, "udp", NODE, 8080))
                .as("the other protocol")
                .isEqualTo("nobody");
        assertThat(ask(world, NODE, 80)).as("the pod's own number").isEqualTo("nobody");
    }

    @Test
    @DisplayName("the node itself reaches it, by its addresses and by 127.0.0.1")
    void theNodeItselfReachesIt() throws Exception {
        podWith("web", port("tcp", null, 8080, 80), port("udp", null, 8080, 80));
        for (String protocol : List.of("tcp", "udp")) {
            for (String address : List.of(NODE, NODE_6, "127.0.0.1")) {
                assertThat(Answering.ask(node.host, protocol, address, 8080))
                        .as(protocol + " " + address)
                        .startsWith("web ");
            }
        }
    }

    @Test
    @DisplayName("a pod reaches it, and the pod that it leads to does too (hairpin)")
    void podsReachItAndThePodItselfToo() throws Exception {
        NetworkNamespace web = podWith("web", port("tcp", null, 8080, 80));
        NetworkNamespace other = podWith("other");
        for (String address : List.of(NODE, NODE_6)) {
            assertThat(ask(other, address, 8080)).startsWith("web ");
            assertThat(ask(web, address, 8080)).startsWith("web ");
        }
    }

    @Test
    @DisplayName("with hostIP it is that address's alone; the unspecified address means all of its family")
    void withAHostIpItIsThatAddressesAlone() throws Exception {
        podWith("one", port("tcp", NODE, 8080, 80));
        podWith("two", port("tcp", World.NODE_TOO, 8080, 80));
        podWith("four", port("tcp", "0.0.0.0", 8081, 80));
        podWith("six", port("tcp", "::", 8081, 80));
        podWith("inside", port("tcp", "127.0.0.1", 8082, 80));
        assertThat(ask(world, NODE, 8080)).startsWith("one ");
        assertThat(ask(world, World.NODE_TOO, 8080)).startsWith("two ");
        assertThat(ask(world, NODE_6, 8080)).isEqualTo("nobody");
        assertThat(ask(world, NODE, 8081)).startsWith("four ");
        assertThat(ask(world, NODE_6, 8081)).startsWith("six ");
        assertThat(ask(node.host, "127.0.0.1", 8082)).as("the node's own alone").startsWith("inside ");
        assertThat(ask(world, NODE, 8082)).isEqualTo("nobody");
    }

    @Test
    @DisplayName("it survives a restart of the agent and is put back when somebody removed it")
    void itSurvivesARestartAndIsPutBack() throws Exception {
        podWith("web", port("tcp", null, 8080, 80), port("tcp", NODE_6, 8443, 80), port("sctp", null, 9, 9));
        Map<String, Object> before = node.account();
        node.stop();
        assertThat(ask(world, NODE, 8080)).as("while the agent is away").startsWith("web ");
        node.start();
        assertThat(node.account()).isEqualTo(before);
        assertThat(node.attachments.repair()).isZero();
        NodeRig.run(node.host, "nft", "flush", "map", "inet", "wirecloset", "hostport_pod4");
        assertThat(ask(world, NODE, 8080)).isEqualTo("nobody");
        assertThat(node.attachments.repair()).isEqualTo(1);
        assertThat(ask(world, NODE, 8080)).startsWith("web ");
        assertThat(ask(world, NODE_6, 8443)).startsWith("web ");
    }

    @Test
    @DisplayName("DEL and GC free it, and the pod that takes its place has it at once")
    void delAndGcFreeIt() throws Exception {
        Map<String, Object> before = node.account();
        for (int i = 0; i < 5; i++) {
            podWith("web" + i, port("tcp", null, 8080, 80), port("udp", NODE, 8080, 80));
            assertThat(ask(world, NODE, 8080)).isEqualTo("web" + i + " " + WORLD);
            if (i % 2 == 0) {
                node.attachments.detach(NodeRig.key("web" + i));
            } else {
                node.attachments.collect("wirecloset", List.of());
            }
        }
        assertThat(ask(world, NODE, 8080)).isEqualTo("nobody");
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("who goes on asking by UDP from the same port is led to the pod that has the port now (CNI 53)")
    void whoGoesOnAskingByUdpIsLedToThePodThatHasThePortNow() throws Exception {
        try (DatagramSocket caller = world.run(() -> new DatagramSocket())) {
            assertThat(askOn(caller, NODE)).as("nobody has the port yet").isEqualTo("nobody");
            for (int i = 0; i < 3; i++) {
                podWith("dns" + i, port("udp", null, 5353, 80), port("tcp", null, 5353, 80));
                assertThat(askOn(caller, NODE)).isEqualTo("dns" + i + " " + WORLD);
                assertThat(askOn(caller, NODE_6)).isEqualTo("dns" + i + " " + WORLD_6);
                node.attachments.detach(NodeRig.key("dns" + i));
                if (i == 1) {
                    assertThat(askOn(caller, NODE)).as("in between").isEqualTo("nobody");
                }
            }
            assertThat(connections())
                    .extracting(c -> c.answering().getHostAddress())
                    .as("only what was asked of nobody")
                    .isSubsetOf(NODE, "2001:db8:0:0:0:0:0:1");
        }
    }

    @Test
    @DisplayName("connections that have nothing to do with the port are left alone")
    void connectionsOfOthersAreLeftAlone() throws Exception {
        NetworkNamespace other = podWith("other", port("udp", null, 5354, 80), port("udp", World.NODE_TOO, 5353, 80));
        open.add(Answering.in(world, 5353, "world"));
        assertThat(Answering.ask(other, "udp", WORLD, 5353)).startsWith("world ");
        assertThat(Answering.ask(world, "udp", NODE, 5354)).startsWith("other ");
        assertThat(Answering.ask(world, "udp", World.NODE_TOO, 5353)).startsWith("other ");
        List<Connection> before = connections();
        podWith("dns", port("udp", NODE, 5353, 80));
        assertThat(Answering.ask(world, "udp", NODE, 5353)).startsWith("dns ");
        node.attachments.detach(NodeRig.key("dns"));
        assertThat(before).hasSize(3);
        assertThat(connections()).containsExactlyInAnyOrderElementsOf(before);
    }

    private List<Connection> connections() throws IOException {
        try (ConnectionTracker tracker = ConnectionTracker.openIn(node.host)) {
            List<Connection> all = new ArrayList<>();
            for (int port : new int[] {5353, 5354}) {
                all.addAll(tracker.openedTo(ConnectionTracker.UDP, port));
            }
            return all;
        }
    }

    /** By one socket, as a resolver or a telephone does. */
    private static String askOn(DatagramSocket caller, String address) throws IOException {
        caller.setSoTimeout(1_500);
        caller.send(new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(address), 5353));
        DatagramPacket answer = new DatagramPacket(new byte[128], 128);
        try {
            caller.receive(answer);
        } catch (SocketTimeoutException e) {
            return "nobody";
        }
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("a pod whose record was lost keeps its ports, nobody else gets them, and DEL frees them (F14)")
    void aPodWhoseRecordWasLostKeepsItsPorts() throws Exception {
        Map<String, Object> empty = node.account();
        podWith(
                "web",
                port("tcp", null, 8080, 80),
                port("udp", NODE, 5353, 80),
                port("tcp", NODE_6, 8443, 80),
                port("sctp", "0.0.0.0", 9, 9));
        Map<String, Object> before = node.account();
        node.stop();
        Files.delete(directory.resolve("attachments/web@eth0"));
        node.start();
        assertThat(node.account()).isEqualTo(before);
        assertThat(node.attachments.repair()).isZero();
        assertThat(node.attachments.list().getFirst().options().ports())
                .containsExactlyInAnyOrder(
                        port("tcp", "0.0.0.0", 8080, 80),
                        port("tcp", "::", 8080, 80),
                        port("udp", NODE, 5353, 80),
                        port("tcp", NODE_6, 8443, 80),
                        port("sctp", "0.0.0.0", 9, 9));
        NetworkNamespace pod = node.newPod();
        assertThatThrownBy(() -> attach("late", pod, port("tcp", null, 8080, 80)))
                .hasMessageContaining("host port 8080/tcp is taken");
        assertThat(ask(world, NODE, 8080)).startsWith("web ");
        assertThat(ask(world, NODE_6, 8443)).startsWith("web ");
        node.stop();
        Files.delete(directory.resolve("attachments/web@eth0"));
        Files.deleteIfExists(directory.resolve("attachments/late@eth0"));
        node.start();
        node.attachments.detach(NodeRig.key("web"));
        assertThat(ask(world, NODE, 8080)).isEqualTo("nobody");
        assertThat(node.account()).isEqualTo(empty);
    }

    @Test
    @DisplayName("a port that leads to another pod is refused, with whose it is; the other keeps it")
    void aPortThatIsTakenIsRefused() throws Exception {
        podWith("web", port("tcp", null, 8080, 80), port("udp", NODE, 53, 80));
        Map<String, Object> before = node.account();
        for (PortMapping taken : List.of(
                port("tcp", null, 8080, 81),
                port("tcp", NODE, 8080, 80),
                port("tcp", "::", 8080, 80),
                port("udp", null, 53, 80),
                port("udp", "0.0.0.0", 53, 80),
                port("udp", NODE, 53, 80))) {
            NetworkNamespace pod = node.newPod();
            assertThatThrownBy(() -> attach("late", pod, taken))
                    .as(taken.toString())
                    .isInstanceOfSatisfying(
                            AttachException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PORT_TAKEN))
                    .hasMessage("host port " + taken + " is taken by ns/web (sandbox web)");
        }
        assertThat(node.account()).isEqualTo(before);
        attach("beside", node.newPod(), port("udp", World.NODE_TOO, 53, 80), port("udp", "::", 53, 80));
        assertThat(ask(world, NODE, 8080)).startsWith("web ");
    }

    @Test
    @DisplayName("a port at which a program of the node waits is refused")
    void aPortOfAProgramOfTheNodeIsRefused() throws Exception {
        open.add(Answering.in(node.host, 10_250, "kubelet"));
        for (String protocol : List.of("tcp", "udp")) {
            NetworkNamespace pod = node.newPod();
            assertThatThrownBy(() -> attach("late", pod, port(protocol, null, 10_250, 80)))
                    .isInstanceOf(AttachException.class)
                    .hasMessageContaining(
                            "host port 10250/" + protocol + " is taken: a program of this node waits at it");
        }
        assertThat(node.attachments.list()).isEmpty();
    }

    @Test
    @DisplayName(
            "a pod with ports does not reach what listens on the node's loopback, and members are not offered them")
    void noDoorIsOpenedBesides() throws Exception {
        NetworkNamespace web = podWith("web", port("tcp", null, 8080, 80));
        open.add(Answering.in(node.host, 10_249, "secret"));
        NodeRig.run(web, "ip", "route", "del", "local", "127.0.0.0/8", "dev", "lo", "table", "local");
        NodeRig.run(web, "ip", "addr", "flush", "dev", "lo");
        NodeRig.run(web, "ip", "route", "add", "127.0.0.0/8", "via", "169.254.1.1", "dev", "eth0", "onlink");
        NodeRig.run(web, "sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
        assertThat(ask(web, "127.0.0.1", 10_249)).isEqualTo("nobody");
        assertThat(ask(node.outside, "10.80.0.1", 8080)).as("a member").isEqualTo("nobody");
    }
}
