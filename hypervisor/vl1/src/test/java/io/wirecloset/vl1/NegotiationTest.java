package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Negotiate;
import io.wirecloset.vl1.peer.SessionIds;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes that know each other's endpoints, and every datagram between them in our hand. */
class NegotiationTest {
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);
    private static final SessionKeys KEYS = A.agree(B);
    private static final Endpoint AT_A = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_B = Endpoint.parse("10.2.0.2/9993");
    private static final Endpoint ELSEWHERE = Endpoint.parse("10.9.0.9/999");

    /** What went over the wire, in order. */
    private record Said(boolean byA, String verb, byte[] bytes) {}

    private final List<Said> said = new ArrayList<>();
    private long nowMs = 1_700_000_000_000L;
    private Bench a;
    private Bench b;
    /** Datagrams that get lost. */
    private Predicate<Said> lost = each -> false;

    private long life;

    private Bench start(Identity self, boolean withLane, UnaryOperator<Vl1Settings> adjust) {
        return new Bench(self, null, withLane, ++life, adjust);
    }

    private void meet(boolean withLanes) {
        a = start(A, withLanes, settings -> settings);
        b = start(B, withLanes, settings -> settings);
        introduce();
    }

    private void introduce() {
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        b.vl1.introduce(A, List.of(AT_A), nowMs);
        settle();
    }

    private void settle() {
        boolean moved;
        do {
            a.poll(nowMs);
            b.poll(nowMs);
            moved = carry(a, true) | carry(b, false);
        } while (moved);
    }

    private boolean carry(Bench from, boolean byA) {
        boolean moved = false;
        for (Bench.Sent sent : from.take()) {
            if (!sent.to().equals(byA ? AT_B : AT_A)) {
                continue;
            }
            Said each = new Said(byA, verb(sent.bytes()), sent.bytes());
            said.add(each);
            if (!lost.test(each)) {
                (byA ? b : a).datagram(byA ? AT_A : AT_B, sent.bytes(), nowMs);
                moved = true;
            }
        }
        return moved;
    }

    private static String verb(byte[] datagram) {
        byte[] packet = datagram.clone();
        assertThat(new Armor().open(packet, 0, packet.length, KEYS)).isTrue();
        return Verb.name(PacketHeader.verb(packet, 0));
    }

    private void pass(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs += 100;
            settle();
        }
    }

    private long spoken(boolean byA) {
        return said.stream()
                .filter(each -> each.byA == byA && each.verb.equals("NEGOTIATE"))
                .count();
    }

    private byte[] fromA(int verb, int payloadBytes) {
        a.take();
        a.vl1.send(B.address(), verb, new byte[payloadBytes], 0, payloadBytes, 0, nowMs);
        return a.take().getFirst().bytes();
    }

    private boolean agreed(Bench node, Identity other) {
        return node.vl1.peers().find(other.address()).record.guard.session() != null;
    }

    // ---- asking

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoOfOursAgreeWithinASecondInAFewPackets(boolean withLanes) {
        meet(withLanes);
        pass(1_000);
        assertThat(agreed(a, B)).isTrue();
        assertThat(agreed(b, A)).isTrue();
        assertThat(spoken(true) + spoken(false)).isBetween(3L, 6L);
        pass(300_000);
        assertThat(spoken(true) + spoken(false)).as("and that was it").isLessThanOrEqualTo(6);
    }

    @Test
    void aStockNodeIsAskedThreeTimesAndNeverAgain() {
        a = start(A, false, settings -> settings);
        b = start(B, false, settings -> settings.withNegotiation(false));
        introduce();
        pass(600_000);
        assertThat(spoken(true)).isEqualTo(Limits.NEGOTIATE_ATTEMPTS);
        assertThat(spoken(false)).isZero();
        assertThat(agreed(a, B)).isFalse();
        said.stream().filter(each -> each.verb.equals("NEGOTIATE")).forEach(each -> assertThat(each.bytes)
                .hasSize(53));
    }

    @Test
    void aNodeOfAnOldProtocolIsNotAsked() {
        a = start(A, false, settings -> settings);
        b = start(B, false, settings -> settings.withProtocol(11).withNegotiation(false));
        introduce();
        pass(100_000);
        assertThat(said).anyMatch(each -> each.verb.equals("ECHO"));
        assertThat(spoken(true)).isZero();
    }

    /** A question behind our OK to its HELLO comes when the peer knows the path, and looks like any other packet. */
    @Test
    void theQuestionComesRightBehindTheOk() {
        meet(false);
        int at = 0;
        while (!said.get(at).verb.equals("NEGOTIATE")) {
            at++;
        }
        boolean asker = said.get(at).byA;
        assertThat(said.subList(0, at)).anyMatch(each -> each.byA == asker && each.verb.equals("OK"));
        assertThat(said.subList(0, at)).anyMatch(each -> each.byA != asker && each.verb.equals("OK"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void whatIsLostIsAskedAgain(int packets) {
        lost = each -> each.verb.equals("NEGOTIATE") && spoken(true) + spoken(false) <= packets;
        meet(false);
        pass(packets < 4 ? 6_000 : 70_000);
        assertThat(agreed(a, B) && agreed(b, A)).isTrue();
    }

    @Test
    void ofManyLostPacketsNoneIsTheLast() {
        lost = each -> each.verb.equals("NEGOTIATE") && each.bytes[each.bytes.length / 2] % 2 == 0;
        meet(false);
        pass(30_000);
        assertThat(agreed(a, B) && agreed(b, A)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoeverStartsAnewAgreesAnew(boolean withLanes) {
        meet(withLanes);
        pass(1_000);
        a = start(A, withLanes, settings -> settings);
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        pass(1_000);
        assertThat(agreed(a, B) && agreed(b, A)).isTrue();
        b.seen.clear();
        b.datagram(AT_A, fromA(Verb.USER_MESSAGE, 9), nowMs);
        assertThat(b.seen).hasSize(1);
    }

    /** It sends before it was asked, and before it greets anybody. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAPeerSaysInItsNextLifeWaitsUntilItIsKnownToBeOne(boolean withLanes) {
        meet(withLanes);
        pass(1_000);
        a = start(A, withLanes, settings -> settings);
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        lost = each -> each.verb.equals("HELLO") || each.verb.equals("OK");
        settle();
        WireWriter text = new WireWriter(16).u64(77);
        PeerRecord toB = a.vl1.peers().find(B.address()).record;
        byte[] packet = new byte[PacketHeader.LENGTH + 8];
        PacketHeader.put(packet, 0, toB.ids == null ? 1 : nextId(toB), B.address(), A.address(), Verb.USER_MESSAGE);
        System.arraycopy(text.toByteArray(), 0, packet, PacketHeader.LENGTH, 8);
        new Armor().seal(packet, 0, packet.length, KEYS, Wire.SUITE_AES_GMAC_SIV);
        b.seen.clear();
        b.datagram(AT_A, packet, nowMs);
        assertThat(b.seen).as("not judged yet").isEmpty();
        settle();
        assertThat(b.seen).hasSize(1);
        b.datagram(AT_A, packet, nowMs);
        assertThat(b.seen).as("once only").hasSize(1);
    }

    private static long nextId(PeerRecord to) {
        return new io.wirecloset.vl1.peer.IdsOf(to.ids).next();
    }

    @Test
    void underTheSameIdentityOtherSoftwareIsUnderstoodAfterAMoment() {
        meet(false);
        pass(1_000);
        a = start(A, false, settings -> settings.withNegotiation(false));
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        settle();
        b.seen.clear();
        b.datagram(AT_A, fromA(Verb.USER_MESSAGE, 9), nowMs);
        assertThat(b.seen).isEmpty();
        pass(5_000);
        assertThat(b.seen).as("it waited").hasSize(1);
        assertThat(agreed(b, A)).isFalse();
        long asked = spoken(false);
        pass(200_000);
        assertThat(spoken(false)).isEqualTo(asked);
    }

    // ---- what is not believed

    @Test
    void anOldAnswerProvesNothing() {
        meet(false);
        pass(1_000);
        List<byte[]> old = said.stream()
                .filter(each -> each.byA && each.verb.equals("NEGOTIATE"))
                .map(Said::bytes)
                .toList();
        a = start(A, false, settings -> settings);
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        pass(1_000);
        Object session = b.vl1.peers().find(A.address()).record.guard;
        for (int round = 0; round < 20; round++) {
            nowMs += 1_000;
            b.poll(nowMs);
            b.take();
            for (byte[] packet : old) {
                b.datagram(AT_A, packet, nowMs);
            }
            assertThat(b.take()).as("never more out than in").hasSizeLessThanOrEqualTo(old.size());
        }
        assertThat(b.vl1.peers().find(A.address()).record.guard).isSameAs(session);
    }

    /** Who can foresee our ids must not be able to answer what it never got. */
    @Test
    void anOkTeachesAPathOnlyIfItCouldNotBeForeseen() {
        meet(false);
        pass(1_000);
        long id = b.vl1.send(A.address(), Verb.MULTICAST_GATHER, new byte[20], 0, 20, SendOptions.EXPECT_REPLY, nowMs);
        b.take();
        WireWriter ok = new WireWriter(32);
        new InRe(Verb.MULTICAST_GATHER, id).write(ok);
        b.seen.clear();
        b.datagram(ELSEWHERE, sealedByA(Verb.OK, ok.toByteArray()), nowMs);
        assertThat(b.seen).as("the answer counts").hasSize(1);
        assertThat(pathsOfA()).containsExactly(AT_A);
        assertThat(b.take()).as("the path is tried").anyMatch(sent -> sent.to().equals(ELSEWHERE));
    }

    @Test
    void anEchoToOneOfOursCarriesWhatItsAnswerMustRepeat() {
        meet(false);
        pass(1_000);
        pass(60_000);
        byte[] echo = said.stream()
                .filter(each -> !each.byA && each.verb.equals("ECHO"))
                .reduce((first, second) -> second)
                .orElseThrow()
                .bytes;
        assertThat(echo).hasSize(PacketHeader.LENGTH + 8);
        WireWriter ok = new WireWriter(32);
        new InRe(Verb.ECHO, PacketHeader.packetId(echo, 0)).write(ok);
        ok.u64(1);
        long before = b.vl1.drops().get(Drop.UNEXPECTED_OK);
        b.datagram(ELSEWHERE, sealedByA(Verb.OK, ok.toByteArray()), nowMs);
        assertThat(b.vl1.drops().get(Drop.UNEXPECTED_OK)).isEqualTo(before + 1);
        assertThat(pathsOfA()).containsExactly(AT_A);
    }

    private byte[] sealedByA(int verb, byte[] payload) {
        PeerRecord toB = a.vl1.peers().find(B.address()).record;
        byte[] packet = new byte[PacketHeader.LENGTH + payload.length];
        PacketHeader.put(packet, 0, nextId(toB), B.address(), A.address(), verb);
        System.arraycopy(payload, 0, packet, PacketHeader.LENGTH, payload.length);
        new Armor().seal(packet, 0, packet.length, KEYS, Wire.SUITE_AES_GMAC_SIV);
        return packet;
    }

    private List<Endpoint> pathsOfA() {
        return b.vl1.peerViews(nowMs).getFirst().paths().stream()
                .map(PeerView.PathView::endpoint)
                .toList();
    }

    // ---- bounds

    /** Real keys under any address: enough for who is introduced by hand. */
    private static Identity withAddress(long address) {
        WireWriter bytes = new WireWriter(Wire.IDENTITY_BYTES);
        A.write(bytes, false);
        byte[] forged = bytes.toByteArray();
        for (int i = 0; i < Wire.ADDRESS_BYTES; i++) {
            forged[i] = (byte) (address >>> 8 * (Wire.ADDRESS_BYTES - 1 - i));
        }
        return Identity.read(new WireReader(forged));
    }

    /** The peer asks, is asked in return, and tells how its many lanes number their packets. */
    private void agreeBy(Identity peer) {
        b.vl1.introduce(peer, List.of(), nowMs);
        b.take();
        b.datagram(AT_A, negotiate(peer, new Negotiate(1, 7, 0, null)), nowMs);
        byte[] answer = b.take().stream()
                .map(Bench.Sent::bytes)
                .filter(packet -> new Armor().open(packet, 0, packet.length, KEYS)
                        && PacketHeader.verb(packet, 0) == Verb.NEGOTIATE)
                .findFirst()
                .orElseThrow();
        Negotiate asked =
                Negotiate.read(new WireReader(answer, PacketHeader.LENGTH, answer.length - PacketHeader.LENGTH));
        SessionIds ids = new SessionIds(peer.address(), 1, new long[Limits.SESSION_LANES]);
        b.datagram(AT_A, negotiate(peer, new Negotiate(1, 0, asked.challenge(), ids)), nowMs);
    }

    private static byte[] negotiate(Identity from, Negotiate what) {
        WireWriter payload = new WireWriter(1_000);
        what.write(payload);
        byte[] packet = new byte[PacketHeader.LENGTH + payload.length()];
        PacketHeader.put(packet, 0, 1, B.address(), from.address(), Verb.NEGOTIATE);
        System.arraycopy(payload.toByteArray(), 0, packet, PacketHeader.LENGTH, payload.length());
        new Armor().seal(packet, 0, packet.length, KEYS, Wire.SUITE_AES_GMAC_SIV);
        return packet;
    }

    @Test
    void windowsAreBoundedAndPeersOfNoNetworkOfOursLoseThemFirst() {
        b = start(B, false, settings -> settings);
        int most = Limits.REPLAY_WINDOWS / Limits.SESSION_LANES;
        for (int i = 1; i <= most; i++) {
            agreeBy(withAddress(0x1000000000L + i));
        }
        b.vl1.trust(0x1000000001L, nowMs);
        assertThat(sessions(most)).isEqualTo(most);
        agreeBy(withAddress(0x1000000000L + most + 1));
        assertThat(sessions(most + 1)).isEqualTo(most);
        assertThat(hasSession(1)).as("trusted").isTrue();
        assertThat(hasSession(2)).as("the oldest that is not").isFalse();
        assertThat(hasSession(most + 1)).isTrue();
    }

    private boolean hasSession(int peer) {
        return b.vl1.peers().find(0x1000000000L + peer).record.guard.session() != null;
    }

    private long sessions(int peers) {
        return java.util.stream.IntStream.rangeClosed(1, peers)
                .filter(this::hasSession)
                .count();
    }
}
