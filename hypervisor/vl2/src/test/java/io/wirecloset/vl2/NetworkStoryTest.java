package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole networks: a controller, a root, two nodes. How a pod is found and reached, and what ends that. */
class NetworkStoryTest {
    private static final byte[] POD = {10, 1, 2, 7};

    private final MemoryVl1 net = new MemoryVl1();
    private final MemoryVl1.Node root = net.root(Vl2Bench.BRIDGE);
    private final MemoryVl1.Node controller = net.node(Vl2Bench.CONTROLLER);
    private final MemoryVl1.Node a = net.node(Vl2Bench.SELF);
    private final MemoryVl1.Node b = net.node(Vl2Bench.MEMBER);
    private final MemoryVl1.Node stranger = net.node(Vl2Bench.OTHER);
    private final long macA = Mac.of(a.identity.address(), Vl2Bench.NETWORK);
    private final long macB = Mac.of(b.identity.address(), Vl2Bench.NETWORK);
    private long configTime = Vl2Bench.CONFIG_TIME;

    @BeforeEach
    void bothNodesHaveJoined() {
        controller.vl2.controller(new AdmitsAandB());
        a.vl2.join(Vl2Bench.NETWORK, null, net.nowMs);
        b.vl2.join(Vl2Bench.NETWORK, null, net.nowMs);
        stranger.vl2.join(Vl2Bench.NETWORK, null, net.nowMs);
        net.settle();
        b.vl2.neighbours(Vl2Bench.NETWORK, LocalNeighbours.of(List.of(POD)), net.nowMs);
        net.settle();
    }

    @Test
    void nodesAreConfiguredAndStrangersAreRefused() {
        assertThat(a.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.OK);
        assertThat(b.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.OK);
        assertThat(stranger.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.ACCESS_DENIED);
    }

    @Test
    void aPodIsFoundByTheVeryFirstArpRequest() {
        a.vl2.onTapFrame(Vl2Bench.NETWORK, arpFor(POD), 0, 42, net.nowMs);
        net.settle();
        net.run(1_000);

        byte[] answer = new byte[Arp.LENGTH];
        Arp.putReply(answer, 0, macB, 0x0a010207, macA, 0x0a010001);
        assertThat(a.tapped).containsExactly(Vectors.hex(Vl2Bench.frame(macA, macB, Ethertype.ARP, answer)));
        assertThat(b.tapped).as("the kernel of b never saw the question").isEmpty();
    }

    @Test
    void framesFlowBothWaysAfterwards() {
        send(a, macB, 1);
        send(b, macA, 2);
        net.settle();

        assertThat(b.tapped).containsExactly(Vectors.hex(Vl2Bench.frame(macB, macA, 0x0800, new byte[] {1})));
        assertThat(a.tapped).containsExactly(Vectors.hex(Vl2Bench.frame(macA, macB, 0x0800, new byte[] {2})));
    }

    @Test
    void aStrangerReachesNobody() {
        send(stranger, macB, 3);
        stranger.vl2.onTapFrame(Vl2Bench.NETWORK, arpFor(POD), 0, 42, net.nowMs);
        net.run(3_000);

        assertThat(b.tapped).isEmpty();
        assertThat(stranger.tapped).isEmpty();
    }

    @Test
    void aMemberThatIsNotRenewedDriftsOut() {
        send(a, macB, 1);
        net.settle();
        assertThat(b.tapped).hasSize(1);
        admitsA = false;
        configTime += Vl2Bench.WINDOW_MS + 1;

        net.run(70_000);
        send(a, macB, 4);
        net.run(3_000);

        assertThat(b.tapped).hasSize(1);
        assertThat(a.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.ACCESS_DENIED);
    }

    @Test
    void rootsKeepLikesOfNetworksTheyNeverJoined() {
        assertThat(root.vl2.groupMembers().size()).isPositive();
        assertThat(root.vl2.views()).isEmpty();
    }

    private boolean admitsA = true;

    private void send(MemoryVl1.Node from, long to, int what) {
        byte[] frame =
                Vl2Bench.frame(to, Mac.of(from.identity.address(), Vl2Bench.NETWORK), 0x0800, new byte[] {(byte) what});
        from.vl2.onTapFrame(Vl2Bench.NETWORK, frame, 0, frame.length, net.nowMs);
    }

    private byte[] arpFor(byte[] ip) {
        byte[] request = new byte[Arp.LENGTH];
        Arp.putRequest(
                request, 0, macA, 0x0a010001, java.nio.ByteBuffer.wrap(ip).getInt());
        return Vl2Bench.frame(Mac.BROADCAST, macA, Ethertype.ARP, request);
    }

    private final class AdmitsAandB implements ConfigRequests {
        @Override
        public void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs) {
            long networkId = request.networkId();
            boolean admitted = from.equals(a.identity) && admitsA || from.equals(b.identity);
            if (!admitted) {
                controller.vl2.sendConfigError(from.address(), packetId, networkId, 7, nowMs);
                return;
            }
            NetworkConfig config = NetworkConfig.builder(networkId, from.address())
                    .timestamp(configTime)
                    .credentialWindowMs(Vl2Bench.WINDOW_MS)
                    .flags(NetworkConfig.FLAG_BROADCAST)
                    .multicastLimit(32)
                    .staticAddresses(List.of(InetCidr.parse("10.1.0.1/16")))
                    .rules(RuleTable.ACCEPT)
                    .membership(CertificateOfMembership.issue(
                            configTime, Vl2Bench.WINDOW_MS, networkId, from, Vl2Bench.CONTROLLER))
                    .build();
            controller.vl2.sendConfig(from.address(), packetId, networkId, config.toBytes(), nowMs);
        }

        @Override
        public boolean authorizedRecently(long networkId, long member, long nowMs) {
            return member == a.identity.address() || member == b.identity.address();
        }
    }
}
