package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.ethernet.Ndp;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastLike;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Address resolution: pods behind the tap are answered for, other nodes' derived addresses are answered here. */
class NeighboursTest {
    private static final byte[] POD = {10, 1, 0, 7};
    private static final byte[] POD6 = InetCidr.parse("fd00::a:7").ip();
    private static final byte[] ASKER = {10, 1, 0, 99};
    private static final byte[] ASKER6 = InetCidr.parse("fd00::63").ip();

    private final Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
    private final LaneBench lane = new LaneBench(bench);

    @BeforeEach
    void aNodeWithTwoPodsAndAMemberThatAsks() {
        bench.admit(Vl2Bench.MEMBER);
        bench.pushed(Vl2Bench.MEMBER.address());
        bench.vl2.neighbours(Vl2Bench.NETWORK, LocalNeighbours.of(List.of(POD, POD6)), bench.nowMs);
        bench.vl2.networks();
        bench.forgetWhatHappened();
    }

    @Test
    void anArpRequestToTheGroupOfAPodIsAnsweredByUs() {
        bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_FRAME, multicast(Ethertype.ARP, arpRequest(POD)));

        assertThat(bench.tapped).isEmpty();
        assertThat(framesSent(bench.underlay.takeSent())).containsExactly(arpAnswer());
    }

    @Test
    void aUnicastProbeIsAnsweredInTheLane() {
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.ARP, arpRequest(POD)));

        assertThat(lane.tapped).isEmpty();
        assertThat(framesSent(lane.sent)).containsExactly(arpAnswer());
    }

    @Test
    void aSolicitationForAPodIsAnsweredWithTheNodesMac() {
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.IPV6, solicitation(POD6, ASKER6)));

        assertThat(lane.tapped).isEmpty();
        byte[] answer = lane.sent.getFirst().payload();
        int ip = 10;
        assertThat(Ndp.isAdvertisement(answer, ip, answer.length - ip)).isTrue();
        assertThat(Ndp.checksumIsRight(answer, ip, answer.length - ip)).isTrue();
        assertThat(Ndp.linkLayerAddress(answer, ip, answer.length - ip)).isEqualTo(Vl2Bench.SELF_MAC);
        assertThat(Arrays.copyOfRange(answer, ip + Ndp.TARGET, ip + Ndp.TARGET + 16))
                .isEqualTo(POD6);
        assertThat(Arrays.copyOfRange(answer, ip + Ndp.DESTINATION, ip + Ndp.DESTINATION + 16))
                .isEqualTo(ASKER6);
        assertThat(answer[ip + Ndp.FLAGS]).isEqualTo((byte) (Ndp.SOLICITED | Ndp.OVERRIDE));
    }

    @Test
    void aShortSolicitationIsAnsweredToo() {
        byte[] question = Arrays.copyOf(solicitation(POD6, ASKER6), Ndp.LENGTH_WITHOUT_OPTION);
        question[Ndp.PAYLOAD_LENGTH + 1] = 24;
        question[Ndp.CHECKSUM] = 0;
        question[Ndp.CHECKSUM + 1] = 0;
        int sum = io.wirecloset.vl2.ethernet.Checksum.ofIpv6(question, 0, 40, 24, Ndp.ICMP6);
        question[Ndp.CHECKSUM] = (byte) (sum >>> 8);
        question[Ndp.CHECKSUM + 1] = (byte) sum;

        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.IPV6, question));

        assertThat(lane.sent).hasSize(1);
        assertThat(lane.sent.getFirst().payload()).hasSize(10 + Ndp.LENGTH);
    }

    @Test
    void duplicateAddressDetectionIsAnsweredToAllNodes() {
        lane.fromPeer(
                Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.IPV6, solicitation(POD6, new byte[16])));

        byte[] answer = lane.sent.getFirst().payload();
        assertThat(answer[10 + Ndp.FLAGS]).isEqualTo((byte) Ndp.OVERRIDE);
        assertThat(Arrays.copyOfRange(answer, 10 + Ndp.DESTINATION, 10 + Ndp.DESTINATION + 16))
                .isEqualTo(InetCidr.parse("ff02::1").ip());
    }

    @Test
    void solicitationsThatARouterPassedOnOrThatAreBrokenAreLeftToTheKernel() {
        byte[] routed = solicitation(POD6, ASKER6);
        routed[Ndp.HOP_LIMIT] = (byte) 254;
        byte[] broken = solicitation(POD6, ASKER6);
        broken[Ndp.CHECKSUM] ^= 1;

        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.IPV6, routed));
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.IPV6, broken));

        assertThat(lane.sent).isEmpty();
        assertThat(lane.tapped).hasSize(2);
    }

    @Test
    void questionsForOtherAddressesReachTheTap() {
        lane.fromPeer(
                Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.ARP, arpRequest(new byte[] {10, 1, 0, 8})));
        byte[] reply = arpRequest(POD);
        reply[Arp.OPERATION + 1] = Arp.REPLY;
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(Ethertype.ARP, reply));

        assertThat(lane.sent).isEmpty();
        assertThat(lane.tapped).hasSize(2);
    }

    @Test
    void questionsOfStrangersAreNotAnswered() {
        lane.fromPeer(Vl2Bench.OTHER.address(), Verb.FRAME, 1, frame(Ethertype.ARP, arpRequest(POD)));

        assertThat(framesSent(lane.allSent())).isEmpty();
    }

    @Test
    void answersGoThroughTheRules() {
        bench.vl2.sendConfig(
                Vl2Bench.SELF.address(),
                0,
                Vl2Bench.NETWORK,
                Vl2Bench.config()
                        .rules(RuleTable.read(new byte[] {0, 0}))
                        .build()
                        .toBytes(),
                bench.nowMs);
        bench.forgetWhatHappened();

        bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_FRAME, multicast(Ethertype.ARP, arpRequest(POD)));

        assertThat(framesSent(bench.underlay.takeSent())).isEmpty();
    }

    @Test
    void theGroupsOfPodsAreAnnouncedAtOnceAndStayAnnounced() {
        byte[] another = {10, 1, 0, 8};

        bench.vl2.neighbours(Vl2Bench.NETWORK, LocalNeighbours.of(List.of(POD, POD6, another)), bench.nowMs);

        assertThat(bench.underlay.takeSent())
                .allSatisfy(sent -> assertThat(likes(sent))
                        .containsExactly(new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.resolutionOf(another))))
                .extracting(FakeUnderlay.Sent::to)
                .containsExactlyInAnyOrder(Vl2Bench.CONTROLLER.address(), Vl2Bench.ROOT, Vl2Bench.MEMBER.address());

        bench.run(66_000);
        assertThat(bench.underlay.takeSent().stream()
                        .filter(sent -> sent.verb() == Verb.MULTICAST_LIKE && sent.to() == Vl2Bench.ROOT)
                        .findFirst())
                .hasValueSatisfying(sent -> assertThat(likes(sent))
                        .containsExactly(
                                new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.resolutionOf(POD6)),
                                new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.BROADCAST),
                                new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.resolutionOf(POD)),
                                new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.resolutionOf(another))));
    }

    @Test
    void ourOwnAddressesAreAnnouncedWithoutBeingAskedFor() {
        Vl2Bench own = new Vl2Bench();
        own.vl2.join(
                Vl2Bench.NETWORK,
                Vl2Bench.config()
                        .staticAddresses(List.of(InetCidr.parse("10.1.0.1/16")))
                        .build()
                        .toBytes(),
                own.nowMs);

        assertThat(own.vl2.view(Vl2Bench.NETWORK).groups())
                .contains(MulticastGroup.resolutionOf(new byte[] {10, 1, 0, 1}));
    }

    @Test
    void anAddressIsAnnouncedByABroadcastArpReply() {
        bench.listens(MulticastGroup.BROADCAST, Vl2Bench.MEMBER.address());
        bench.forgetWhatHappened();

        bench.vl2.announce(Vl2Bench.NETWORK, POD, bench.nowMs);

        byte[] copy = bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_FRAME)
                .findFirst()
                .orElseThrow()
                .payload();
        MulticastFrame frame = new MulticastFrame();
        assertThat(frame.over(copy, 0, copy.length)).isTrue();
        assertThat(frame.group()).isEqualTo(MulticastGroup.BROADCAST);
        assertThat(Arp.isReply(copy, frame.dataAt(), frame.dataLength())).isTrue();
        assertThat(Arp.senderMac(copy, frame.dataAt())).isEqualTo(Vl2Bench.SELF_MAC);
        assertThat(Arp.senderIp(copy, frame.dataAt())).isEqualTo(0x0a010007);
        assertThat(Arp.targetIp(copy, frame.dataAt())).isEqualTo(0x0a010007);
    }

    @Test
    void anIpv6AddressIsAnnouncedByAnUnaskedAdvertisementToAllNodes() {
        MulticastGroup allNodes = new MulticastGroup(0x3333_0000_0001L, 0);
        bench.listens(allNodes, Vl2Bench.MEMBER.address());
        bench.forgetWhatHappened();

        bench.vl2.announce(Vl2Bench.NETWORK, POD6, bench.nowMs);

        byte[] copy = bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_FRAME)
                .findFirst()
                .orElseThrow()
                .payload();
        MulticastFrame frame = new MulticastFrame();
        assertThat(frame.over(copy, 0, copy.length)).isTrue();
        assertThat(frame.group()).isEqualTo(allNodes);
        assertThat(Ndp.isAdvertisement(copy, frame.dataAt(), frame.dataLength()))
                .isTrue();
        assertThat(Ndp.checksumIsRight(copy, frame.dataAt(), frame.dataLength()))
                .isTrue();
        assertThat(Ndp.linkLayerAddress(copy, frame.dataAt(), frame.dataLength()))
                .isEqualTo(Vl2Bench.SELF_MAC);
    }

    @Test // VL2 checklist 56
    void solicitationsForDerivedAddressesAreAnsweredInTheLane() {
        byte[] ownIp = DerivedAddresses.sixPlane(Vl2Bench.NETWORK, Vl2Bench.SELF.address());
        Vl2Bench emulating = Vl2Bench.joined(Vl2Bench.config()
                .flags(NetworkConfig.FLAG_NDP_EMULATION)
                .staticAddresses(List.of(InetCidr.of(ownIp, 40)))
                .build());
        LaneBench fast = new LaneBench(emulating);
        byte[] pod = DerivedAddresses.sixPlane(Vl2Bench.NETWORK, Vl2Bench.MEMBER.address());
        pod[14] = 7;

        fast.fromTap(Vl2Bench.frame(0x3333ff000701L, Vl2Bench.SELF_MAC, Ethertype.IPV6, solicitation(pod, ownIp)));

        assertThat(fast.framesHandedOver).isZero();
        byte[] answer = java.util.HexFormat.of().parseHex(fast.tapped.getFirst());
        assertThat(EthernetFrame.source(answer, 0)).isEqualTo(Vl2Bench.MEMBER_MAC);
        assertThat(Ndp.linkLayerAddress(answer, 14, 72)).isEqualTo(Vl2Bench.MEMBER_MAC);
        assertThat(Ndp.checksumIsRight(answer, 14, 72)).isTrue();
    }

    @Test
    void neighboursAreFoundAndOthersAreNot() {
        byte[][] ips = new byte[500][];
        for (int i = 0; i < ips.length; i++) {
            ips[i] = new byte[] {10, 9, (byte) (i >> 8), (byte) i};
        }
        LocalNeighbours neighbours = LocalNeighbours.of(List.of(ips));

        assertThat(neighbours.size()).isEqualTo(500);
        assertThat(neighbours.groups()).hasSize(500);
        for (int i = 0; i < 1_000; i++) {
            assertThat(neighbours.hasV4(0x0a090000 + i)).isEqualTo(i < 500);
        }
        assertThat(LocalNeighbours.NONE.hasV4(0)).isFalse();
        assertThat(LocalNeighbours.NONE.hasV6(new byte[16], 0)).isFalse();
        assertThatThrownBy(() -> LocalNeighbours.of(List.of(new byte[4]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalNeighbours.of(List.of(new byte[5]))).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] arpRequest(byte[] target) {
        byte[] request = new byte[Arp.LENGTH];
        Arp.putRequest(request, 0, Vl2Bench.MEMBER_MAC, ip(ASKER), ip(target));
        return request;
    }

    private static byte[] solicitation(byte[] target, byte[] source) {
        byte[] question = new byte[Ndp.LENGTH];
        Ndp.putSolicitation(question, 0, source, target, Vl2Bench.MEMBER_MAC);
        return question;
    }

    private static String arpAnswer() {
        byte[] answer = new byte[Arp.LENGTH];
        Arp.putReply(answer, 0, Vl2Bench.SELF_MAC, ip(POD), Vl2Bench.MEMBER_MAC, ip(ASKER));
        return Vl2Bench.text(Vl2Bench.MEMBER.address()) + " FRAME 63f07dc54b00beef0806" + Vectors.hex(answer);
    }

    private static int ip(byte[] v4) {
        return java.nio.ByteBuffer.wrap(v4).getInt();
    }

    private static byte[] frame(int ethertype, byte[] data) {
        return new WireWriter(128)
                .u64(Vl2Bench.NETWORK)
                .u16(ethertype)
                .bytes(data)
                .toByteArray();
    }

    private static byte[] multicast(int ethertype, byte[] data) {
        WireWriter out = new WireWriter(128);
        MulticastFrame.write(
                out, Vl2Bench.NETWORK, 0, 1, -1, new MulticastGroup(Mac.BROADCAST, ip(POD) & 0xffff_ffffL), ethertype);
        return out.bytes(data).toByteArray();
    }

    private static List<String> framesSent(List<FakeUnderlay.Sent> sent) {
        return sent.stream()
                .filter(one -> one.verb() == Verb.FRAME)
                .map(FakeUnderlay.Sent::toString)
                .toList();
    }

    private static List<MulticastLike> likes(FakeUnderlay.Sent sent) {
        assertThat(sent.verb()).isEqualTo(Verb.MULTICAST_LIKE);
        return MulticastLike.readAll(new WireReader(sent.payload()));
    }
}
