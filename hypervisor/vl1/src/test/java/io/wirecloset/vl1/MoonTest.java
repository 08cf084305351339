package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Moons from the side of who orbits them; the whole story with a seed is in the transcript and {@code MoonStoryTest}. */
// VL1 checklist 38, 58, 59
class MoonTest {
    private static final Identity SELF = TestIdentities.get(0);
    private static final Identity ROOT = TestIdentities.get(1);
    private static final Identity SEED = TestIdentities.get(2);
    private static final Identity OTHER = TestIdentities.get(3);
    private static final Endpoint AT_ROOT = Endpoint.parse("10.0.0.1/9993");
    private static final Endpoint AT_SEED = Endpoint.parse("10.3.0.1/9993");
    private static final SigningKeys SIGNER = SigningKeys.of(new byte[64]);
    private static final SigningKeys OTHER_SIGNER = SigningKeys.generate(RandomSource.of(new Random(9)));
    private static final long ID = SEED.address();

    private final Bench self = new Bench(SELF, planet(), false, settings -> settings);
    private long nowMs = 1_700_000_000_000L;

    private static World planet() {
        World.Root listed = new World.Root(ROOT, List.of(AT_ROOT));
        return World.sign(WorldType.PLANET, 77, 1_000, SIGNER.publicKey(), List.of(listed), SIGNER);
    }

    private static World moon(long id, long timestampMs, SigningKeys signer, Identity... roots) {
        List<World.Root> listed = new ArrayList<>();
        for (Identity root : roots) {
            listed.add(new World.Root(root, List.of(AT_SEED)));
        }
        return World.sign(WorldType.MOON, id, timestampMs, signer.publicKey(), listed, signer);
    }

    @Test
    void rootsOfAMoonAreUpstreamsUntilItIsLeft() {
        assertThat(self.vl1.orbit(moon(ID, 1_000, SIGNER, SEED, OTHER))).isTrue();
        self.poll(nowMs);
        assertThat(self.vl1.upstreams()).contains(SEED.address(), OTHER.address());
        assertThat(self.vl1.isUpstream(SEED.address())).isTrue();
        assertThat(self.take()).anyMatch(sent -> sent.to().equals(AT_SEED));
        assertThat(self.vl1.deorbit(ID)).isTrue();
        assertThat(self.vl1.deorbit(ID)).isFalse();
        assertThat(self.vl1.upstreams()).containsExactly(ROOT.address());
        assertThat(self.vl1.isUpstream(SEED.address())).isFalse();
    }

    @Test
    void aRootOfTheMoonIsARootItself() {
        assertThat(self.vl1.isRoot()).isFalse();
        self.vl1.orbit(moon(ID, 1_000, SIGNER, SEED, SELF));
        assertThat(self.vl1.isRoot()).isTrue();
        self.vl1.deorbit(ID);
        assertThat(self.vl1.isRoot()).isFalse();
    }

    @Test
    void aSeedNobodyKnowsIsAskedForOncePerPass() {
        meetRoot();
        self.vl1.orbit(ID, SEED.address());
        int questions = 0;
        for (int i = 0; i < 60; i++) {
            self.poll(nowMs += 500);
            questions += (int) self.take().stream()
                    .filter(sent -> verb(sent) == Verb.WHOIS)
                    .count();
        }
        assertThat(questions).isBetween(6, 7);
    }

    @Test
    void aMoonThatIsWantedIsListedAndTakenFromItsSeed() {
        self.vl1.orbit(ID, SEED.address());
        assertThat(self.vl1.wantedMoons()).containsEntry(ID, SEED.address());
        assertThat(hello().entries()).containsExactly(new Moons.Entry(ID, 0));
        World moon = moon(ID, 1_000, SIGNER, SEED);
        tell(SEED, moon);
        assertThat(self.events).contains(new NodeEvent.WorldUpdated(moon));
        assertThat(self.vl1.moons()).containsExactly(moon);
        assertThat(self.vl1.wantedMoons()).isEmpty();
        assertThat(hello().entries()).containsExactly(new Moons.Entry(ID, 1_000));
    }

    @Test
    void aWantedMoonMayComeFromARootButMustNameItsSeed() {
        self.vl1.orbit(ID, SEED.address());
        tell(ROOT, moon(ID, 1_000, SIGNER, OTHER));
        tell(ROOT, moon(ID + 1, 1_000, SIGNER, SEED));
        assertThat(self.vl1.moons()).isEmpty();
        tell(ROOT, moon(ID, 1_000, SIGNER, OTHER, SEED));
        assertThat(self.vl1.moons()).hasSize(1);
    }

    @Test
    void nobodyElseIsBelieved() {
        self.vl1.orbit(ID, SEED.address());
        tell(OTHER, moon(ID, 1_000, SIGNER, SEED, OTHER));
        assertThat(self.vl1.moons()).isEmpty();
        // nor is a seed once its moon is known, if it is no root
        self.vl1.orbit(moon(ID, 1_000, SIGNER, OTHER));
        self.events.clear();
        tell(SEED, moon(ID, 2_000, SIGNER, OTHER));
        assertThat(self.events).isEmpty();
    }

    @Test
    void anOrbitedMoonChangesOnlyByWhomItNamed() {
        self.vl1.orbit(moon(ID, 2_000, SIGNER, SEED));
        self.events.clear();
        tell(SEED, moon(ID, 1_000, SIGNER, SEED));
        tell(SEED, moon(ID, 2_000, SIGNER, SEED, OTHER));
        tell(SEED, moon(ID, 3_000, OTHER_SIGNER, SEED, OTHER));
        tell(SEED, moon(ID + 1, 3_000, SIGNER, SEED));
        assertThat(self.events).noneMatch(event -> event instanceof NodeEvent.WorldUpdated);
        World next = moon(ID, 3_000, SIGNER, SEED, OTHER);
        tell(SEED, next);
        assertThat(self.vl1.moons()).containsExactly(next);
    }

