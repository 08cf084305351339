package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.path.PathPolicy.Physical;
import io.wirecloset.vl1.path.PathPolicy.Virtual;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner says of networks and peers, as two nodes live by it. */
// VL1 checklist 15, 18, 68, 74
class TrustedPathTest {
    private static final long ID = 0x9b7d09fc2023f965L;
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);
    private static final Endpoint AT_A = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_B = Endpoint.parse("10.1.0.2/9993");
    private static final Endpoint ELSEWHERE = Endpoint.parse("10.2.0.1/9993");

    private Bench a;
    private Bench b;
    private long nowMs = 1_700_000_000_000L;

    /** Datagrams from A to B since the last look. */
    private final List<byte[]> wire = new ArrayList<>();

    private static PathPolicy trusting(String network, long id, int mtu) {
        return new PathPolicy(List.of(new Physical(InetCidr.parse(network), false, id, mtu)), Map.of());
    }

    private void meet(boolean withLanes, PathPolicy says) {
        a = new Bench(A, null, withLanes, settings -> settings.withNegotiation(false));
        b = new Bench(B, null, withLanes, settings -> settings.withNegotiation(false));
        a.vl1.govern(says, nowMs);
        b.vl1.govern(says, nowMs);
        a.vl1.introduce(B.withoutSecret(), List.of(AT_B), nowMs);
        b.vl1.introduce(A.withoutSecret(), List.of(AT_A), nowMs);
        for (int round = 0; round < 5; round++) {
            settle();
        }
        assertThat(wire).noneMatch(packet -> PacketHeader.suite(packet, 0) == Wire.SUITE_TRUSTED_PATH);
        wire.clear();
    }

    private void settle() {
        a.poll(nowMs);
        b.poll(nowMs);
        for (Bench.Sent sent : a.take()) {
            wire.add(sent.bytes());
            b.datagram(AT_A, sent.bytes(), nowMs);
        }
        b.take().forEach(sent -> a.datagram(AT_B, sent.bytes(), nowMs));
    }

    private void frame(Bench from, Identity to, int bytes) {
        byte[] slot = new byte[PacketHeader.LENGTH + bytes];
        if (from.lane == null) {
            from.vl1.send(to.address(), Verb.FRAME, slot, PacketHeader.LENGTH, bytes, 0, nowMs);
        } else {
            from.lane.send(from.lane.peers().find(to.address()).record, Verb.FRAME, slot, 0, slot.length, nowMs);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inATrustedNetworkFramesGoInTheClearUnderItsId(boolean withLanes) {
        meet(withLanes, trusting("10.1.0.0/16", ID, 0));
        frame(a, B, 100);
        settle();
        assertThat(wire).hasSize(1).allMatch(packet -> PacketHeader.suite(packet, 0) == Wire.SUITE_TRUSTED_PATH);
        assertThat(PacketHeader.mac(wire.getFirst(), 0)).isEqualTo(ID);
        assertThat(b.seen).extracting(Bench.Seen::verb).containsExactly(Verb.FRAME);
        frame(a, B, 5_000);
        settle();
        assertThat(b.seen).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void outsideOfItTheyAreSealed(boolean withLanes) {
        meet(withLanes, trusting("10.1.0.1/32", ID, 0));
        frame(a, B, 100);
        settle();
        assertThat(wire).hasSize(1).allMatch(packet -> PacketHeader.suite(packet, 0) == Wire.SUITE_AES_GMAC_SIV);
        assertThat(b.seen).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyTheConfiguredNetworkAndIdAreBelieved(boolean withLanes) {
        meet(withLanes, trusting("10.1.0.0/16", ID, 0));
        byte[] packet = new byte[60];
        PacketHeader.put(packet, 0, 4711, B.address(), A.address(), Verb.FRAME);
        PacketHeader.sealTrusted(packet, 0, ID);
        byte[] otherId = packet.clone();
        PacketHeader.sealTrusted(otherId, 0, ID + 1);
        byte[] noId = packet.clone();
        PacketHeader.sealTrusted(noId, 0, 0);
        b.datagram(ELSEWHERE, packet, nowMs);
        b.datagram(AT_A, otherId, nowMs);
        b.datagram(AT_A, noId, nowMs);
        assertThat(b.seen).isEmpty();
        assertThat((withLanes ? b.laneDrops : b.vl1.drops()).get(Drop.BAD_TRUSTED_PATH))
                .isEqualTo(3);
        b.datagram(AT_A, packet, nowMs);
        assertThat(b.seen).hasSize(1);
        b.vl1.govern(PathPolicy.USUAL, nowMs);
        b.datagram(AT_A, packet, nowMs);
        assertThat(b.seen).hasSize(1);
    }

    @Test
    void answersAndGreetingsStaySealed() {
        meet(false, trusting("10.1.0.0/16", ID, 0));
        byte[] echo = new byte[40];
        PacketHeader.put(echo, 0, 4711, A.address(), B.address(), Verb.ECHO);
        PacketHeader.sealTrusted(echo, 0, ID);
        a.datagram(AT_B, echo, nowMs);
        nowMs += 60_000;
        settle();
        assertThat(wire).hasSizeGreaterThanOrEqualTo(2);
        for (byte[] packet : wire) {
            assertThat(new Armor().open(packet.clone(), 0, packet.length, A.agree(B)))
                    .isTrue();
        }
    }

    /** Stock nodes forget that they await an answer to what they did not seal. */
    @Test
    void whatWentInTheClearMayBeAnswered() {
        meet(false, trusting("10.1.0.0/16", ID, 0));
        byte[] payload = new byte[10];
        long id = a.vl1.send(B.address(), Verb.MULTICAST_GATHER, payload, 0, 10, SendOptions.EXPECT_REPLY, nowMs);
        byte[] ok = new byte[PacketHeader.LENGTH + 20];
        PacketHeader.put(ok, 0, 99, A.address(), B.address(), Verb.OK);
        ok[PacketHeader.LENGTH] = Verb.MULTICAST_GATHER;
        for (int i = 0; i < 8; i++) {
            ok[PacketHeader.LENGTH + 1 + i] = (byte) (id >>> 56 - 8 * i);
        }
        new Armor().seal(ok, 0, ok.length, A.agree(B), Wire.SUITE_AES_GMAC_SIV);
        a.datagram(AT_B, ok, nowMs);
        assertThat(a.seen).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNetworkMayCarryLongerDatagramsOrOnlyShorterOnes(boolean withLanes) {
        meet(withLanes, trusting("10.1.0.0/16", 0, 9_000));
        frame(a, B, 8_000);
        settle();
        assertThat(wire).hasSize(1);
        assertThat(wire.getFirst()).hasSize(8_000 + PacketHeader.LENGTH);
        a.vl1.govern(trusting("10.1.0.0/16", 0, 1_400), nowMs);
        wire.clear();
        frame(a, B, 1_390);
        settle();
        assertThat(wire).hasSize(2);
        assertThat(b.seen).hasSize(2);
    }

    @Test
    void answersKeepToTheMtuOfTheNetworkToo() {
        meet(false, trusting("10.1.0.0/16", 0, 1_400));
        byte[] echo = new byte[1_440];
        PacketHeader.put(echo, 0, 4711, A.address(), B.address(), Verb.ECHO);
        new Armor().seal(echo, 0, echo.length, A.agree(B), Wire.SUITE_AES_GMAC_SIV);
        a.datagram(AT_B, echo, nowMs);
        assertThat(a.take()).hasSize(2).allMatch(sent -> sent.bytes().length <= 1_400);
    }

    @Test
    void aPeerIsTriedWhereTheOwnerSaysWhileItHasNoPath() {
        a = new Bench(A, null, false, settings -> settings);
        PathPolicy says = new PathPolicy(List.of(), Map.of(B.address(), new Virtual(List.of(AT_B), List.of())));
        a.vl1.govern(says, nowMs);
        a.vl1.introduce(B.withoutSecret(), List.of(), nowMs);
        a.take();
        a.vl1.send(B.address(), Verb.FRAME, new byte[20], 0, 20, 0, nowMs);
        a.vl1.send(B.address(), Verb.FRAME, new byte[20], 0, 20, 0, nowMs + 1_000);
        assertThat(a.take()).hasSize(1).allMatch(sent -> sent.to().equals(AT_B));
        a.vl1.send(B.address(), Verb.FRAME, new byte[20], 0, 20, 0, nowMs + 30_000);
        assertThat(a.take()).hasSize(1);
    }

    @Test
    void whatIsBlacklistedIsNoPath() {
        PathPolicy forPeer = new PathPolicy(
                List.of(), Map.of(B.address(), new Virtual(List.of(AT_B), List.of(InetCidr.parse("10.1.0.0/24")))));
        PathPolicy forAll = new PathPolicy(List.of(new Physical(InetCidr.parse("10.1.0.0/24"), true, 0, 0)), Map.of());
        for (PathPolicy says : List.of(forPeer, forAll)) {
            a = new Bench(A, null, false, settings -> settings);
            a.vl1.govern(says, nowMs);
            a.vl1.introduce(B.withoutSecret(), List.of(), nowMs);
            a.take();
            a.vl1.send(B.address(), Verb.FRAME, new byte[20], 0, 20, 0, nowMs);
            byte[] nop = new byte[PacketHeader.LENGTH];
            PacketHeader.put(nop, 0, 4711, A.address(), B.address(), Verb.NOP);
            new Armor().seal(nop, 0, nop.length, A.agree(B), Wire.SUITE_AES_GMAC_SIV);
            a.datagram(AT_B, nop, nowMs);
            assertThat(a.take()).isEmpty();
        }
    }

    @Test
    void aPathThatIsBlacklistedLaterIsLeft() {
        meet(false, PathPolicy.USUAL);
        assertThat(a.vl1.peerViews(nowMs).getFirst().isDirect()).isTrue();
        a.vl1.govern(new PathPolicy(List.of(new Physical(InetCidr.parse("10.1.0.0/16"), true, 0, 0)), Map.of()), nowMs);
        assertThat(a.vl1.peerViews(nowMs).getFirst().paths()).isEmpty();
        frame(a, B, 20);
        settle();
        assertThat(wire).isEmpty();
    }

    @Test
    void theFirstByFamilyLengthAndAddressSpeaks() {
        PathPolicy policy = new PathPolicy(
                List.of(
                        new Physical(InetCidr.parse("fd00::/8"), false, 4, 0),
                        new Physical(InetCidr.parse("10.1.0.0/16"), false, 2, 1_500),
                        new Physical(InetCidr.parse("10.0.0.0/8"), false, 1, 0),
                        new Physical(InetCidr.parse("10.1.2.0/24"), false, 3, 1_400)),
                Map.of());
        assertThat(policy.trustedPathId(Endpoint.parse("10.1.2.3/1"))).isEqualTo(1);
        assertThat(policy.mtu(Endpoint.parse("10.1.2.3/1"), 1_432)).isEqualTo(1_432);
        assertThat(policy.trustedPathId(Endpoint.parse("fd00::1/1"))).isEqualTo(4);
        assertThat(policy.trustedPathId(Endpoint.parse("192.168.0.1/1"))).isZero();
        assertThat(policy.isTrusted(Endpoint.parse("10.1.2.3/1"), 3)).isTrue();
        assertThat(policy.isTrusted(Endpoint.parse("10.1.3.3/1"), 3)).isFalse();
    }
}
