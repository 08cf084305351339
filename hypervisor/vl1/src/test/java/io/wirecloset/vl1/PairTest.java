package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.ErrorAnswer;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A leaf and its root, side by side on the bench, with time in our hand. */
// VL1 checklist 28, 31, 36, 38, 39, 41, 44, 45, 50, 56, 58, 59, 61, 66-71
class PairTest {
    private static final Endpoint AT_ROOT = Endpoint.parse("10.0.0.1/9993");
    private static final Endpoint AT_LEAF = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_STRANGER = Endpoint.parse("10.3.0.1/9993");
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Identity LEAF = TestIdentities.get(1);
    private static final Identity STRANGER = TestIdentities.get(2);
    private static final SigningKeys SIGNER = SigningKeys.of(new byte[64]);
    private static final World PLANET = planet(1_000);

    // packets are made by hand here, and would be strange to nodes that told each other how they number theirs
    private final Bench root = new Bench(ROOT, PLANET, false, settings -> settings.withNegotiation(false));
    private final Bench leaf = new Bench(LEAF, PLANET, false, settings -> settings.withNegotiation(false));
    private long nowMs = 1_700_000_000_000L;
    private boolean cut;
    private static long nextId = 12345;

    /** What the leaf sent since the counter was cleared. */
    private final Map<String, Integer> leafSent = new TreeMap<>();

    /** Packets of the leaf to the stranger, by cipher suite. */
    private final Map<Integer, Integer> suitesToStranger = new TreeMap<>();

    private static World planet(long timestampMs) {
        World.Root listed = new World.Root(ROOT, List.of(AT_ROOT));
        return World.sign(WorldType.PLANET, 77, timestampMs, SIGNER.publicKey(), List.of(listed), SIGNER);
    }

    @BeforeEach
    void meet() {
        settle();
        assertThat(leaf.vl1.online()).isTrue();
        leafSent.clear();
    }

    private void settle() {
        boolean moved;
        do {
            leaf.poll(nowMs);
            root.poll(nowMs);
            moved = false;
            for (Bench.Sent sent : leaf.take()) {
                count(sent);
                if (!cut && sent.to().equals(AT_ROOT)) {
                    root.datagram(AT_LEAF, sent.bytes(), nowMs);
                    moved = true;
                }
            }
            for (Bench.Sent sent : root.take()) {
                if (!cut && sent.to().equals(AT_LEAF)) {
                    leaf.datagram(AT_ROOT, sent.bytes(), nowMs);
                    moved = true;
                }
            }
        } while (moved);
    }

    private void count(Bench.Sent sent) {
        byte[] packet = sent.bytes().clone();
        boolean opens =
                packet.length >= PacketHeader.LENGTH && new Armor().open(packet, 0, packet.length, LEAF.agree(ROOT));
        leafSent.merge(opens ? Verb.name(PacketHeader.verb(packet, 0)) : "other", 1, Integer::sum);
    }