    @Test
    void aRootOfTwoWorldsIsMetWhereEitherSays() {
        Endpoint elsewhere = Endpoint.parse("10.0.0.77/9993");
        World.Root again = new World.Root(ROOT, List.of(elsewhere));
        self.vl1.orbit(World.sign(WorldType.MOON, 5, 1, SIGNER.publicKey(), List.of(again), SIGNER));
        List<Endpoint> tried = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            self.poll(nowMs += 1_000);
            self.take().forEach(sent -> tried.add(sent.to()));
        }
        assertThat(tried).contains(AT_ROOT, elsewhere);
    }

    @Test
    void asManyMoonsAreOrbitedAsOneHelloLists() {
        for (int i = 1; i <= Limits.MOONS; i++) {
            assertThat(self.vl1.orbit(i, SEED.address())).isTrue();
        }
        assertThat(self.vl1.orbit(1_000, SEED.address())).isFalse();
        assertThat(self.vl1.orbit(moon(1_000, 1, SIGNER, SEED))).isFalse();
        assertThat(self.vl1.orbit(1, SEED.address())).isTrue();
        assertThat(hello().entries()).hasSize(Limits.MOONS);
        assertThat(self.take()).allMatch(sent -> sent.bytes().length <= Wire.DEFAULT_MTU);
    }

    @Test
    void whatOneAnswerDoesNotHoldComesWithTheNext() {
        List<Endpoint> many = new ArrayList<>();
        for (int i = 0; i < Wire.WORLD_MAX_ENDPOINTS; i++) {
            many.add(Endpoint.parse("fd00::" + i + "/9993"));
        }
        List<World.Root> roots = new ArrayList<>();
        for (int i = 0; i < Wire.WORLD_MAX_ROOTS; i++) {
            roots.add(new World.Root(TestIdentities.get(4 + i), many));
        }
        List<World> moons = new ArrayList<>();
        for (int id = 1; id <= 5; id++) {
            moons.add(World.sign(WorldType.MOON, id, 1_000, SIGNER.publicKey(), roots, SIGNER));
        }
        Bench seed = new Bench(ROOT, planet(), false, settings -> settings.withMoons(moons));
        for (int id = 1; id <= 5; id++) {
            self.vl1.orbit(id, TestIdentities.get(4).address());
        }
        for (int round = 0; round < 10; round++) {
            self.poll(nowMs += 60_000);
            self.take().forEach(sent -> seed.datagram(Endpoint.parse("10.9.9.9/1"), sent.bytes(), nowMs));
            seed.take().forEach(sent -> self.datagram(AT_ROOT, sent.bytes(), nowMs));
        }
        assertThat(self.vl1.moons()).hasSize(5);
    }

    @Test
    void onlyMoonsAreOrbited() {
        assertThatThrownBy(() -> self.vl1.orbit(planet())).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- words of these stories

    private void meetRoot() {
        Bench root = new Bench(ROOT, planet(), false, settings -> settings);
        Endpoint at = Endpoint.parse("10.9.9.9/9993");
        for (int round = 0; round < 3; round++) {
            self.poll(nowMs);
            self.take().forEach(sent -> root.datagram(at, sent.bytes(), nowMs));
            root.take().forEach(sent -> self.datagram(AT_ROOT, sent.bytes(), nowMs));
        }
    }

    /** What the next HELLO to the root lists. */
    private Moons hello() {
        self.take();
        self.poll(nowMs += 300_000);
        Bench.Sent hello = self.sent.stream()
                .filter(sent -> PacketHeader.destination(sent.bytes(), 0) == ROOT.address())
                .findFirst()
                .orElseThrow();
        byte[] packet = hello.bytes().clone();
        WireReader in = new WireReader(packet, PacketHeader.LENGTH, packet.length - PacketHeader.LENGTH);
        Hello.read(in);
        new Armor().cryptHelloSection(packet, 0, in.offset(), in.remaining(), ROOT.agree(SELF));
        return Moons.read(in);
    }

    /** Answers a HELLO of ours with a world. */
    private void tell(Identity by, World world) {
        self.vl1.introduce(by.withoutSecret(), List.of(AT_SEED), nowMs);
        self.take();
        self.poll(nowMs += 300_000);
        long inRe = self.take().stream()
                .filter(sent -> PacketHeader.destination(sent.bytes(), 0) == by.address())
                .mapToLong(sent -> PacketHeader.packetId(sent.bytes(), 0))
                .findFirst()
                .orElseThrow();
        WireWriter ok = new WireWriter(512);
        new InRe(Verb.HELLO, inRe).write(ok);
        new HelloOk(nowMs, new Version(12, 1, 14, 1), null, List.of(world)).write(ok);
        byte[] packet = new byte[PacketHeader.LENGTH + ok.length()];
        PacketHeader.put(packet, 0, 4711, SELF.address(), by.address(), Verb.OK);
        System.arraycopy(ok.toByteArray(), 0, packet, PacketHeader.LENGTH, ok.length());
        new Armor().seal(packet, 0, packet.length, by.agree(SELF), Wire.SUITE_AES_GMAC_SIV);
        self.datagram(by.equals(ROOT) ? AT_ROOT : AT_SEED, packet, nowMs);
    }

    private static int verb(Bench.Sent sent) {
        byte[] packet = sent.bytes().clone();
        return new Armor().open(packet, 0, packet.length, SELF.agree(ROOT)) ? PacketHeader.verb(packet, 0) : -1;
    }
}
