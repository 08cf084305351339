package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.ReplayGuard;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * T38: somebody recorded ten thousand packets and sends them again. Between our own nodes none is delivered twice and none
 * changes anything; with others that holds for the most recent.
 */
class RepetitionTest {
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);
    private static final Endpoint AT_A = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_B = Endpoint.parse("10.2.0.2/9993");
    private static final Endpoint ELSEWHERE = Endpoint.parse("10.9.0.9/999");
    private static final int PACKETS = 10_000;

    private long nowMs = 1_700_000_000_000L;
    private Bench a;
    private Bench b;
    private long lives;

    /** What can be seen of B. */
    private record State(List<String> peers, ReplayGuard guard, int verbsSeen) {}

    private void meet(boolean withLanes, boolean negotiate) {
        UnaryOperator<Vl1Settings> how = settings -> settings.withNegotiation(negotiate);
        a = new Bench(A, null, withLanes, ++lives, how);
        b = new Bench(B, null, withLanes, ++lives, how);
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        b.vl1.introduce(A, List.of(AT_A), nowMs);
        settle(5_000);
        assertThat(guardOfA().session() != null).isEqualTo(negotiate);
    }

    private void settle(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += 50) {
            boolean moved;
            do {
                a.poll(nowMs);
                b.poll(nowMs);
                moved = carry(a, AT_A, b, AT_B) | carry(b, AT_B, a, AT_A);
            } while (moved);
        }
    }

    private boolean carry(Bench from, Endpoint at, Bench to, Endpoint there) {
        boolean moved = false;
        for (Bench.Sent sent : from.take()) {
            if (sent.to().equals(there)) {
                to.datagram(at, sent.bytes(), nowMs);
                moved = true;
            }
        }
        return moved;
    }

    private ReplayGuard guardOfA() {
        return b.vl1.peers().find(A.address()).record.guard;
    }

    /** Frames, messages and answers, some cut in two, as A sends them. */
    private List<byte[]> record(int packets) {
        List<byte[]> datagrams = new ArrayList<>();
        a.take();
        for (int i = 0; i < packets; i++) {
            int bytes = i % 50 == 0 ? 2_000 : 20 + i % 100;
            if (a.lane != null && i % 10 != 0) {
                byte[] slot = new byte[64 + PacketHeader.LENGTH + bytes + 64];
                PeerRecord toB = a.vl1.peers().find(B.address()).record;
                assertThat(a.lane.send(toB, Verb.FRAME, slot, 64, PacketHeader.LENGTH + bytes, nowMs))
                        .isTrue();
            } else {
                a.vl1.send(B.address(), Verb.USER_MESSAGE, new byte[bytes], 0, bytes, 0, nowMs);
            }
            a.take().forEach(sent -> datagrams.add(sent.bytes()));
        }
        return datagrams;
    }

    private void deliver(List<byte[]> datagrams, Endpoint from) {
        datagrams.forEach(datagram -> b.datagram(from, datagram, nowMs));
    }

    private long replayed() {
        return b.vl1.drops().get(Drop.REPLAYED) + b.laneDrops.get(Drop.REPLAYED);
    }

    /** As repetitions, or while they waited to be known as such. */
    private long dropped() {
        return replayed() + b.vl1.drops().get(Drop.QUEUE_FULL) + b.vl1.drops().get(Drop.HOLD_EXPIRED);
    }

    private State state() {
        List<String> peers = b.vl1.peerViews(nowMs).stream()
                .map(peer -> peer.address() + " " + peer.protocol() + " " + peer.software() + " " + peer.trusted() + " "
                        + peer.lastReceiveMs() + " " + peer.paths())
                .toList();
        return new State(peers, guardOfA(), b.seen.size());
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 5000", "true, 0", "true, 5000"})
    void whatOneOfOursSaidIsTakenOnce(boolean withLanes, long laterMs) {
        meet(withLanes, true);
        List<byte[]> session = record(PACKETS);
        b.seen.clear();
        deliver(session, AT_A);
        assertThat(b.seen).hasSize(PACKETS);
        nowMs += laterMs;
        b.poll(nowMs);
        b.take();
        State before = state();
        long counted = replayed();
        deliver(session, AT_A);
        assertThat(state()).isEqualTo(before);
        assertThat(replayed() - counted).isEqualTo(PACKETS);
        assertThat(b.take()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fromAnotherAddressItTeachesNoPath(boolean withLanes) {
        meet(withLanes, true);
        List<byte[]> session = record(PACKETS);
        deliver(session, AT_A);
        b.take();
        State before = state();
        deliver(session, ELSEWHERE);
        assertThat(state()).isEqualTo(before);
        assertThat(b.take()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterTheSenderStartedAnewNothingOfItsFormerLifeCounts(boolean withLanes) {
        meet(withLanes, true);
        List<byte[]> session = record(PACKETS);
        deliver(session, AT_A);
        a = new Bench(A, null, withLanes, ++lives, settings -> settings);
        a.vl1.introduce(B, List.of(AT_B), nowMs);
        settle(5_000);
        State before = state();
        long counted = dropped();
        for (int i = 0; i < session.size(); i++) {
            b.datagram(AT_A, session.get(i), nowMs);
            if (i % 100 == 0) {
                settle(50);
            }
        }
        settle(5_000);
        assertThat(guardOfA()).isSameAs(before.guard);
        assertThat(b.seen).hasSize(before.verbsSeen);
        assertThat(dropped() - counted).isEqualTo(PACKETS);
        List<byte[]> fresh = record(100);
        deliver(fresh, AT_A);
        assertThat(b.seen).as("what it says now is heard").hasSize(before.verbsSeen + 100);
    }

    /** From the moment on in which the two have agreed again; before that, B knows nothing of what it once heard. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterTheReceiverStartedAnewNothingOfItsFormerLifeCounts(boolean withLanes) {
        meet(withLanes, true);
        List<byte[]> session = record(PACKETS);
        deliver(session, AT_A);
        b = new Bench(B, null, withLanes, ++lives, settings -> settings);
        b.vl1.introduce(A, List.of(AT_A), nowMs);
        settle(5_000);
        assertThat(guardOfA().session()).isNotNull();
        b.poll(nowMs);
        b.take();
        State before = state();
        deliver(session, AT_A);
        assertThat(state()).isEqualTo(before);
        assertThat(replayed()).isEqualTo(PACKETS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCopyOverAnotherPathProvesItAlive(boolean withLanes) {
        meet(withLanes, true);
        nowMs += 10_000;
        List<byte[]> sent = record(10);
        deliver(sent, ELSEWHERE);
        int seen = b.seen.size();
        long before = lastHeard();
        nowMs += 1_500;
        deliver(sent, AT_A);
        assertThat(b.seen).as("not taken again").hasSize(seen);
        assertThat(lastHeard()).as("but heard").isGreaterThan(before);
    }

    private long lastHeard() {
        return b.vl1.peerViews(nowMs).getFirst().paths().getFirst().lastReceiveMs();
    }

    /** What came through a relay first, and then directly, or the other way round: hops are all that differs. */
    @Test
    void aRelayedCopyIsDroppedToo() {
        meet(true, true);
        List<byte[]> sent = record(200);
        sent.removeIf(datagram -> datagram.length > 1_000);
        deliver(sent, AT_A);
        int seen = b.seen.size();
        sent.forEach(datagram -> PacketHeader.hops(datagram, 0, 1));
        deliver(sent, ELSEWHERE);
        assertThat(b.seen).hasSize(seen);
        assertThat(b.stamps.frameRelayedMs(0))
                .as("nobody believes the path was left")
                .isZero();
    }

    /** The bound that {@link io.wirecloset.vl1.peer.RecentPackets} promises. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofOtherNodesTheMostRecentAreTakenOnce(boolean withLanes) {
        meet(withLanes, false);
        List<byte[]> session = record(PACKETS);
        deliver(session, AT_A);
        int seen = b.seen.size();
        deliver(session.subList(session.size() - 4_000, session.size()), AT_A);
        assertThat(b.seen.size() - seen).isLessThanOrEqualTo(2);
    }
}
