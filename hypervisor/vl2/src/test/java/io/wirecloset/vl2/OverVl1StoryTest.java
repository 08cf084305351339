package io.wirecloset.vl2;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both layers whole, with real packets: a root that is also the controller, and two nodes behind NATs. */
class OverVl1StoryTest {
    private static final Identity A = Identity.parse(
            "08bc94e2a4:0:a6310166650d9a0988cf74130ff3f7a3b7bd2c9cacb1cc1cd31133cff3ddfd0ea6ac1408cd7383c2bd464035521448dcb870c7c1ffc9008683bb6a188fa32ec6:2bb9ca95636fc36ca750a0fe4769b2b2a68cd227a0962de073d3f705ec7163c8b98bdfe1f6041509323b695340b25965091e09b0f6caabc3e13c7e1f0a2e34a0");
    private static final Identity B = Identity.parse(
            "f0c599ee28:0:5d8284874ce17b3663a4666992452e82c838c277c0a3be8c6552bfe8b35aa47bdfb1209426b7f5964831819b664876f6e6f6576515ad005fca15acf2c522246f:03f65fc85f32aba6f365f008e94dde069366fc334e8def2229938ad79bfc41dea4f76e3832986bb6cea045488853bf8756f356fcc6977fead70470ff324d294d");
    private static final long NETWORK = Vl2Bench.NETWORK;
    private static final long MAC_A = Mac.of(A.address(), NETWORK);
    private static final long MAC_B = Mac.of(B.address(), NETWORK);
    private static final byte[] POD = {10, 1, 2, 7};

    @Test
    void aPodBehindOneNatIsFoundAndReachedFromBehindAnother() {
        SimNet.story(7, net -> {
            SimHost rootHost = net.host("root");
            World planet = planet(rootHost);
            SimMember root = SimMember.start(rootHost, Vl2Bench.CONTROLLER, planet);
            root.vl2.controller(new AdmitsEverybody(root, rootHost));
            SimMember a = SimMember.start(net.host("a").behind(Nat.PORT_RESTRICTED), A, planet);
            SimMember b = SimMember.start(net.host("b").behind(Nat.PORT_RESTRICTED), B, planet);
            a.join(NETWORK);
            b.join(NETWORK);
            net.runUntil(() -> isOk(a) && isOk(b), seconds(20));

            b.vl2.neighbours(NETWORK, LocalNeighbours.of(List.of(POD)), net.nowMs());
            a.frame(NETWORK, arpForThePod());
            net.runUntil(() -> !a.tapped.isEmpty(), seconds(10));
            byte[] answer = new byte[Arp.LENGTH];
            Arp.putReply(answer, 0, MAC_B, 0x0a010207, MAC_A, 0x0a010001);
            assertThat(a.tapped).containsExactly(Vectors.hex(Vl2Bench.frame(MAC_A, MAC_B, Ethertype.ARP, answer)));

            for (int i = 0; i < 20; i++) {
                a.frame(NETWORK, ip(MAC_B, MAC_A, i));
                b.frame(NETWORK, ip(MAC_A, MAC_B, i));
                net.runFor(seconds(1));
            }
            assertThat(b.tapped).hasSize(20).contains(Vectors.hex(ip(MAC_B, MAC_A, 19)));
            assertThat(a.tapped).hasSize(21);
            assertThat(a.framesByLane)
                    .as("after the first few the lane needs nobody")
                    .isGreaterThan(15);
        });
    }

    private static boolean isOk(SimMember member) {
        return member.vl2.view(NETWORK).status() == NetworkStatus.OK;
    }

    private static byte[] arpForThePod() {
        byte[] request = new byte[Arp.LENGTH];
        Arp.putRequest(request, 0, MAC_A, 0x0a010001, 0x0a010207);
        return Vl2Bench.frame(Mac.BROADCAST, MAC_A, Ethertype.ARP, request);
    }

    private static byte[] ip(long to, long from, int number) {
        byte[] data = new byte[1_000];
        data[0] = 0x45;
        data[999] = (byte) number;
        return Vl2Bench.frame(to, from, Ethertype.IPV4, data);
    }

    private static World planet(SimHost host) {
        SigningKeys keys = SigningKeys.of(new byte[64]);
        return World.sign(
                WorldType.PLANET,
                0x1234567,
                1_700_000_000_000L,
                keys.publicKey(),
                List.of(new World.Root(
                        Vl2Bench.CONTROLLER.withoutSecret(), List.of(Endpoint.ofV4(host.ip(), Wire.DEFAULT_PORT)))),
                keys);
    }

    private record AdmitsEverybody(SimMember controller, SimHost host) implements ConfigRequests {
        @Override
        public void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs) {
            long networkId = request.networkId();
            NetworkConfig config = NetworkConfig.builder(networkId, from.address())
                    .timestamp(Vl2Bench.CONFIG_TIME)
                    .credentialWindowMs(Vl2Bench.WINDOW_MS)
                    .flags(NetworkConfig.FLAG_BROADCAST)
                    .multicastLimit(32)
                    .staticAddresses(List.of(InetCidr.parse("10.1.0.1/16")))
                    .rules(RuleTable.ACCEPT)
                    .membership(CertificateOfMembership.issue(
                            Vl2Bench.CONFIG_TIME, Vl2Bench.WINDOW_MS, networkId, from, Vl2Bench.CONTROLLER))
                    .build();
            controller.vl2.sendConfig(from.address(), packetId, networkId, config.toBytes(), nowMs);
            host.wake();
        }

        @Override
        public boolean authorizedRecently(long networkId, long member, long nowMs) {
            return true;
        }
    }
}
