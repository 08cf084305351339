package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T26: what a pod, or a member of the network, says in somebody else's name arrives nowhere. */
class SpoofingTest {
    private static final int EACH = 1_000;
    private static final int IP = 0x0800;
    private static final int ARP = 0x0806;
    private static final int IP6 = 0x86dd;
    private static final long BROADCAST = 0xffffffffffffL;
    private static final long NOBODY = 0x02deadbeef01L;
    private static final long SPANNING_TREE = 0x0180c2000000L;
    private static final InetAddress MEMBER = InetAddress.ofLiteral("10.80.0.2");
    private static final InetAddress THIS_NODE = InetAddress.ofLiteral("10.80.0.1");
    private static final InetAddress UNUSED = InetAddress.ofLiteral("10.80.128.99");
    private static final InetAddress WORLD = InetAddress.ofLiteral("203.0.113.9");
    private static final InetAddress MEMBER6 = InetAddress.ofLiteral("fc01:0a50:0a99::2");
    private static final InetAddress ALL_NODES = InetAddress.ofLiteral("ff02::1");

    @TempDir
    Path directory;

    private NodeRig node;
    private NetworkNamespace evil;
    private NetworkNamespace other;
    private NetworkNamespace world;
    private Attachment from;
    private Attachment to;

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        world = node.newPod();
        int uplink = node.netlink.createVeth(
                LinkSettings.named("up0"), LinkSettings.named("up0").in(world).setUp());
        node.netlink.setUp(uplink);
        NodeRig.run(node.host, "ip", "addr", "add", "203.0.113.1/24", "dev", "up0");
        NodeRig.run(world, "ip", "addr", "add", "203.0.113.9/24", "dev", "up0");
        NodeRig.run(world, "ip", "route", "add", "10.80.0.0/16", "via", "203.0.113.1");
        evil = node.newPod();
        other = node.newPod();
        from = node.attach("evil", evil);
        to = node.attach("other", other);
        // everybody knows the way, so that nothing is lost for want of a neighbour
        assertThat(NodeRig.pings(evil, "10.80.0.2")).isTrue();
        assertThat(NodeRig.pings(evil, MEMBER6.getHostAddress())).isTrue();
        assertThat(NodeRig.pings(evil, "203.0.113.9")).isTrue();
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    private Map<String, byte[]> forgeriesOfAPod() {
        long mac = from.key().podMac();
        long host = from.key().hostMac();
        InetAddress own = from.ipv4();
        InetAddress own6 = from.ipv6();
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("MAC", Forgery.frame(host, NOBODY, IP, Forgery.udp(own, to.ipv4(), 1, 2)));
        all.put("IPv4 of another pod", Forgery.frame(host, mac, IP, Forgery.udp(to.ipv4(), MEMBER, 1, 2)));
        all.put("IPv4 of nobody", Forgery.frame(host, mac, IP, Forgery.udp(UNUSED, to.ipv4(), 1, 2)));
        all.put("IPv4 of the node", Forgery.frame(host, mac, IP, Forgery.udp(THIS_NODE, to.ipv4(), 1, 2)));
        all.put("IPv4 of the world", Forgery.frame(host, mac, IP, Forgery.udp(WORLD, to.ipv4(), 1, 2)));
        all.put("IPv6 of another pod", Forgery.frame(host, mac, IP6, Forgery.udp(to.ipv6(), MEMBER6, 1, 2)));
        all.put("IPv6 of a member", Forgery.frame(host, mac, IP6, Forgery.udp(MEMBER6, to.ipv6(), 1, 2)));
        all.put("ARP request", Forgery.frame(BROADCAST, mac, ARP, Forgery.arp(1, mac, MEMBER, 0, to.ipv4())));
        all.put("ARP reply", Forgery.frame(host, mac, ARP, Forgery.arp(2, mac, to.ipv4(), host, THIS_NODE)));
        all.put("ARP with another's MAC", Forgery.frame(host, mac, ARP, Forgery.arp(2, NOBODY, own, host, THIS_NODE)));
        byte[] advertisement = Forgery.neighbour(own6, ALL_NODES, 136, to.ipv6(), mac);
        all.put("neighbour advertisement", Forgery.frame(host, mac, IP6, advertisement));
        byte[] router = Forgery.icmp6(own6, ALL_NODES, 134, new byte[12]);
        all.put("router advertisement", Forgery.frame(host, mac, IP6, router));
        all.put("router advertisement, hidden", Forgery.frame(host, mac, IP6, Forgery.behindExtension(router)));
        byte[] redirect = Forgery.icmp6(own6, to.ipv6(), 137, new byte[36]);
        all.put("redirect", Forgery.frame(host, mac, IP6, redirect));
        all.put("DHCP server", Forgery.frame(host, mac, IP, Forgery.udp(own, to.ipv4(), 67, 68)));
        all.put("DHCPv6 server", Forgery.frame(host, mac, IP6, Forgery.udp(own6, to.ipv6(), 547, 546)));
        byte[] honest = Forgery.udp(own, to.ipv4(), 1, 2);
        all.put("VLAN 0", Forgery.frame(host, mac, 0x8100, Forgery.join(Forgery.u16(0), Forgery.u16(IP), honest)));
        byte[] inner = Forgery.join(Forgery.u16(0), Forgery.u16(0x8100), Forgery.u16(0), Forgery.u16(IP), honest);
        all.put("QinQ", Forgery.frame(host, mac, 0x88a8, inner));
        byte[] snap = Forgery.join(new byte[] {(byte) 0xaa, (byte) 0xaa, 3, 0, 0, 0}, Forgery.u16(IP), honest);
        all.put("LLC/SNAP", Forgery.frame(host, mac, snap.length, snap));
        all.put("spanning tree", Forgery.frame(SPANNING_TREE, mac, 0x26, Forgery.join(new byte[30], Forgery.MARKER)));
        all.put("runt", Forgery.frame(host, mac, IP, new byte[0]));
        all.put("cut in the IP header", Forgery.frame(host, mac, IP, java.util.Arrays.copyOf(honest, 11)));
        return all;
    }

