package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods and what is no pod: the world outside, what the node itself serves, Services, and the host's own habits. */
class WorldOutsideTest {
    private static final int SMALL_MTU = 1_300;
    private static final int TCP_HEADERS = 40;
    private static final int TCP_HEADERS_6 = 60;
    private static final String SERVICE = "10.96.0.5";
    private static final String ELSEWHERE = "10.80.129.5";
    private static final String NODE_ON_NETWORK = "10.80.0.1";
    private static final Pattern SEGMENT = Pattern.compile("\\bmss:(\\d+)");

    @TempDir
    Path directory;

    private NodeRig node;
    private NetworkNamespace world;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        world = World.beside(node);
        open.add(Answering.in(world, 80, "world"));
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

    private NetworkNamespace pod(String id) throws IOException {
        NetworkNamespace pod = node.newPod();
        node.attach(id, pod);
        return pod;
    }

    private static void sysctl(NetworkNamespace in, String setting) throws IOException {
        NodeRig.run(in, "sysctl", "-qw", setting);
    }

    // --- masquerade, MTU and MSS (design section 3)

    @Test
    @DisplayName("who is asked outside sees the node and answers it, by TCP and UDP, both families")
    void whoIsAskedOutsideSeesTheNode() throws Exception {
        NetworkNamespace pod = pod("c1");
        for (String protocol : List.of("tcp", "udp")) {
            assertThat(Answering.ask(pod, protocol, World.ADDRESS, 80)).isEqualTo("world " + World.NODE);
            assertThat(Answering.ask(pod, protocol, World.ADDRESS_6, 80)).isEqualTo("world 2001:db8:0:0:0:0:0:1");
        }
        assertThat(NodeRig.pings(pod, World.NODE))
                .as("the node, by its own address")
                .isTrue();
        assertThat(NodeRig.pings(pod, World.NODE_6)).isTrue();
    }

    @Test
    @DisplayName(
            "a connection to the outside opens with segments that fit an uplink which became narrower since the ADD")
    void segmentsFitTheUplink() throws Exception {
        NetworkNamespace pod = pod("c1");
        NodeRig.run(node.host, "ip", "link", "set", "up0", "mtu", String.valueOf(SMALL_MTU));
        assertThat(segmentTo(pod, World.ADDRESS)).isLessThanOrEqualTo(SMALL_MTU - TCP_HEADERS);
        assertThat(segmentTo(pod, World.ADDRESS_6)).isLessThanOrEqualTo(SMALL_MTU - TCP_HEADERS_6);
        NodeRig.run(node.host, "nft", "flush", "chain", "inet", "wirecloset", "clamp");
        assertThat(segmentTo(pod, World.ADDRESS))
                .as("control: without our doing")
                .isGreaterThan(SMALL_MTU);
    }

    /** What the one that is asked would send in one piece. */
    private long segmentTo(NetworkNamespace from, String address) throws IOException {
        try (ServerSocket server = world.run(() -> new ServerSocket(8081));
                Socket client = from.run(() -> connected(address, server.getLocalPort()));
                Socket accepted = server.accept()) {
            assertThat(client.isConnected() && accepted.isConnected()).isTrue();
            String shown = NodeRig.run(world, "ss", "-Htin", "state", "established", "sport", "=", ":8081");
            Matcher segment = SEGMENT.matcher(shown);
            assertThat(segment.find()).as(shown).isTrue();
            return Long.parseLong(segment.group(1));
        }
    }