    private void pass(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs += 500;
            settle();
        }
    }

    /** A packet from the root, or who has its keys, to the leaf. */
    private byte[] fromRoot(int verb, byte[] payload) {
        return packet(ROOT, verb, payload);
    }

    private static byte[] packet(Identity from, int verb, byte[] payload) {
        byte[] packet = new byte[PacketHeader.LENGTH + payload.length];
        PacketHeader.put(packet, 0, nextId++, LEAF.address(), from.address(), verb);
        System.arraycopy(payload, 0, packet, PacketHeader.LENGTH, payload.length);
        new Armor().seal(packet, 0, packet.length, from.agree(LEAF), Wire.SUITE_AES_GMAC_SIV);
        return packet;
    }

    // ---- keeping in touch

    @Test
    void theRootHearsOfUsAtEveryPassAndGetsAHelloEveryMinute() {
        pass(300_000);
        assertThat(leafSent.get("HELLO")).isBetween(4, 6);
        assertThat(leafSent.get("ECHO")).isBetween(50, 60);
        assertThat(leaf.vl1.online()).isTrue();
    }

    @Test
    void aPathGetsAHeartbeatEvery15SecondsAndAHelloEveryMinute() {
        Bench other = new Bench(STRANGER, PLANET, false, settings -> settings);
        leaf.vl1.introduce(STRANGER, List.of(AT_STRANGER), nowMs);
        leaf.poll(nowMs);
        talk(other, AT_LEAF);
        suitesToStranger.clear();
        for (int second = 0; second < 300; second++) {
            nowMs += 1_000;
            leaf.poll(nowMs);
            talk(other, AT_LEAF);
        }
        assertThat(suitesToStranger.get(Wire.SUITE_POLY1305)).as("HELLOs").isBetween(4, 6);
        assertThat(suitesToStranger.get(Wire.SUITE_AES_GMAC_SIV)).as("ECHOs").isBetween(10, 22);
    }

    @Test
    void aLostRootIsLookedForAtOnceAndThenAtEveryPass() {
        cut = true;
        pass(30_000);
        leafSent.clear();
        pass(60_000);
        assertThat(leafSent.get("HELLO")).isBetween(10, 14);
        cut = false;
        pass(6_000);
        assertThat(leaf.vl1.peerViews(nowMs).getFirst().paths().getFirst().active())
                .isTrue();
    }

    @Test
    void withoutAWordFromARootTheNodeIsOffline() {
        cut = true;
        pass(250_000);
        assertThat(leaf.vl1.online()).isFalse();
        assertThat(leaf.events).contains(new NodeEvent.Online(true), new NodeEvent.Online(false));
    }

    @Test
    void everyPacketHasAnotherId() {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            nowMs += 1000;
            leaf.poll(nowMs);
            leaf.vl1.send(ROOT.address(), Verb.USER_MESSAGE, new byte[8], 0, 8, 0, nowMs);
            leaf.take().forEach(sent -> ids.add(PacketHeader.packetId(sent.bytes(), 0)));
        }
        assertThat(ids).hasSizeGreaterThan(200).doesNotHaveDuplicates();
    }

    @Test
    void latencyComesFromTheRoundTripOfAHello() {
        pass(70_000);
        assertThat(leaf.vl1.peerViews(nowMs).getFirst().latencyMs()).isZero();
        assertThat(leaf.vl1.peerViews(nowMs).getFirst().role()).isEqualTo(PeerView.Role.PLANET);
    }

    @Test
    void latencySaysNothingWhenTheAnswerCameThroughARelay() {
        Bench other = new Bench(STRANGER, PLANET, false, settings -> settings);
        other.vl1.introduce(LEAF, List.of(), nowMs);
        leaf.vl1.introduce(STRANGER, List.of(AT_STRANGER), nowMs);
        leaf.poll(nowMs);
        for (Bench.Sent hello : leaf.take()) {
            other.datagram(AT_ROOT, hello.bytes(), nowMs);
        }
        nowMs += 300;
        for (Bench.Sent answer : other.take()) {
            byte[] relayed = answer.bytes().clone();
            PacketHeader.hops(relayed, 0, 1);
            leaf.datagram(AT_ROOT, relayed, nowMs);
        }
        PeerView view = leaf.vl1.peerViews(nowMs).stream()
                .filter(peer -> peer.address() == STRANGER.address())
                .findFirst()
                .orElseThrow();
        assertThat(view.protocol()).as("the answer came").isEqualTo(Wire.PROTOCOL_VERSION);
        assertThat(view.latencyMs()).isEqualTo(-1);
        assertThat(view.paths()).isEmpty();
    }

    // ---- who is believed

    @Test
    void anOkToNothingIsDroppedAndTeachesNoPath() {
        WireWriter ok = new WireWriter(16);
        new InRe(Verb.ECHO, 987654321).write(ok);
        leaf.datagram(AT_STRANGER, fromRoot(Verb.OK, ok.toByteArray()), nowMs);
        assertThat(leaf.take()).isEmpty();
        assertThat(leaf.vl1.drops().get(Drop.UNEXPECTED_OK)).isEqualTo(1);
    }

    @Test
    void aRootIsOnlyReachedAtTheAddressesListedForIt() {
        leaf.datagram(Endpoint.parse("10.0.0.2/9993"), fromRoot(Verb.NOP, new byte[0]), nowMs);
        assertThat(leaf.take()).isEmpty();
        leaf.datagram(AT_ROOT.withPort(1), fromRoot(Verb.NOP, new byte[0]), nowMs);
        assertThat(leaf.vl1.peerViews(nowMs).getFirst().paths()).hasSize(1);
    }

    @Test
    void aWhoisIsAnsweredByRootsAlone() {
        leaf.vl1.introduce(STRANGER, List.of(), nowMs);
        byte[] asked = new byte[Wire.ADDRESS_BYTES];
        long id =
                leaf.vl1.send(STRANGER.address(), Verb.WHOIS, asked, 0, asked.length, SendOptions.EXPECT_REPLY, nowMs);
        WireWriter claim = new WireWriter(128);
        new InRe(Verb.WHOIS, id).write(claim);
        TestIdentities.get(5).write(claim, false);
        leaf.datagram(AT_STRANGER, packet(STRANGER, Verb.OK, claim.toByteArray()), nowMs);
        assertThat(leaf.vl1.drops().get(Drop.NOT_BELIEVED)).isEqualTo(1);
        assertThat(leaf.vl1.identityOf(TestIdentities.get(5).address(), nowMs)).isNull();
    }

    @Test
    void endpointsThatAreForbiddenAreNotTried() {
        leaf.vl1.introduce(STRANGER, List.of(), nowMs);
        leaf.vl1.forbid(endpoint -> endpoint.toString().startsWith("10.147."));
        Endpoint allowed = Endpoint.parse("10.4.0.9/9993");
        List<DirectPaths.Offer> offers = new ArrayList<>();
        for (String each : List.of("10.147.0.9/9993", "127.0.0.1/9993", "224.0.0.1/9993", "10.4.0.9/9993")) {
            offers.add(new DirectPaths.Offer(Endpoint.parse(each)));
        }
        WireWriter push = new WireWriter(256);
        new DirectPaths(offers).write(push);
        settle();
        byte[] packet = packet(STRANGER, Verb.PUSH_DIRECT_PATHS, push.toByteArray());
        PacketHeader.hops(packet, 0, 1);
        leaf.datagram(AT_ROOT, packet, nowMs);
        assertThat(leaf.take()).extracting(Bench.Sent::to).containsOnly(allowed);
    }

    @Test
    void errorsOtherThanCollisionsGoUp() {
        WireWriter error = new WireWriter(32);
        new ErrorAnswer(new InRe(Verb.FRAME, 3), ErrorCode.NEED_MEMBERSHIP_CERTIFICATE, new byte[8]).write(error);
        leaf.datagram(AT_ROOT, fromRoot(Verb.ERROR, error.toByteArray()), nowMs);
        assertThat(leaf.seen).hasSize(1);
        assertThat(leaf.seen.getFirst().payload()).hasSize(8);
    }

    @Test
    void aNewerPlanetComesWithTheAnswerToAHello() {
        World newer = planet(2_000);
        Bench newerRoot = new Bench(ROOT, newer, false, settings -> settings);
        newerRoot.poll(nowMs);
        newerRoot.take();
        pass(60_000);
        nowMs += 61_000;
        leaf.poll(nowMs);
        for (Bench.Sent sent : leaf.take()) {
            newerRoot.datagram(AT_LEAF, sent.bytes(), nowMs);
        }
        for (Bench.Sent sent : newerRoot.take()) {
            leaf.datagram(AT_ROOT, sent.bytes(), nowMs);
        }
        assertThat(leaf.vl1.planet()).isEqualTo(newer);
        assertThat(leaf.events).contains(new NodeEvent.WorldUpdated(newer));
    }

    @Test
    void aPlanetIsBelievedOnlyFromARoot() {
        Bench other = new Bench(STRANGER, planet(2_000), false, settings -> settings);
        leaf.vl1.introduce(STRANGER, List.of(AT_STRANGER), nowMs);
        leaf.poll(nowMs);
        talk(other, AT_LEAF);
        assertThat(pathTo(STRANGER).active())
                .as("its answer, with the newer planet, came")
                .isTrue();
        assertThat(leaf.vl1.planet()).isEqualTo(PLANET);
    }

    @Test
    void onlyTheOwnerMovesANodeToAnotherPlanet() {
        World.Root listed = new World.Root(STRANGER, List.of(AT_STRANGER));
        World another = World.sign(WorldType.PLANET, 78, 500, SIGNER.publicKey(), List.of(listed), SIGNER);
        Bench root = new Bench(ROOT, another, false, settings -> settings);
        talk(root, AT_LEAF);
        assertThat(leaf.vl1.planet()).as("a root's word is not enough").isEqualTo(PLANET);

        leaf.vl1.offer(another);
        leaf.take();
        leaf.poll(nowMs + 1);
        assertThat(leaf.events).contains(new NodeEvent.WorldUpdated(another));
        assertThat(leaf.vl1.upstreams()).containsExactly(STRANGER.address());
        assertThat(leaf.take()).as("it is greeted at once").anyMatch(sent -> sent.to()
                .equals(AT_STRANGER));
        assertThat(leaf.vl1.isUpstream(ROOT.address())).isFalse();
        leaf.vl1.offer(PLANET);
        leaf.vl1.offer(another);
        assertThat(leaf.vl1.upstreams()).as("there and back").containsExactly(STRANGER.address());
        leaf.vl1.offer(World.sign(WorldType.PLANET, 78, 400, SIGNER.publicKey(), List.of(), SIGNER));
        assertThat(leaf.vl1.planet()).as("an older edition is none").isEqualTo(another);
    }

    @Test
    void aNewerMoonComesToWhoeverListsAnOlderOne() {
        World older = moon(1_000);
        World newer = moon(2_000);
        Bench moonRoot = new Bench(ROOT, PLANET, false, settings -> settings.withMoons(List.of(newer)));
        Bench orbiting = new Bench(LEAF, PLANET, false, settings -> settings.withMoons(List.of(older)));
        orbiting.poll(nowMs);
        orbiting.take().forEach(sent -> moonRoot.datagram(AT_LEAF, sent.bytes(), nowMs));
        moonRoot.take().forEach(sent -> orbiting.datagram(AT_ROOT, sent.bytes(), nowMs));
        assertThat(orbiting.events).contains(new NodeEvent.WorldUpdated(newer));
    }

    private static World moon(long timestampMs) {
        World.Root listed = new World.Root(ROOT, List.of(AT_ROOT));
        return World.sign(WorldType.MOON, 78, timestampMs, SIGNER.publicKey(), List.of(listed), SIGNER);
    }

    /** VL1 checklist 52: nothing of bonding is spoken here, and none of it hurts. */
    @Test
    void whatBondedNodesTellEachOtherIsPassedOver() {
        for (int verb : new int[] {Verb.ACK, Verb.QOS_MEASUREMENT, Verb.PATH_NEGOTIATION_REQUEST}) {
            for (int length : new int[] {0, 2, 10, 300}) {
                leaf.datagram(AT_ROOT, fromRoot(verb, new byte[length]), nowMs);
            }
        }
        assertThat(leaf.take()).isEmpty();
        assertThat(leaf.seen).isEmpty();
    }

    @Test
    void aRootIsLookedForInBothFamilies() {
        Endpoint six = Endpoint.parse("fd00::1/9993");
        World.Root listed = new World.Root(ROOT, List.of(AT_ROOT, six));
        World planet = World.sign(WorldType.PLANET, 77, 1_000, SIGNER.publicKey(), List.of(listed), SIGNER);
        Bench node = new Bench(LEAF, planet, false, settings -> settings);
        for (int pass = 0; pass < 4; pass++) {
            node.take();
            node.poll(nowMs);
            assertThat(node.take()).extracting(Bench.Sent::to).containsExactlyInAnyOrder(AT_ROOT, six);
            nowMs += 5_000;
        }
    }

    // ---- strangers

    @Test
    void only32PacketsOfStrangersWait() {
        root.vl1.introduce(STRANGER, List.of(), nowMs);
        for (int i = 0; i < 40; i++) {
            leaf.datagram(AT_STRANGER, packet(STRANGER, Verb.USER_MESSAGE, new byte[] {(byte) i}), nowMs);
        }
        settle();
        assertThat(leaf.seen).hasSize(Limits.WAIT_QUEUE_ENTRIES);
        assertThat(leaf.seen.getFirst().payload()).as("the oldest went").containsExactly(8);
    }

    @Test
    void packetsOfAStrangerWaitForItsIdentity() {
        root.vl1.introduce(STRANGER, List.of(), nowMs);
        leaf.datagram(AT_STRANGER, packet(STRANGER, Verb.USER_MESSAGE, new byte[10]), nowMs);
        settle();
        assertThat(leaf.seen).extracting(Bench.Seen::source).containsExactly(STRANGER.address());
    }

    @Test
    void packetsOfSomebodyNobodyKnowsAreForgotten() {
        leaf.datagram(AT_STRANGER, packet(STRANGER, Verb.USER_MESSAGE, new byte[10]), nowMs);
        pass(4_000);
        assertThat(leafSent.get("WHOIS")).isBetween(7, 10);
        pass(3_000);
        leafSent.clear();
        root.vl1.introduce(STRANGER, List.of(), nowMs);
        pass(3_000);
        assertThat(leaf.seen).isEmpty();
        assertThat(leafSent).doesNotContainKey("WHOIS");
        assertThat(leaf.vl1.drops().get(Drop.HOLD_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aFloodOfStrangersCausesABoundedNumberOfQuestions() {
        for (int i = 1; i <= 5_000; i++) {
            byte[] packet = new byte[40];
            PacketHeader.put(packet, 0, i, LEAF.address(), i, Verb.FRAME);
            packet[PacketHeader.FLAGS] = 0x18;
            leaf.datagram(AT_STRANGER, packet, nowMs);
        }
        int sent = leaf.take().size();
        assertThat(sent).isLessThanOrEqualTo(Limits.STRANGER_LOOKUPS_PER_SECOND);
        assertThat(leaf.vl1.drops().get(Drop.RATE_LIMITED)).isPositive();
        assertThat(leaf.vl1.peerViews(nowMs)).hasSize(1);
    }

    @Test
    void whatIsSentToSomebodyUnknownWaitsForTheIdentityAndAPath() {
        root.vl1.introduce(STRANGER, List.of(), nowMs);
        long id = leaf.vl1.send(STRANGER.address(), Verb.USER_MESSAGE, new byte[10], 0, 10, 0, nowMs);
        assertThat(id).isZero();
        settle();
        assertThat(leafSent).containsEntry("WHOIS", 1).containsEntry("other", 1);
        assertThat(leaf.vl1.send(LEAF.address(), Verb.NOP, new byte[0], 0, 0, 0, nowMs))
                .isZero();
    }

    @Test
    void aPeerWeAreToldAboutIsMetWithoutARoot() {
        Bench alone = new Bench(STRANGER, null, false, settings -> settings);
        alone.vl1.introduce(LEAF, List.of(AT_LEAF), nowMs);
        alone.poll(nowMs);
        List<Bench.Sent> sent = alone.take();
        assertThat(sent).hasSize(1);
        leaf.datagram(AT_STRANGER, sent.getFirst().bytes(), nowMs);
        leaf.poll(nowMs);
        for (Bench.Sent answer : leaf.take()) {
            if (answer.to().equals(AT_STRANGER)) {
                alone.datagram(AT_LEAF, answer.bytes(), nowMs);
            }
        }
        assertThat(alone.vl1.peerViews(nowMs).getFirst().isDirect()).isTrue();
        assertThat(alone.vl1.online()).isFalse();
    }

    // ---- the layer above

    @Test
    void aHeldPacketIsShownAgainUntilItCanBeJudged() {
        leaf.handled = Upper.Handled.HOLD;
        leaf.datagram(AT_ROOT, fromRoot(Verb.FRAME, new byte[] {1, 2, 3}), nowMs);
        assertThat(leaf.seen).isNotEmpty();
        leaf.seen.clear();
        leaf.handled = Upper.Handled.DONE;
        pass(1_000);
        assertThat(leaf.seen).hasSize(1);
        assertThat(leaf.seen.getFirst().payload()).containsExactly(1, 2, 3);
        pass(10_000);
        assertThat(leaf.seen).hasSize(1);
    }

    @Test
    void whatDoesNotParseAboveLeavesNoTraceBelow() {
        leaf.handled = Upper.Handled.MALFORMED;
        leaf.datagram(AT_ROOT.withPort(7), fromRoot(Verb.FRAME, new byte[3]), nowMs);
        assertThat(leaf.take()).isEmpty();
    }

    @Test
    void whatIsMappedAndWhatOthersSeeIsToldBesideWhatIsBound() {
        Endpoint bound = Endpoint.parse("10.1.0.9/9993");
        Endpoint mapped = Endpoint.parse("198.51.100.7/31000");
        leaf.vl1.sockets(new int[] {0}, new Endpoint[] {bound});
        leaf.vl1.mapped(List.of(mapped, Endpoint.parse("127.0.0.1/1"), bound));
        settle();
        leaf.handled = Upper.Handled.TRUSTED;
        List<Endpoint> offered = new ArrayList<>();
        leaf.datagram(AT_ROOT, fromRoot(Verb.FRAME, new byte[] {1}), nowMs += 1_000);
        leaf.take().forEach(sent -> offered.addAll(offers(sent)));
        // the root saw the leaf at AT_LEAF
        assertThat(offered).containsExactly(bound, mapped, AT_LEAF);

        leaf.vl1.mapped(List.of());
        offered.clear();
        leaf.datagram(AT_ROOT, fromRoot(Verb.FRAME, new byte[] {2}), nowMs += 120_000);
        leaf.take().forEach(sent -> offered.addAll(offers(sent)));
        assertThat(offered).isNotEmpty().doesNotContain(mapped);
    }

    @Test
    void aQuestionForManyStrangersBringsOutFew() {
        WireWriter many = new WireWriter(1_000);
        for (int i = 1; i <= 190; i++) {
            many.address(0x1234500000L + i);
        }
        leaf.vl1.introduce(STRANGER, List.of(), nowMs);
        leaf.take();
        byte[] question = packet(STRANGER, Verb.WHOIS, many.toByteArray());
        PacketHeader.hops(question, 0, 1);
        leaf.datagram(AT_ROOT, question, nowMs);
        assertThat(leaf.take()).hasSize(Limits.WHOIS_LOOKUPS_PER_MESSAGE);
    }

    @Test
    void noPathLeadsToPortZero() {
        leaf.vl1.introduce(STRANGER, List.of(), nowMs);
        WireWriter push = new WireWriter(64);
        new DirectPaths(List.of(new DirectPaths.Offer(AT_STRANGER.withPort(0)))).write(push);
        byte[] packet = packet(STRANGER, Verb.PUSH_DIRECT_PATHS, push.toByteArray());
        PacketHeader.hops(packet, 0, 1);
        leaf.take();
        leaf.datagram(AT_ROOT, packet, nowMs);
        assertThat(leaf.take()).isEmpty();
    }

    @Test
    void aTrustedPeerIsToldWhereWeAreOnce() {
        leaf.vl1.sockets(
                new int[] {0, 1, 2},
                new Endpoint[] {AT_LEAF, Endpoint.parse("127.0.0.1/9993"), Endpoint.parse("10.147.0.1/9993")});
        leaf.vl1.forbid(endpoint -> endpoint.toString().startsWith("10.147."));
        settle();
        leafSent.clear();
        leaf.handled = Upper.Handled.TRUSTED;
        List<Endpoint> offered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nowMs += 1_000;
            leaf.datagram(AT_ROOT, fromRoot(Verb.FRAME, new byte[] {(byte) i}), nowMs);
            leaf.take().forEach(sent -> offered.addAll(offers(sent)));
        }
        assertThat(offered).containsExactly(AT_LEAF);
    }

    @ParameterizedTest
    @CsvSource({"0, 360, 3", "1, 60, 4"})
    void aTrustedPeerIsToldEvery120SecondsAndThroughARelayEvery15(int hops, int seconds, int pushes) {
        leaf.vl1.sockets(new int[] {Bench.SOCKET}, new Endpoint[] {AT_LEAF});
        leaf.handled = Upper.Handled.TRUSTED;
        int pushed = 0;
        for (int second = 0; second < seconds; second += 5) {
            byte[] frame = fromRoot(Verb.FRAME, new byte[] {(byte) second});
            PacketHeader.hops(frame, 0, hops);
            leaf.datagram(AT_ROOT, frame, nowMs);
            for (Bench.Sent sent : leaf.take()) {
                pushed += offers(sent).isEmpty() ? 0 : 1;
            }
            nowMs += 5_000;
        }
        assertThat(pushed).isEqualTo(pushes);
    }

    private static List<Endpoint> offers(Bench.Sent sent) {
        byte[] packet = sent.bytes().clone();
        SessionKeys keys = LEAF.agree(ROOT);
        boolean opens = new Armor().open(packet, 0, packet.length, keys);
        if (!opens || PacketHeader.verb(packet, 0) != Verb.PUSH_DIRECT_PATHS) {
            return List.of();
        }
        assertThat(PacketHeader.isCompressed(packet, 0)).isFalse();
        return DirectPaths.read(new WireReader(packet, 28, packet.length - 28)).offers().stream()
                .map(DirectPaths.Offer::endpoint)
                .toList();
    }

    @Test
    void aReplyNamesWhatItAnswersAndLargeOnesAreCut() {
        byte[] payload = new byte[5_000];
        Arrays.fill(payload, (byte) 7);
        Received request = new Received(ROOT, Verb.NETWORK_CONFIG_REQUEST, 99, 0, 0, AT_ROOT, new byte[0], 0, 0);
        leaf.vl1.reply(request, Verb.OK, payload, 0, payload.length, nowMs);
        List<Bench.Sent> sent = leaf.take();
        assertThat(sent).hasSize(4);
        assertThat(sent).allSatisfy(piece -> assertThat(piece.bytes().length).isLessThanOrEqualTo(1432));
    }

    @Test
    void anExpectedAnswerIsHandedUpWithWhatItAnswers() {
        long id = leaf.vl1.send(
                ROOT.address(), Verb.MULTICAST_GATHER, new byte[20], 0, 20, SendOptions.EXPECT_REPLY, nowMs);
        leaf.take();
        WireWriter ok = new WireWriter(32);
        new InRe(Verb.MULTICAST_GATHER, id).write(ok);
        ok.u32(42);
        leaf.datagram(AT_ROOT, fromRoot(Verb.OK, ok.toByteArray()), nowMs);
        assertThat(leaf.seen).hasSize(1);
        assertThat(leaf.seen.getFirst().payload()).containsExactly(0, 0, 0, 42);
    }

    @Test
    void aMovedNodeStopsUsingItsPathsUntilTheyAnswer() {
        pass(1_000);
        Bench other = new Bench(STRANGER, PLANET, false, settings -> settings);
        leaf.vl1.introduce(STRANGER, List.of(AT_STRANGER), nowMs);
        leaf.poll(nowMs);
        talk(other, AT_LEAF);
        assertThat(pathTo(STRANGER).active()).isTrue();

        Endpoint moved = Endpoint.parse("10.1.77.1/9993");
        nowMs += 60_000;
        leaf.poll(nowMs);
        for (Bench.Sent sent : leaf.take()) {
            if (sent.to().equals(AT_ROOT)) {
                root.datagram(moved, sent.bytes(), nowMs);
            }
        }
        for (Bench.Sent answer : root.take()) {
            leaf.datagram(AT_ROOT, answer.bytes(), nowMs);
        }
        assertThat(leaf.vl1.surface(nowMs)).contains(moved);
        assertThat(pathTo(STRANGER).expired()).isTrue();
        assertThat(pathTo(ROOT).active())
                .as("the path by which we were told has just answered")
                .isTrue();
        talk(other, moved);
        assertThat(pathTo(STRANGER).active()).isTrue();
    }

    /** Stock nodes send a HELLO from each of their ports. */
    @Test
    void anotherPortOfAHostIsNoPathWhileTheFirstAnswers() {
        Bench other = new Bench(STRANGER, PLANET, false, settings -> settings);
        leaf.vl1.introduce(STRANGER, List.of(AT_STRANGER), nowMs);
        leaf.poll(nowMs);
        talk(other, AT_LEAF);
        Endpoint secondPort = AT_STRANGER.withPort(29_000);
        nowMs += 10_000;
        leaf.take();
        leaf.datagram(secondPort, packet(STRANGER, Verb.NOP, new byte[0]), nowMs);
        assertThat(leaf.take()).noneMatch(sent -> sent.to().equals(secondPort));

        leaf.vl1.send(STRANGER.address(), Verb.NOP, new byte[0], 0, 0, 0, nowMs);
        for (int second = 0; second < 3; second++) {
            nowMs += 1_000;
            leaf.poll(nowMs);
        }
        leaf.take();
        leaf.datagram(secondPort, packet(STRANGER, Verb.NOP, new byte[0]), nowMs);
        assertThat(leaf.take()).anyMatch(sent -> sent.to().equals(secondPort));
    }

    private PeerView.PathView pathTo(Identity peer) {
        for (PeerView view : leaf.vl1.peerViews(nowMs)) {
            if (view.address() == peer.address()) {
                return view.paths().getFirst();
            }
        }
        throw new AssertionError("no such peer");
    }

    /** All three exchange what they have to say; what goes to where nobody is any more is lost. */
    private void talk(Bench other, Endpoint leafNow) {
        for (int round = 0; round < 4; round++) {
            for (Bench.Sent sent : leaf.take()) {
                if (sent.to().equals(AT_STRANGER)) {
                    suitesToStranger.merge(PacketHeader.suite(sent.bytes(), 0), 1, Integer::sum);
                    other.datagram(leafNow, sent.bytes(), nowMs);
                } else if (sent.to().equals(AT_ROOT)) {
                    root.datagram(leafNow, sent.bytes(), nowMs);
                }
            }
            answer(other, AT_STRANGER, leafNow);
            answer(root, AT_ROOT, leafNow);
        }
    }

    private void answer(Bench from, Endpoint at, Endpoint leafNow) {
        for (Bench.Sent sent : from.take()) {
            if (sent.to().equals(leafNow)) {
                leaf.datagram(at, sent.bytes(), nowMs);
            }
        }
    }

    @Test
    void anIdlePeerIsForgottenButARootNever() {
        leaf.vl1.introduce(STRANGER, List.of(), nowMs);
        assertThat(leaf.vl1.peers().size()).isEqualTo(2);
        cut = true;
        pass(540_000);
        assertThat(leaf.vl1.peers().size()).isEqualTo(1);
        assertThat(leaf.vl1.peers().find(ROOT.address())).isNotNull();
    }
}
