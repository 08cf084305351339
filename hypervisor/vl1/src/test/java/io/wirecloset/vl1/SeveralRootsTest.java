package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A leaf of a planet with four roots at different distances. */
// VL1 checklist 62, 63, 67
class SeveralRootsTest {
    private static final int ROOTS = 4;
    private static final Identity SELF = TestIdentities.get(9);
    private static final Identity SOMEBODY = TestIdentities.get(10);
    private static final Endpoint AT_SELF = Endpoint.parse("10.9.0.1/9993");
    private static final SigningKeys SIGNER = SigningKeys.of(new byte[64]);

    private record Flying(long atMs, Endpoint from, Endpoint to, byte[] bytes) {}

    private final Map<Endpoint, Bench> roots = new HashMap<>();
    private final Map<Endpoint, Integer> delaysMs = new HashMap<>();
    private final Set<Endpoint> dead = new LinkedHashSet<>();
    private final Bench self = new Bench(SELF, planet(), false, settings -> settings);
    private final PriorityQueue<Flying> flying = new PriorityQueue<>(Comparator.comparingLong(Flying::atMs));
    /** What the leaf sent, by verb, where it is known, and root. */
    private final List<String> sent = new ArrayList<>();

    private long nowMs = 1_700_000_000_000L;

    private static Identity root(int number) {
        return TestIdentities.get(number);
    }

    private static Endpoint at(int number) {
        return Endpoint.parse("10.0.0." + (number + 1) + "/9993");
    }

    private static World planet() {
        List<World.Root> listed = new ArrayList<>();
        for (int i = 0; i < ROOTS; i++) {
            listed.add(new World.Root(root(i), List.of(at(i))));
        }
        return World.sign(WorldType.PLANET, 77, 1, SIGNER.publicKey(), listed, SIGNER);
    }

    /** All roots, each as many milliseconds away. */
    private void far(int... delays) {
        for (int i = 0; i < ROOTS; i++) {
            roots.put(at(i), new Bench(root(i), planet(), false, settings -> settings));
            delaysMs.put(at(i), delays[i]);
        }
    }

    private void pass(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += 10) {
            self.poll(nowMs);
            for (Bench.Sent one : self.take()) {
                note(one);
                flying.add(new Flying(nowMs + delaysMs.getOrDefault(one.to(), 0), AT_SELF, one.to(), one.bytes()));
            }
            while (!flying.isEmpty() && flying.peek().atMs <= nowMs) {
                arrive(flying.poll());
            }
        }
    }

    private void arrive(Flying one) {
        if (one.to.equals(AT_SELF)) {
            self.datagram(one.from, one.bytes, nowMs);
            return;
        }
        Bench root = roots.get(one.to);
        if (root == null || dead.contains(one.to)) {
            return;
        }
        root.datagram(one.from, one.bytes, nowMs);
        for (Bench.Sent answer : root.take()) {
            if (answer.to().equals(AT_SELF)) {
                flying.add(new Flying(nowMs + delaysMs.get(one.to), one.to, AT_SELF, answer.bytes()));
            }
        }
    }

    private void note(Bench.Sent one) {
        for (int i = 0; i < ROOTS; i++) {
            byte[] packet = one.bytes().clone();
            if (one.to().equals(at(i))) {
                boolean opens = new Armor().open(packet, 0, packet.length, SELF.agree(root(i)));
                sent.add((opens ? Verb.name(PacketHeader.verb(packet, 0)) : "for others") + " " + i);
            }
        }
    }

    private int best() {
        for (int i = 0; i < ROOTS; i++) {
            if (self.vl1.bestUpstream(nowMs) == root(i).address()) {
                return i;
            }
        }
        throw new AssertionError("no upstream");
    }

    @Test
    void theNearestRootIsTheBest() {
        far(70, 30, 10, 50);
        pass(2_000);
        assertThat(best()).isEqualTo(2);
        self.vl1.identityOf(SOMEBODY.address(), nowMs);
        sent.clear();
        pass(400);
        assertThat(sent).contains("WHOIS 2").doesNotContain("WHOIS 0", "WHOIS 1", "WHOIS 3");
    }

    @Test
    void ofRootsThatSaidNothingYetTheLastInOrderOfAddressesIsTheBest() {
        far(10, 10, 10, 10);
        self.poll(nowMs);
        long last = 0;
        for (int i = 0; i < ROOTS; i++) {
            last = Math.max(last, root(i).address());
        }
        assertThat(self.vl1.bestUpstream(nowMs)).isEqualTo(last);
        assertThat(self.vl1.upstreams()).isSorted();
    }

    @Test
    void whatHasNoPathGoesThroughTheBest() {
        far(70, 10, 30, 50);
        self.vl1.introduce(SOMEBODY.withoutSecret(), List.of(), nowMs);
        pass(2_000);
        sent.clear();
        self.vl1.send(SOMEBODY.address(), Verb.FRAME, new byte[20], 0, 20, 0, nowMs);
        pass(10);
        assertThat(sent).containsExactly("for others 1");
    }

    @Test
    void whenTheBestFallsSilentTheNextTakesItsPlaceAndGivesItBack() {
        far(70, 10, 30, 50);
        pass(2_000);
        assertThat(best()).isEqualTo(1);
        dead.add(at(1));
        pass(30_000);
        assertThat(best()).isEqualTo(2);
        assertThat(self.vl1.online()).isTrue();
        dead.clear();
        pass(30_000);
        assertThat(best()).isEqualTo(1);
    }

    @Test
    void eachRootIsLookedForUntilItAnswers() {
        far(10, 10, 10, 10);
        dead.addAll(List.of(at(0), at(3)));
        pass(11_000);
        sent.clear();
        pass(60_000);
        assertThat(sent.stream().filter("HELLO 0"::equals).count()).isBetween(11L, 13L);
        assertThat(sent.stream().filter("HELLO 3"::equals).count()).isBetween(11L, 13L);
        assertThat(sent.stream().filter("HELLO 1"::equals).count()).isLessThan(3);
        dead.clear();
        pass(6_000);
        sent.clear();
        pass(30_000);
        assertThat(sent).doesNotContain("HELLO 0", "HELLO 3");
    }
}
