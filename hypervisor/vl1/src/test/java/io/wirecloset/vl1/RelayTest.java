package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.path.TrustedWays;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A root passing on what is not for it, and two of them that know no better than to ask each other. */
// VL1 checklist 64, 65; reliability T35
class RelayTest {
    private static final Endpoint AT_ROOT = Endpoint.parse("10.0.0.1/9993");
    private static final Endpoint AT_OTHER_ROOT = Endpoint.parse("10.0.1.1/9993");
    private static final Endpoint AT_A = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_B = Endpoint.parse("10.2.0.1/9993");
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Identity OTHER_ROOT = TestIdentities.get(4);
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);

    private final Map<Endpoint, Bench> nodes = new HashMap<>();
    private long nowMs = 1_700_000_000_000L;

    private static World planet(World.Root... roots) {
        SigningKeys keys = SigningKeys.of(new byte[64]);
        return World.sign(WorldType.PLANET, 77, 1, keys.publicKey(), List.of(roots), keys);
    }

    private static final World PLANET = planet(new World.Root(ROOT, List.of(AT_ROOT)));
    private static final World TWO_ROOTS =
            planet(new World.Root(ROOT, List.of(AT_ROOT)), new World.Root(OTHER_ROOT, List.of(AT_OTHER_ROOT)));

    private Bench node(Endpoint at, Identity self, World planet) {
        Bench node = new Bench(self, planet, false, settings -> settings);
        nodes.put(at, node);
        return node;
    }

    /** Carries everything to its place until nothing moves any more. @return datagrams carried */
    private int settle() {
        record InFlight(Endpoint from, Bench.Sent what) {}
        Deque<InFlight> wire = new ArrayDeque<>();
        int carried = 0;
        do {
            nodes.forEach((at, node) -> {
                node.poll(nowMs);
                node.take().forEach(sent -> wire.add(new InFlight(at, sent)));
            });
            while (!wire.isEmpty()) {
                InFlight next = wire.poll();
                Bench to = nodes.get(next.what.to());
                if (to != null && next.what.ttl() == 0) {
                    carried++;
                    to.datagram(next.from, next.what.bytes(), nowMs);
                    to.take().forEach(sent -> wire.add(new InFlight(next.what.to(), sent)));
                }
                assertThat(carried).isLessThan(1_000);
            }
        } while (nodes.values().stream().anyMatch(node -> !node.sent.isEmpty()));
        return carried;
    }

    private Bench meet() {
        Bench root = node(AT_ROOT, ROOT, PLANET);
        node(AT_A, A, PLANET);
        settle();
        nowMs += 3_000;
        node(AT_B, B, PLANET);
        settle();
        nowMs += 3_000;
        settle();
        assertThat(nodes.get(AT_A).vl1.online()).isTrue();
        assertThat(nodes.get(AT_B).vl1.online()).isTrue();
        return root;
    }

    private static byte[] packet(Identity from, long to, int hops) {
        byte[] packet = new byte[100];
        PacketHeader.put(packet, 0, 4711 + hops, to, from.address(), Verb.FRAME);
        PacketHeader.hops(packet, 0, hops);
        return packet;
    }

    @Test
    void aLeafPassesOnOnlyWhatComesByAWayItTrusts() {
        meet();
        Bench a = nodes.get(AT_A);
        a.datagram(AT_B, packet(B, ROOT.address(), 0), nowMs);
        assertThat(a.take()).noneMatch(sent -> sent.bytes().length == 100);
        assertThat(a.vl1.drops().get(Drop.RELAY_REFUSED)).isEqualTo(1);

        proveMembership(a, AT_B);
        a.datagram(AT_B, packet(B, ROOT.address(), 0), nowMs + 1);
        assertThat(a.take())
                .filteredOn(sent -> sent.bytes().length == 100)
                .hasSize(1)
                .allMatch(sent -> sent.to().equals(AT_ROOT) && PacketHeader.hops(sent.bytes(), 0) == 1);
        // another port of the same host is another way
        a.datagram(AT_B.withPort(7), packet(B, ROOT.address(), 0), nowMs + 2);
        assertThat(a.take()).noneMatch(sent -> sent.bytes().length == 100);
    }

    @Test
    void trustInAWayLastsTenMinutes() {
        meet();
        Bench a = nodes.get(AT_A);
        proveMembership(a, AT_B);
        TrustedWays ways = new TrustedWays();
        ways.trusted(1, AT_B, nowMs);
        assertThat(ways.isTrusted(1, AT_B, nowMs + 599_999)).isTrue();
        assertThat(ways.isTrusted(1, AT_B, nowMs + 600_000)).isFalse();
        assertThat(ways.isTrusted(2, AT_B, nowMs)).isFalse();
        for (int port = 1; port <= Limits.TRUSTED_WAYS; port++) {
            ways.trusted(1, AT_A.withPort(port), nowMs);
        }
        assertThat(ways.isTrusted(1, AT_B, nowMs)).isFalse();
        assertThat(ways.isTrusted(1, AT_A.withPort(1), nowMs)).isTrue();
    }

    /** A frame of B's that passes the gate of a network at A. */
    private void proveMembership(Bench at, Endpoint from) {
        at.vl1.introduce(B.withoutSecret(), List.of(), nowMs);
        byte[] frame = packet(B, A.address(), 0);
        new Armor().seal(frame, 0, frame.length, B.agree(A), Wire.SUITE_AES_GMAC_SIV);
        at.handled = Upper.Handled.TRUSTED;
        at.datagram(from, frame, nowMs);
        at.take();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aPacketGoesOnOneHopMoreAndDiesAtTheThird(int hops) {
        Bench root = meet();
        root.datagram(AT_A, packet(A, B.address(), hops), nowMs);
        List<Bench.Sent> passed =
                root.take().stream().filter(sent -> sent.bytes().length == 100).toList();
        if (hops >= Wire.RELAY_MAX_HOPS) {
            assertThat(passed).isEmpty();
            assertThat(root.vl1.drops().get(Drop.TOO_MANY_HOPS)).isEqualTo(1);
        } else {
            assertThat(passed).hasSize(1);
            assertThat(passed.getFirst().to()).isEqualTo(AT_B);
            assertThat(PacketHeader.hops(passed.getFirst().bytes(), 0)).isEqualTo(hops + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aFragmentGoesOnOneHopMoreAndDiesAtTheThird(int hops) {
        Bench root = meet();
        byte[] fragment = new byte[60];
        FragmentHeader.put(fragment, 0, 99, B.address(), 2, 1);
        FragmentHeader.hops(fragment, 0, hops);
        root.datagram(AT_A, fragment, nowMs);
        List<Bench.Sent> out = root.take();
        assertThat(out).hasSize(hops >= Wire.RELAY_MAX_HOPS ? 0 : 1);
        out.forEach(sent -> assertThat(FragmentHeader.hops(sent.bytes(), 0)).isEqualTo(hops + 1));
    }

    @Test
    void bothAreIntroducedOnceIn30Seconds() {
        Bench root = meet();
        int[] introductions = new int[4];
        for (int i = 0; i < 4; i++) {
            root.datagram(AT_A, packet(A, B.address(), 0), nowMs);
            for (Bench.Sent sent : root.take()) {
                introductions[i] += rendezvous(sent, A, B.address(), AT_B) ? 1 : 0;
                introductions[i] += rendezvous(sent, B, A.address(), AT_A) ? 1 : 0;
            }
            nowMs += 10_000;
        }
        assertThat(introductions).containsExactly(2, 0, 0, 2);
    }

    /** Each time only if packets still come; a meeting that worked leaves none. */
    @Test
    void anIntroductionIsRepeatedThreeTimesSoonAfter() {
        Bench root = meet();
        StringBuilder when = new StringBuilder();
        for (int ms = 0; ms <= 31_000; ms += 500) {
            root.datagram(AT_A, packet(A, B.address(), 0), nowMs);
            for (Bench.Sent sent : root.take()) {
                when.append(rendezvous(sent, A, B.address(), AT_B) ? ms + " " : "");
            }
            nowMs += 500;
        }
        assertThat(when).hasToString("0 1000 3000 6000 30000 31000 ");
    }

    @Test
    void ofTwoFamiliesInOneScopeIpv6IsIntroduced() {
        Bench root = meet();
        Endpoint sixOfA = Endpoint.parse("fd00::a/9993");
        Endpoint sixOfB = Endpoint.parse("fd00::b/9993");
        alsoHeardFrom(AT_A, sixOfA);
        alsoHeardFrom(AT_B, sixOfB);
        root.datagram(AT_A, packet(A, B.address(), 0), nowMs);
        int introductions = 0;
        for (Bench.Sent sent : root.take()) {
            introductions += rendezvous(sent, A, B.address(), sixOfB) ? 1 : 0;
            introductions += rendezvous(sent, B, A.address(), sixOfA) ? 1 : 0;
        }
        assertThat(introductions).isEqualTo(2);
    }

    /** The root hears a node at one more endpoint, and by a round trip comes to know it. */
    private void alsoHeardFrom(Endpoint at, Endpoint also) {
        Bench root = nodes.get(AT_ROOT);
        Bench node = nodes.get(at);
        node.vl1.send(ROOT.address(), Verb.USER_MESSAGE, new byte[8], 0, 8, 0, nowMs);
        node.take().forEach(sent -> root.datagram(also, sent.bytes(), nowMs));
        for (Bench.Sent hello : root.take()) {
            if (hello.to().equals(also)) {
                node.datagram(AT_ROOT, hello.bytes(), nowMs);
            }
        }
        node.take().forEach(sent -> root.datagram(also, sent.bytes(), nowMs));
        settle();
    }

    private static boolean rendezvous(Bench.Sent sent, Identity to, long about, Endpoint where) {
        byte[] packet = sent.bytes().clone();
        SessionKeys keys = ROOT.agree(to);
        boolean opens =
                PacketHeader.destination(packet, 0) == to.address() && new Armor().open(packet, 0, packet.length, keys);
        if (!opens || PacketHeader.verb(packet, 0) != Verb.RENDEZVOUS) {
            return false;
        }
        Rendezvous rendezvous = Rendezvous.read(new WireReader(packet, 28, packet.length - 28));
        assertThat(rendezvous.peer()).isEqualTo(about);
        assertThat(rendezvous.endpoint()).isEqualTo(where);
        return true;
    }

    @Test
    void aLeafRelaysNothing() {
        meet();
        Bench leaf = nodes.get(AT_A);
        leaf.datagram(AT_ROOT, packet(B, 0x1234567890L, 0), nowMs);
        assertThat(leaf.take()).isEmpty();
        assertThat(leaf.vl1.drops().get(Drop.RELAY_REFUSED)).isEqualTo(1);
    }

    @Test
    void aPacketFromOrToTheRootItselfIsNotPassedOn() {
        Bench root = meet();
        root.datagram(AT_A, packet(ROOT, ROOT.address(), 0), nowMs);
        root.datagram(AT_A, packet(ROOT, B.address(), 0), nowMs);
        assertThat(root.take()).isEmpty();
        assertThat(root.vl1.drops().get(Drop.OWN_SOURCE)).isEqualTo(2);
    }

    @Test
    void twoRootsPointingAtEachOtherLetAPacketDie() {
        Bench one = node(AT_ROOT, ROOT, TWO_ROOTS);
        Bench other = node(AT_OTHER_ROOT, OTHER_ROOT, TWO_ROOTS);
        settle();
        nowMs += 2_000;
        settle();
        int peersBefore = one.vl1.peerViews(nowMs).size();
        one.datagram(AT_A, packet(A, 0x0102030405L, 0), nowMs);
        assertThat(one.sent).hasSize(1);
        int carried = settle();
        assertThat(carried).isEqualTo(3);
        assertThat(one.vl1.drops().get(Drop.TOO_MANY_HOPS) + other.vl1.drops().get(Drop.TOO_MANY_HOPS))
                .isEqualTo(1);
        assertThat(one.vl1.peerViews(nowMs)).hasSize(peersBefore);
    }
}