    @Test
    @DisplayName("of 1,000 forged frames of each kind from a pod none arrives anywhere, and each is counted (T26)")
    void aPodSpeaksOnlyForItself() throws Exception {
        try (RawLink pod = RawLink.open(evil, "eth0");
                RawLink otherPod = RawLink.open(other, "eth0");
                RawLink network = RawLink.open(node.outside, node.overlay.tap(NodeRig.PODS.id()));
                RawLink outside = RawLink.open(world, "up0")) {
            for (Map.Entry<String, byte[]> forged : forgeriesOfAPod().entrySet()) {
                long before = podDrops();
                pod.send(forged.getValue(), EACH);
                assertThat(podDrops() - before).as(forged.getKey()).isBetween((long) EACH, EACH + 20L);
                assertThat(otherPod.received(Forgery.MARKER))
                        .as(forged.getKey())
                        .isZero();
                assertThat(network.received(Forgery.MARKER)).as(forged.getKey()).isZero();
                assertThat(outside.received(Forgery.MARKER)).as(forged.getKey()).isZero();
            }
            // the same way, in its own name: arrives (and more: refusals that quote it)
            long host = from.key().hostMac();
            long mac = from.key().podMac();
            pod.send(Forgery.frame(host, mac, IP, Forgery.udp(from.ipv4(), to.ipv4(), 1, 2)), EACH);
            pod.send(Forgery.frame(host, mac, IP6, Forgery.udp(from.ipv6(), MEMBER6, 1, 2)), EACH);
            pod.send(Forgery.frame(host, mac, IP, Forgery.udp(from.ipv4(), WORLD, 1, 2)), EACH);
            assertThat(otherPod.received(Forgery.MARKER)).isGreaterThanOrEqualTo(EACH);
            assertThat(network.received(Forgery.MARKER)).isGreaterThanOrEqualTo(EACH);
            assertThat(outside.received(Forgery.MARKER)).isGreaterThanOrEqualTo(EACH);
        }
    }

