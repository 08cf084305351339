package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** T31 to T33: what somebody nobody knows, or nobody has to believe, can make a node do. In virtual time. */
// VL1 checklist 35, 36
class CostsForStrangersTest {
    private static final Identity SELF = TestIdentities.get(1);
    private static final Identity PEER = TestIdentities.get(2);
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Identity HONEST = TestIdentities.get(3);
    private static final Identity FORGER = TestIdentities.get(4);
    private static final Endpoint AT_PEER = Endpoint.parse("10.2.0.2/9993");
    private static final Endpoint AT_ROOT = Endpoint.parse("10.0.0.1/9993");
    /** In a neighbourhood from which no flood comes; who shares one with it competes with it. */
    private static final Endpoint AT_HONEST = Endpoint.parse("198.51.100.7/9993");
    /** What deriving an address costs a real node. */
    private static final long VALIDATION_MS = 120;

    private final List<Bench.Sent> out = new ArrayList<>();
    private final Deque<Identity> validating = new ArrayDeque<>();
    private int validations;
    private long validatedMs;
    private long nowMs = 1_700_000_000_000L;
    private int in;
    private long bytesIn;

    /** A node whose validations take their time, one after another, as in an engine. */
    private final Vl1Out effects = new Vl1Out() {
        @Override
        public void datagram(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            out.add(new Bench.Sent(
                    nowMs, socket, to, java.util.Arrays.copyOfRange(bytes, offset, offset + length), ttl));
        }

        @Override
        public void validate(Identity identity) {
            validations++;
            if (validating.isEmpty()) {
                validatedMs = nowMs + VALIDATION_MS;
            }
            validating.add(identity);
        }

        @Override
        public void event(NodeEvent event) {}
    };

    private Vl1 node;

    private Vl1 node(World planet) {
        RandomSource random = RandomSource.of(new Random(5));
        PacketIds ids = PacketIds.forLanes(1, random)[0];
        node = new Vl1(Vl1Settings.of(SELF, planet, random, ids).withNegotiation(false), effects, new Bench.Deaf());
        node.poll(nowMs);
        return node;
    }

