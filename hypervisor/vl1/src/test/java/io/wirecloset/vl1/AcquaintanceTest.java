package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Peers that somebody told us of: nothing happens before there is something to send to them, and then no root is needed. */
class AcquaintanceTest {
    private static final Identity SELF = TestIdentities.get(1);
    private static final Identity OTHER = TestIdentities.get(2);
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Endpoint AT_SELF = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_OTHER = Endpoint.parse("10.2.0.1/9993");
    private static final Endpoint AT_ROOT = Endpoint.parse("10.0.0.1/9993");
    private static final byte[] FRAME = {1, 2, 3};

    private final Bench self = bench(SELF);
    private final Bench other = bench(OTHER);
    private long nowMs = 1_700_000_000_000L;

    private static Bench bench(Identity identity) {
        return new Bench(identity, null, false, settings -> settings.withNegotiation(false));
    }

    private static Acquaintance told(Identity who, Endpoint... where) {
        return new Acquaintance(who.withoutSecret(), List.of(where));
    }

    private void send(long to) {
        self.vl1.send(to, Verb.FRAME, FRAME, 0, FRAME.length, 0, nowMs);
    }

    /** Time passes, in which the other one is not there. @return what was sent to whom */
    private List<Bench.Sent> passAlone(long ms) {
        List<Bench.Sent> sent = new ArrayList<>();
        for (long end = nowMs + ms; nowMs < end; nowMs += 100) {
            self.poll(nowMs);
            sent.addAll(self.take());
        }
        return sent;
    }