    private long podDrops() throws Exception {
        return node.filter.drops().entrySet().stream()
                .filter(e ->
                        e.getKey().startsWith(from.hostLink()) || e.getKey().startsWith(PodFilterRules.ALL + " "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    @Test
    @DisplayName("a member reaches pods, and through the node nothing else (acceptance 6, T26)")
    void aMemberReachesPodsAndNothingElse() throws Exception {
        String tap = node.overlay.tap(NodeRig.PODS.id());
        long nodeMac = node.netlink.link(tap).orElseThrow().mac();
        long memberMac = 0x02aabbccdd02L;
        Map<String, byte[]> forged = new LinkedHashMap<>();
        forged.put("to the world", Forgery.udp(MEMBER, WORLD, 1, 2));
        forged.put("back out to a member", Forgery.udp(MEMBER, InetAddress.ofLiteral("10.80.0.77"), 1, 2));
        forged.put("as the node, to a pod", Forgery.udp(THIS_NODE, to.ipv4(), 1, 2));
        forged.put("as a pod of the node", Forgery.udp(from.ipv4(), to.ipv4(), 1, 2));
        forged.put("as someone outside the pools", Forgery.udp(WORLD, to.ipv4(), 1, 2));
        forged.put("as the loopback", Forgery.udp(InetAddress.ofLiteral("127.0.0.1"), to.ipv4(), 1, 2));
        forged.put("IPv6 as a pod of the node", Forgery.udp(from.ipv6(), to.ipv6(), 1, 2));
        forged.put("IPv6 from outside", Forgery.udp(InetAddress.ofLiteral("2001:db8::1"), to.ipv6(), 1, 2));
        try (RawLink member = RawLink.open(node.outside, tap);
                RawLink pod = RawLink.open(other, "eth0");
                RawLink outside = RawLink.open(world, "up0")) {
            for (Map.Entry<String, byte[]> each : forged.entrySet()) {
                int type = each.getValue()[0] >>> 4 == 4 ? IP : IP6;
                member.send(Forgery.frame(nodeMac, memberMac, type, each.getValue()), EACH);
                assertThat(pod.received(Forgery.MARKER)).as(each.getKey()).isZero();
                assertThat(outside.received(Forgery.MARKER)).as(each.getKey()).isZero();
            }
            member.received(Forgery.MARKER); // what it sent itself
            member.send(Forgery.frame(nodeMac, memberMac, IP, Forgery.udp(MEMBER, to.ipv4(), 1, 2)), EACH);
            assertThat(pod.received(Forgery.MARKER)).as("in its own name").isGreaterThanOrEqualTo(EACH);
        }
    }

    @Test
    @DisplayName("of the node's ports a member reaches those in hostAccess, a pod all (acceptance 6)")
    void theNodesPortsAreClosed() throws Exception {
        try (Listening open = new Listening(node.host, 10_250);
                Listening closed = new Listening(node.host, 10_251)) {
            assertThat(connects(node.outside, "10.80.0.1", open.port)).isTrue();
            assertThat(connects(node.outside, "10.80.0.1", closed.port)).isFalse();
            assertThat(connects(evil, "10.80.0.1", closed.port)).isTrue();
        }
    }

    private static final class Listening implements AutoCloseable {
        final java.net.ServerSocket socket;
        final int port;

        Listening(NetworkNamespace namespace, int port) throws Exception {
            this.port = port;
            this.socket = namespace.run(() -> new java.net.ServerSocket(port));
        }

        @Override
        public void close() throws Exception {
            socket.close();
        }
    }

    private static boolean connects(NetworkNamespace from, String to, int port) throws Exception {
        return from.run(() -> {
            try (java.net.Socket socket = new java.net.Socket()) {
                socket.connect(new java.net.InetSocketAddress(to, port), 700);
                return true;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            }
        });
    }
}