    private static Socket connected(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 5_000);
        return socket;
    }

    @Test
    @DisplayName(
            "a pod is told what is too large for the uplink, or for a network that became narrower, and what would fit")
    void aPodIsToldWhatIsTooLarge() throws Exception {
        NetworkNamespace pod = pod("c1");
        NodeRig.run(node.host, "ip", "link", "set", "up0", "mtu", String.valueOf(SMALL_MTU));
        NodeRig.run(
                node.host, "ip", "link", "set", node.overlay.tap(NodeRig.PODS.id()), "mtu", String.valueOf(SMALL_MTU));
        for (String address : List.of(World.ADDRESS, World.ADDRESS_6, ELSEWHERE, "fc01:0a50:0a99::2")) {
            assertThat(NodeRig.run(pod, "sh", "-c", "ping -c 2 -W 2 -M do -s 1400 " + address + " || true"))
                    .containsPattern("mtu ?= ?" + SMALL_MTU);
        }
    }

    @Test
    @DisplayName("large pings and datagrams cross in pieces: to the world, to pods elsewhere, to a port of the node")
    void whatIsLargeCrossesInPieces() throws Exception {
        NetworkNamespace pod = node.newPod();
        PortMapping port = new PortMapping("udp", null, 5_353, 80);
        node.attachments.attach(NodeRig.request(
                "c1", pod, new Attachments.Wishes(List.of(), List.of(port), List.of(), null, null, false)));
        open.add(Answering.in(pod, 80, "pod"));
        for (String address : List.of(World.ADDRESS, World.ADDRESS_6, ELSEWHERE, "fc01:0a50:0a99::2")) {
            assertThat(NodeRig.succeeds(pod, "ping", "-c", "1", "-W", "2", "-s", "20000", address))
                    .as(address)
                    .isTrue();
        }
        for (String address : List.of(World.NODE, World.NODE_6)) {
            assertThat(askAtLength(world, address, 5_353, 20_000)).as(address).startsWith("pod ");
        }
    }

    private static String askAtLength(NetworkNamespace from, String address, int port, int lengthBytes)
            throws IOException {
        try (DatagramSocket socket = from.run(() -> new DatagramSocket())) {
            socket.setSoTimeout(5_000);
            socket.send(new DatagramPacket(new byte[lengthBytes], lengthBytes, InetAddress.ofLiteral(address), port));
            DatagramPacket answer = new DatagramPacket(new byte[128], 128);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("pods' way out carries the uplink's MTU, whichever family that has, and never more than the network's")
    void theWayOutCarriesTheUplinksMtu() throws Exception {
        assertThat(wayOut("none")).as("without a default route").containsExactly(1500, 1500);
        NodeRig.run(node.host, "ip", "link", "set", "up0", "mtu", "1400");
        NodeRig.run(node.host, "ip", "-6", "route", "add", "default", "via", World.ADDRESS_6, "dev", "up0");
        assertThat(wayOut("six")).as("IPv6 alone").containsExactly(1400, 1400);
        NodeRig.run(node.host, "ip", "link", "set", "up0", "mtu", "9000");
        NodeRig.run(node.host, "ip", "route", "add", "default", "via", World.ADDRESS, "dev", "up0");
        assertThat(wayOut("jumbo")).containsExactly(2800, 2800);
    }

    private List<Integer> wayOut(String id) throws IOException {
        try (Netlink inside = Netlink.openIn(pod(id))) {
            return inside.routes(Route.TABLE_MAIN).stream()
                    .filter(r -> r.destination().length() == 0)
                    .map(Route::mtu)
                    .toList();
        }
    }

    // --- the node

    @Test
    @DisplayName("what the node serves on an address of its own is there for pods: a resolver on 169.254.20.10")
    void aResolverOfTheNodeIsReached() throws Exception {
        NetworkNamespace pod = pod("c1");
        NodeRig.run(node.host, "ip", "addr", "add", "169.254.20.10/32", "dev", "lo");
        open.add(Answering.in(node.host, 53, "resolver"));
        assertThat(Answering.ask(pod, "udp", "169.254.20.10", 53)).startsWith("resolver 10.80.128.");
        assertThat(Answering.ask(pod, "tcp", "169.254.20.10", 53)).startsWith("resolver 10.80.128.");
    }

    @Test
    @DisplayName("a host that takes packets by the way back only (rp_filter 1) serves pods all the same")
    void aStrictHostServesPods() throws Exception {
        sysctl(node.host, "net.ipv4.conf.all.rp_filter=1");
        NetworkNamespace pod = node.newPod();
        PortMapping port = new PortMapping("tcp", null, 8_080, 80);
        node.attachments.attach(NodeRig.request(
                "c1", pod, new Attachments.Wishes(List.of(), List.of(port), List.of(), null, null, false)));
        open.add(Answering.in(pod, 80, "pod"));
        assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
        assertThat(NodeRig.pings(pod, ELSEWHERE)).isTrue();
        assertThat(NodeRig.pings(node.outside, "10.80.128.1")).isTrue();
        assertThat(Answering.ask(pod, "tcp", World.ADDRESS, 80)).startsWith("world ");
        assertThat(Answering.ask(world, "tcp", World.NODE, 8_080)).isEqualTo("pod " + World.ADDRESS);
        assertThat(Answering.ask(node.host, "tcp", "127.0.0.1", 8_080)).startsWith("pod ");
    }

    @Test
    @DisplayName("forwarding that somebody switched off is on again with the next repair")
    void forwardingIsSwitchedOnAgain() throws Exception {
        NetworkNamespace pod = pod("c1");
        sysctl(node.host, "net.ipv4.ip_forward=0");
        sysctl(node.host, "net.ipv6.conf.all.forwarding=0");
        assertThat(NodeRig.pings(pod, ELSEWHERE)).isFalse();
        assertThat(node.attachments.repair()).isEqualTo(2);
        assertThat(NodeRig.pings(pod, ELSEWHERE)).isTrue();
        assertThat(NodeRig.pings(pod, World.ADDRESS_6)).isTrue();
        assertThat(node.attachments.repair()).isZero();
    }

    // --- Services, as kube-proxy translates them

    @Test
    @DisplayName(
            "the node enters a network with its address there, also when it asks from another: members answer no other")
    void theNodeEntersANetworkWithItsAddressThere() throws Exception {
        open.add(Answering.in(node.outside, 8_090, "far"));
        NodeRig.run(node.host, "ip", "route", "add", SERVICE + "/32", "via", World.ADDRESS, "dev", "up0");
        service("output", SERVICE, ELSEWHERE, 8_090);
        assertThat(Answering.ask(node.host, "tcp", SERVICE, 80))
                .as("a Service, which the node asks with its uplink's address")
                .isEqualTo("far " + NODE_ON_NETWORK);
        assertThat(NodeRig.succeeds(node.host, "ping", "-c", "1", "-W", "2", "-I", World.NODE, ELSEWHERE))
                .isTrue();
        assertThat(NodeRig.succeeds(node.host, "ping", "-c", "1", "-W", "2", "-I", World.NODE_6, "fc01:0a50:0a99::2"))
                .isTrue();
        NetworkNamespace pod = pod("c1");
        assertThat(Answering.ask(pod, "tcp", ELSEWHERE, 8_090))
                .as("pods stay who they are")
                .startsWith("far 10.80.128.");
    }

    @Test
    @DisplayName("no Service leads a pod of one network into another, whether its pod is on this node or elsewhere")
    void noServiceLeadsIntoAnotherNetwork() throws Exception {
        PodNetwork other = NodeRig.network("other", 0x8056c2e21c000002L, false, "10.90.0.0/16", "10.90.128.0/24");
        node.serve(List.of(NodeRig.PODS, other));
        node.attachments.repair();
        NetworkNamespace near = pod("near");
        NetworkNamespace stranger = node.newPod();
        node.attachments.attach(new Attachments.Request(
                NodeRig.key("stranger"),
                "wirecloset",
                "other",
                stranger,
                "/run/netns/stranger",
                new Attachment.Pod("ns", "stranger", "uid"),
                Attachments.Wishes.NONE));
        open.add(Answering.in(node.outside, 8_090, "far"));
        open.add(Answering.in(near, 8_090, "near"));
        for (String to : List.of(ELSEWHERE, "10.80.128.1")) {
            service("prerouting", SERVICE, to, 8_090);
            assertThat(Answering.ask(near, "tcp", SERVICE, 80))
                    .as("control: to " + to)
                    .isNotEqualTo("nobody");
            assertThat(Answering.ask(stranger, "tcp", SERVICE, 80))
                    .as("to " + to)
                    .isEqualTo("nobody");
        }
    }

    /** As kube-proxy does it: the address of the pod in place of the Service's, and the node's for whoever is no pod to it. */
    private void service(String hook, String service, String pod, int port) throws IOException {
        NodeRig.run(
                node.host,
                "nft",
                ("add table ip proxy; delete table ip proxy; add table ip proxy;"
                                + " add chain ip proxy in { type nat hook %s priority -100; };"
                                + " add rule ip proxy in ip daddr %s tcp dport 80 dnat to %s:%d;"
                                + " add chain ip proxy out { type nat hook postrouting priority 99; };"
                                + " add rule ip proxy out ct status dnat ip saddr { 10.80.128.1, 10.90.0.0/16 } masquerade")
                        .formatted(hook, service, pod, port));
    }
}