    private void passTogether(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += 100) {
            self.poll(nowMs);
            other.poll(nowMs);
            exchange();
        }
    }

    private void exchange() {
        for (Bench.Sent one : self.take()) {
            if (one.to().equals(AT_OTHER)) {
                other.datagram(AT_SELF, one.bytes(), nowMs);
            }
        }
        for (Bench.Sent one : other.take()) {
            if (one.to().equals(AT_SELF)) {
                self.datagram(AT_OTHER, one.bytes(), nowMs);
            }
        }
    }

    @Test
    void whoIsNotWantedCostsNothing() {
        self.vl1.acquaint(List.of(told(OTHER, AT_OTHER)));
        assertThat(passAlone(60_000)).isEmpty();
        assertThat(self.toValidate).isEmpty();
        assertThat(self.vl1.peerViews(nowMs)).isEmpty();
    }

    @Test
    void whoIsWantedIsMetWithoutARoot() {
        self.vl1.acquaint(List.of(told(OTHER, Endpoint.parse("10.9.9.9/9993"), AT_OTHER)));
        passTogether(1_000);
        send(OTHER.address());
        passTogether(1_000);
        assertThat(other.seen).extracting(Bench.Seen::verb).containsExactly(Verb.FRAME);
        assertThat(self.vl1.latencyMs(OTHER.address(), nowMs)).isNotNegative();
    }

    @Test
    void whoIsNotThereYetIsTriedAgainAndAgainButNotForEver() {
        self.vl1.acquaint(List.of(told(OTHER, AT_OTHER)));
        send(OTHER.address());
        int first = passAlone(10_000).size();
        int later = passAlone(Timing.PEER_ACTIVITY_MS).size();
        assertThat(first).isBetween(4, 7);
        assertThat(later).isBetween(10, 20);
        assertThat(passAlone(600_000)).isEmpty();
        send(OTHER.address());
        passTogether(2_000);
        assertThat(other.seen).hasSize(1);
    }

    @Test
    void ofManyWhoAreNotThereFewAreTriedAtATime() {
        List<Acquaintance> many = new ArrayList<>();
        for (int i = 2; i < 42; i++) {
            many.add(told(TestIdentities.get(i), Endpoint.parse("10.2.0." + i + "/9993")));
        }
        self.vl1.acquaint(many);
        many.forEach(one -> send(one.identity().address()));
        passAlone(2_000);
        for (int second = 0; second < 30; second++) {
            assertThat(passAlone(1_000)).hasSizeLessThanOrEqualTo(Limits.ACQUAINTANCES_SOUGHT);
        }
    }

    @Test
    void fewEndpointsOfEachAreTried() {
        Endpoint[] all = IntStream.range(1, 100)
                .mapToObj(i -> Endpoint.parse("10.3.0." + i + "/9993"))
                .toArray(Endpoint[]::new);
        self.vl1.acquaint(List.of(told(OTHER, all)));
        send(OTHER.address());
        assertThat(passAlone(400)).hasSize(Limits.ACQUAINTANCE_ENDPOINTS);
    }

    @Test
    void whereNoPathMayLeadNobodyIsTried() {
        self.vl1.forbid(endpoint -> endpoint.sameIp(AT_OTHER));
        self.vl1.acquaint(List.of(told(OTHER, AT_OTHER, Endpoint.parse("127.0.0.1/9993"))));
        send(OTHER.address());
        assertThat(passAlone(5_000)).isEmpty();
    }

    @Test
    void anAddressThatDoesNotFollowFromTheKeyIsNotBelieved() {
        Identity liar = Identity.of(OTHER.address(), TestIdentities.get(3).publicKey(), null);
        self.vl1.acquaint(List.of(told(liar, AT_OTHER)));
        send(OTHER.address());
        assertThat(passAlone(5_000)).isEmpty();
        assertThat(self.vl1.peerViews(nowMs)).isEmpty();
        assertThat(self.vl1.drops().get(Drop.BAD_IDENTITY)).isPositive();
    }

    @Test
    void whatIsSaidOfAnotherKeyDoesNotConcernThePeerWeKnow() {
        Identity liar = Identity.of(OTHER.address(), TestIdentities.get(3).publicKey(), null);
        self.vl1.recall(OTHER.withoutSecret(), List.of(), nowMs);
        self.vl1.acquaint(List.of(told(liar, AT_OTHER)));
        send(OTHER.address());
        assertThat(passAlone(5_000)).isEmpty();
    }

    @Test
    void aPacketThatAnybodyMayHaveMadeUpMakesNobodyLookForOne() {
        self.vl1.acquaint(List.of(told(OTHER, AT_OTHER)));
        byte[] packet = new byte[100];
        PacketHeader.put(packet, 0, 7, SELF.address(), OTHER.address(), Verb.FRAME);
        new Armor().seal(packet, 0, packet.length, SessionKeys.of(new byte[48]), Wire.SUITE_AES_GMAC_SIV);
        self.datagram(AT_OTHER, packet, nowMs);
        assertThat(passAlone(5_000)).isEmpty();
        assertThat(self.vl1.peerViews(nowMs)).isEmpty();
    }

    @Test
    void whoIsNotNamedAnyMoreIsForgotten() {
        self.vl1.acquaint(List.of(told(OTHER, AT_OTHER)));
        self.vl1.acquaint(List.of());
        send(OTHER.address());
        assertThat(passAlone(5_000)).isEmpty();
    }

    /** A root that answers is asked, as that costs less than to compute whether an address follows from a key. */
    @Test
    void aRootThatAnswersIsAskedFirst() {
        SigningKeys signer = SigningKeys.of(new byte[64]);
        World planet = World.sign(
                WorldType.PLANET,
                77,
                1_000,
                signer.publicKey(),
                List.of(new World.Root(ROOT.withoutSecret(), List.of(AT_ROOT))),
                signer);
        Bench leaf = new Bench(SELF, planet, false, settings -> settings.withNegotiation(false));
        Bench root = new Bench(ROOT, planet, false, settings -> settings.withNegotiation(false));
        root.vl1.introduce(OTHER.withoutSecret(), List.of(), nowMs);
        leaf.vl1.acquaint(List.of(told(OTHER, AT_OTHER)));
        boolean tried = false;
        int asked = 0;
        for (int i = 0; i < 20; i++) {
            if (i == 10) {
                leaf.vl1.send(OTHER.address(), Verb.FRAME, FRAME, 0, FRAME.length, 0, nowMs);
                asked = leaf.toValidate.size();
            }
            leaf.poll(nowMs);
            for (Bench.Sent one : leaf.take()) {
                tried |= one.to().equals(AT_OTHER);
                if (one.to().equals(AT_ROOT)) {
                    root.datagram(AT_SELF, one.bytes(), nowMs);
                }
            }
            root.poll(nowMs);
            root.take().stream()
                    .filter(one -> one.to().equals(AT_SELF))
                    .forEach(one -> leaf.datagram(AT_ROOT, one.bytes(), nowMs));
            nowMs += 100;
        }
        assertThat(tried).as("tried where it is said to be").isTrue();
        assertThat(asked).as("identities checked").isZero();
    }
}