    private void pass(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs++;
            if (!validating.isEmpty() && nowMs >= validatedMs) {
                Identity identity = validating.poll();
                node.onValidated(identity, identity.equals(HONEST), nowMs);
                validatedMs = nowMs + VALIDATION_MS;
            }
        }
        node.poll(nowMs);
    }

    private void arrives(Endpoint from, byte[] datagram) {
        in++;
        bytesIn += datagram.length;
        node.onHandedOver(Stage.SEALED, 0, from, datagram, 0, datagram.length, nowMs);
    }

    private void noMoreOutThanIn() {
        assertThat(out.size()).as("datagrams").isLessThanOrEqualTo(in);
        assertThat(out.stream().mapToLong(sent -> sent.bytes().length).sum())
                .as("bytes")
                .isLessThanOrEqualTo(bytesIn);
    }

    // ---- T31

    private static byte[] hello(Identity from, long address, SessionKeys keys, long id) {
        byte[] packet = new byte[400];
        PacketHeader.put(packet, 0, id, SELF.address(), address, Verb.HELLO);
        WireWriter payload = new WireWriter(packet, PacketHeader.LENGTH, packet.length);
        new Hello(new Version(12, 1, 14, 1), 1_700_000_000_000L, from, AT_PEER, 0, 0).write(payload);
        int section = PacketHeader.LENGTH + payload.length();
        new Moons(List.of()).write(payload);
        int length = PacketHeader.LENGTH + payload.length();
        new Armor().cryptHelloSection(packet, 0, section, length - section, keys);
        byte[] exact = java.util.Arrays.copyOf(packet, length);
        new Armor().seal(exact, 0, length, keys, Wire.SUITE_POLY1305);
        return exact;
    }

    /** Real keys under an address that does not follow from them: the MAC is right, the identity is not. */
    private static Identity bogus(long address) {
        WireWriter bytes = new WireWriter(Wire.IDENTITY_BYTES);
        FORGER.write(bytes, false);
        byte[] forged = bytes.toByteArray();
        for (int i = 0; i < Wire.ADDRESS_BYTES; i++) {
            forged[i] = (byte) (address >>> 8 * (Wire.ADDRESS_BYTES - 1 - i));
        }
        return Identity.read(new WireReader(forged));
    }

    /** 2000 a second for 15 s, each from another neighbourhood of 4000, forged, with a MAC that is right. */
    @Test
    void aFloodOfGreetingsCostsABoundedShareAndKeepsNoNewcomerOut() {
        node(null);
        SessionKeys keys = FORGER.agree(SELF);
        long servedMs = -1;
        long honestSinceMs = nowMs + 5_000;
        long beganMs = nowMs;
        for (int i = 0; nowMs - beganMs < 15_000; i++) {
            Endpoint from = Endpoint.ofV4(0x2d000000 + (i % 4_000 << 8) + 9, 1_000 + i % 60_000);
            arrives(from, hello(bogus(0x1000000000L + i), 0x1000000000L + i, keys, i + 1));
            if (i % 2 == 0) {
                pass(1);
            }
            boolean knocks = nowMs >= honestSinceMs && (nowMs - honestSinceMs) % 1_000 == 0 && i % 2 == 0;
            if (knocks && servedMs < 0) {
                arrives(AT_HONEST, hello(HONEST, HONEST.address(), HONEST.agree(SELF), 1L << 40 | i));
            }
            if (servedMs < 0 && node.peers().find(HONEST.address()) != null) {
                servedMs = nowMs - honestSinceMs;
            }
        }
        assertThat(servedMs).as("ms until the honest one was let in").isBetween(0L, 10_000L);
        assertThat(validations)
                .as("one after another, never more waiting than %d", Limits.VALIDATIONS)
                .isLessThanOrEqualTo((int) (15_000 / VALIDATION_MS) + Limits.VALIDATIONS);
        assertThat(validating).hasSizeLessThanOrEqualTo(Limits.VALIDATIONS);
        long refused = node.drops().get(Drop.RATE_LIMITED) + node.drops().get(Drop.QUEUE_FULL);
        assertThat(refused).isGreaterThan(in * 95L / 100);
        assertThat(node.peers().size()).isEqualTo(1);
        noMoreOutThanIn();
    }

    /** The agreement of keys comes before the MAC can be judged, and is bounded too. */
    @Test
    void greetingsWithWrongMacsAreNotEvenAgreedWithBeyondABudget() {
        node(null);
        for (int i = 0; i < 3_000; i++) {
            byte[] hello = hello(bogus(0x1000000000L + i), 0x1000000000L + i, SessionKeys.of(new byte[48]), i + 1);
            arrives(Endpoint.ofV4(0x2d000000 + (i << 8), 1_000), hello);
        }
        assertThat(node.drops().get(Drop.BAD_MAC)).isLessThanOrEqualTo(Limits.NEWCOMERS_PER_SECOND_QUIET);
        assertThat(validations).isZero();
        assertThat(out).isEmpty();
    }

    // ---- T32

    @Test
    void aFloodOfFragmentsTakesNoMemoryAndLosesNoHonestPacketOfAQuietSender() {
        DropCounters drops = new DropCounters();
        Reassembler reassembler = new Reassembler(drops);
        int lost = 0;
        for (int round = 0; round < 200; round++) {
            byte[] head = new byte[100];
            PacketHeader.put(head, 0, 1L << 50 | round, SELF.address(), PEER.address(), Verb.FRAME);
            PacketHeader.setFragmented(head, 0);
            reassembler.onHead(0, AT_PEER, head, 0, head.length, nowMs);
            // 50 thousand a second from three sources, and a tail one millisecond behind its head
            for (int i = 0; i < 50; i++) {
                byte[] noise = new byte[60];
                FragmentHeader.put(noise, 0, round * 1_000L + i, SELF.address(), 7, 1 + i % 6);
                Endpoint from = Endpoint.ofV4(0x2d000001 + i % 3, 9);
                reassembler.onFragment(from, noise, 0, noise.length, nowMs);
            }
            byte[] tail = new byte[60];
            FragmentHeader.put(tail, 0, 1L << 50 | round, SELF.address(), 2, 1);
            lost += reassembler.onFragment(AT_PEER, tail, 0, tail.length, ++nowMs) > 0 ? 0 : 1;
        }
        assertThat(lost).isLessThanOrEqualTo(2);
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED)).isPositive();
    }

    // ---- T33

    private World planet() {
        World.Root listed = new World.Root(ROOT, List.of(AT_ROOT));
        SigningKeys signer = SigningKeys.of(new byte[64]);
        return World.sign(WorldType.PLANET, 77, 1_000, signer.publicKey(), List.of(listed), signer);
    }

    private void from(Identity sender, Endpoint at, int verb, byte[] payload) {
        byte[] packet = new byte[PacketHeader.LENGTH + payload.length];
        PacketHeader.put(packet, 0, 1_000_000L + in, SELF.address(), sender.address(), verb);
        System.arraycopy(payload, 0, packet, PacketHeader.LENGTH, payload.length);
        new Armor().seal(packet, 0, packet.length, sender.agree(SELF), Wire.SUITE_AES_GMAC_SIV);
        arrives(at, packet);
    }

    /** A peer asks for as many addresses as a packet holds, ten times a second. */
    @Test
    void largeQuestionsForStrangersCauseFewOfOurOwn() {
        node(planet()).introduce(PEER, List.of(), nowMs);
        from(ROOT, AT_ROOT, Verb.NOP, new byte[0]);
        out.clear();
        in = 0;
        bytesIn = 0;
        WireWriter addresses = new WireWriter(9_900);
        for (int i = 0; i < 1_900; i++) {
            addresses.address(0x2000000000L + i);
        }
        for (int i = 0; i < 100; i++) {
            from(PEER, AT_PEER, Verb.WHOIS, addresses.toByteArray());
            pass(100);
        }
        long whois = out.stream().filter(sent -> sent.to().equals(AT_ROOT)).count();
        assertThat(whois).as("to the root, in ten seconds").isLessThanOrEqualTo(13L * Limits.WHOIS_QUESTIONS);
        assertThat(out.stream().mapToLong(sent -> sent.bytes().length).sum()).isLessThanOrEqualTo(bytesIn);
    }

    @Test
    void introductionsAreTakenFromRootsAlone() {
        node(planet()).introduce(PEER, List.of(), nowMs);
        node.introduce(HONEST, List.of(), nowMs);
        pass(100);
        out.clear();
        for (int i = 0; i < 100; i++) {
            WireWriter payload = new WireWriter(32);
            new Rendezvous(0, HONEST.address(), Endpoint.ofV4(0x2d000001 + i, 7)).write(payload);
            from(PEER, AT_PEER, Verb.RENDEZVOUS, payload.toByteArray());
        }
        assertThat(node.drops().get(Drop.NOT_BELIEVED)).isEqualTo(100);
        assertThat(out).extracting(Bench.Sent::to).doesNotContain(Endpoint.ofV4(0x2d000001, 7));
        assertThat(out).allMatch(sent -> sent.to().equals(AT_PEER)).hasSizeLessThanOrEqualTo(1);
    }

    /** Where no path may lead, nothing is sent, whoever says so and however often. */
    @Test
    void forbiddenTargetsGetNothing() {
        node(planet()).introduce(PEER, List.of(), nowMs);
        node.forbid(endpoint -> endpoint.toString().startsWith("10.147."));
        pass(100);
        out.clear();
        List<Endpoint> forbidden = new ArrayList<>();
        for (String target : List.of(
                "127.0.0.1/53",
                "224.0.0.1/9993",
                "255.255.255.255/9993",
                "0.0.0.0/9",
                "10.147.0.9/9993",
                "::1/9",
                "ff02::1/9")) {
            forbidden.add(Endpoint.parse(target));
        }
        List<DirectPaths.Offer> offers =
                forbidden.stream().map(DirectPaths.Offer::new).toList();
        WireWriter push = new WireWriter(512);
        new DirectPaths(offers).write(push);
        for (int i = 0; i < 40; i++) {
            from(PEER, AT_PEER, Verb.PUSH_DIRECT_PATHS, push.toByteArray());
            for (Endpoint target : forbidden) {
                WireWriter payload = new WireWriter(32);
                new Rendezvous(0, PEER.address(), target).write(payload);
                from(ROOT, AT_ROOT, Verb.RENDEZVOUS, payload.toByteArray());
            }
            pass(1_000);
        }
        assertThat(out).extracting(Bench.Sent::to).doesNotContainAnyElementsOf(forbidden);
    }

    /** A push names many endpoints; what they cause is bounded by their kind, and by how often. */
    @Test
    void pushedEndpointsAreTriedInBoundedNumbers() {
        node(null).introduce(PEER, List.of(), nowMs);
        pass(100);
        out.clear();
        for (int i = 0; i < 100; i++) {
            List<DirectPaths.Offer> offers = new ArrayList<>();
            for (int each = 0; each < 40; each++) {
                offers.add(new DirectPaths.Offer(Endpoint.ofV4(0x2d000000 + 256 * i + each, 9)));
            }
            WireWriter push = new WireWriter(1_200);
            new DirectPaths(offers).write(push);
            from(PEER, AT_PEER, Verb.PUSH_DIRECT_PATHS, push.toByteArray());
        }
        Map<Boolean, Long> tried = out.stream()
                .collect(java.util.stream.Collectors.partitioningBy(
                        sent -> sent.to().equals(AT_PEER), java.util.stream.Collectors.counting()));
        assertThat(tried.get(false)).isLessThanOrEqualTo(Limits.PUSH_PATHS_MESSAGES * Limits.PUSH_PATHS_PER_SCOPE);
        assertThat(out.stream().mapToLong(sent -> sent.bytes().length).sum()).isLessThanOrEqualTo(bytesIn);
    }
}
