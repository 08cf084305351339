package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// VL1 checklist 24, 25, 28, 29
class PacketSwitchTest {
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);
    private static final SessionKeys KEYS = A.agree(B);
    private static final Endpoint AT_A = Endpoint.parse("10.1.0.1/9993");
    private static final Endpoint AT_B = Endpoint.parse("10.2.0.2/9993");
    private static final long NOW_MS = 1_700_000_000_000L;

    private final List<byte[]> wire = new ArrayList<>();
    private final Side a = new Side(A);
    private final Side b = new Side(B);

    /** A lane and what comes out of it. */
    private final class Side implements PacketSwitch.Out {
        final Deque<String> out = new ArrayDeque<>();
        final DropCounters drops = new DropCounters();
        final Stamps stamps = new Stamps(8, 8);
        final PacketSwitch lane;
        byte[] last = {};

        Side(Identity self) {
            PacketIds ids = PacketIds.forLanes(1, RandomSource.of(new Random(self.address())))[0];
            lane = new PacketSwitch(self.address(), new Armor(), ids, stamps, drops, this);
        }

        @Override
        public void datagram(int socket, Endpoint to, byte[] slot, int at, int length) {
            wire.add(Arrays.copyOfRange(slot, at, at + length));
        }

        @Override
        public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
            out.add("frame " + length);
            last = Arrays.copyOfRange(slot, at, at + length);
        }

        @Override
        public void toControl(Stage stage, int socket, Endpoint from, byte[] slot, int at, int length) {
            out.add(stage + " " + length);
            last = Arrays.copyOfRange(slot, at, at + length);
        }
    }

    PacketSwitchTest() {
        a.lane.peers(table(peer(B, 12, AT_B)));
        b.lane.peers(table(peer(A, 12, AT_A)));
    }

    private static PeerRecord peer(Identity identity, int protocol, Endpoint at) {
        PathRecord path = new PathRecord(1, 0, at, Wire.DEFAULT_MTU);
        return new PeerRecord(identity, 2, KEYS, protocol, path, null, path);
    }

    private static PeerTable table(PeerRecord... peers) {
        return new PeerTable(Arrays.stream(peers).map(PeerRef::new).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {28, 29, 100, 1432, 1433, 2876, 2900, 5000, 9000, 9928})
    void whatOneLaneSendsTheOtherReceives(int length) {
        byte[] packet = packet(length);
        assertThat(send(packet, Verb.FRAME)).isTrue();
        assertThat(wire).allSatisfy(datagram -> assertThat(datagram.length).isLessThanOrEqualTo(Wire.DEFAULT_MTU));
        long lengths =
                wire.stream().mapToInt(datagram -> datagram.length).distinct().count();
        assertThat(lengths).isLessThanOrEqualTo(2);
        deliver(AT_A);
        assertThat(b.out).containsExactly("frame " + length);
        assertThat(Arrays.copyOfRange(b.last, 28, length)).isEqualTo(Arrays.copyOfRange(packet(length), 28, length));
        assertThat(a.stamps.pathSentMs(1)).isEqualTo(NOW_MS);
        assertThat(b.stamps.pathHeardMs(1)).isEqualTo(NOW_MS);
        assertThat(b.stamps.frameHeardMs(2)).isEqualTo(NOW_MS);
        assertThat(b.stamps.frameRelayedMs(2)).isZero();
    }

    @Test
    void whatNoSevenPiecesCanCarryIsDropped() {
        assertThat(send(packet(9929), Verb.FRAME)).isTrue();
        assertThat(wire).isEmpty();
        assertThat(a.drops.get(Drop.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void withoutAPathNothingIsDone() {
        PeerRecord pathless = new PeerRecord(B, 2, KEYS, 12, null, null);
        byte[] packet = packet(100);
        assertThat(a.lane.send(pathless, Verb.FRAME, packet, 0, 100, NOW_MS)).isFalse();
        assertThat(packet).isEqualTo(packet(100));
    }

    @Test
    void withoutADirectPathTheRelayIsUsed() {
        PathRecord relay = new PathRecord(3, 1, Endpoint.parse("10.9.9.9/1"), Wire.DEFAULT_MTU);
        PeerRecord relayed = new PeerRecord(B, 2, KEYS, 12, null, relay);
        assertThat(a.lane.send(relayed, Verb.FRAME, packet(100), 0, 100, NOW_MS))
                .isTrue();
        assertThat(a.stamps.pathSentMs(3)).isEqualTo(NOW_MS);
    }

    @Test
    void theSuiteFollowsTheProtocolOfThePeer() {
        for (int protocol : new int[] {0, 4, 11, 12, 13}) {
            a.lane.send(peer(B, protocol, AT_B), Verb.FRAME, packet(50), 0, 50, NOW_MS);
            int expected = protocol >= 12 ? Wire.SUITE_AES_GMAC_SIV : Wire.SUITE_SALSA_POLY1305;
            assertThat(PacketHeader.suite(wire.removeLast(), 0)).isEqualTo(expected);
        }
    }

    @Test
    void controlVerbsGoToControlOpenedWithTheIdFromTheWire() {
        send(packet(60), Verb.ECHO);
        long onWire = PacketHeader.packetId(wire.getFirst(), 0);
        deliver(AT_A);
        assertThat(b.out).containsExactly("OPENED 60");
        assertThat(PacketHeader.packetId(b.last, 0)).isEqualTo(onWire);
        assertThat(PacketHeader.verb(b.last, 0)).isEqualTo(Verb.ECHO);
    }

    @Test
    void framesThatCameDirectlyOverAnUnknownPathGoToControl() {
        send(packet(60), Verb.FRAME);
        deliver(Endpoint.parse("10.7.7.7/7"));
        assertThat(b.out).containsExactly("OPENED 60");
        assertThat(b.stamps.frameHeardMs(2)).isZero();
    }

    @Test
    void relayedFramesStayOnTheLane() {
        send(packet(60), Verb.FRAME);
        PacketHeader.hops(wire.getFirst(), 0, 2);
        deliver(Endpoint.parse("10.7.7.7/7"));
        assertThat(b.out).containsExactly("frame 60");
        assertThat(b.stamps.pathHeardMs(1)).isZero();
        assertThat(b.stamps.frameRelayedMs(2)).isEqualTo(NOW_MS);
    }

    @Test
    void strangersAndHellosAndPacketsOfOthersGoToControlAsTheyCame() {
        b.lane.peers(PeerTable.EMPTY);
        send(packet(60), Verb.FRAME);
        send(packet(2000), Verb.FRAME);
        byte[] hello = packet(150);
        PacketHeader.put(hello, 0, 5, B.address(), A.address(), Verb.HELLO);
        new Armor().seal(hello, 0, hello.length, KEYS, Wire.SUITE_POLY1305);
        wire.add(hello);
        byte[] foreign = packet(70);
        PacketHeader.put(foreign, 0, 6, 0x1234567890L, A.address(), Verb.FRAME);
        wire.add(foreign);
        byte[] foreignPiece = packet(80);
        FragmentHeader.put(foreignPiece, 0, 6, 0x1234567890L, 2, 1);
        wire.add(foreignPiece);
        List<byte[]> sent = List.copyOf(wire);
        deliver(AT_A);
        assertThat(b.out).containsExactly("SEALED 60", "REASSEMBLED 2000", "SEALED 150", "SEALED 70", "SEALED 80");
        assertThat(PacketHeader.isFragmented(sent.get(1), 0)).isTrue();
    }

    @Test
    void faultsAreCountedByName() {
        send(packet(60), Verb.FRAME);
        byte[] sealed = wire.removeFirst();
        byte[] bent = sealed.clone();
        bent[40] ^= 1;
        byte[] trusted = sealed.clone();
        trusted[PacketHeader.FLAGS] = 0x10;
        byte[] own = sealed.clone();
        PacketHeader.put(own, 0, 1, B.address(), B.address(), Verb.FRAME);
        byte[] unknownSuite = sealed.clone();
        unknownSuite[PacketHeader.FLAGS] = 0x20;
        wire.addAll(List.of(bent, trusted, unknownSuite, own, new byte[16], new byte[20], new byte[10_030]));
        deliver(AT_A);
        assertThat(b.out).isEmpty();
        assertThat(b.drops.get(Drop.BAD_MAC)).isEqualTo(1);
        assertThat(b.drops.get(Drop.BAD_TRUSTED_PATH)).isEqualTo(1);
        assertThat(b.drops.get(Drop.BAD_SUITE)).isEqualTo(1);
        assertThat(b.drops.get(Drop.OWN_SOURCE)).isEqualTo(1);
        assertThat(b.drops.get(Drop.TOO_SHORT)).isEqualTo(2);
        assertThat(b.drops.get(Drop.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void compressedFramesArriveDecompressed() {
        byte[] packet = new byte[600];
        PacketHeader.put(packet, 0, 77, B.address(), A.address(), Verb.MULTICAST_FRAME);
        int length = new Compression().compress(packet, 0, packet.length);
        assertThat(length).isLessThan(100);
        new Armor().seal(packet, 0, length, KEYS, Wire.SUITE_AES_GMAC_SIV);
        wire.add(Arrays.copyOf(packet, length));
        deliver(AT_A);
        assertThat(b.out).containsExactly("frame 600");
        assertThat(PacketHeader.isCompressed(b.last, 0)).isFalse();
    }

    @Test
    void sendingAndReceivingAllocateNothing() {
        Quiet quiet = new Quiet();
        PacketIds[] ids = PacketIds.forLanes(2, RandomSource.of(new Random(3)));
        PacketSwitch from = new PacketSwitch(A.address(), new Armor(), ids[0], a.stamps, a.drops, quiet);
        PacketSwitch to = new PacketSwitch(B.address(), new Armor(), ids[1], b.stamps, b.drops, quiet);
        to.peers(table(peer(A, 12, AT_A)));
        quiet.to = to;
        PeerRecord modern = peer(B, 12, AT_B);
        PeerRecord old = peer(B, 11, AT_B);
        byte[] slot = new byte[4096];
        for (int i = 0; i < 20_000; i++) {
            round(from, modern, old, slot);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long before = threads.getThreadAllocatedBytes(thread);
        int rounds = 5_000;
        for (int i = 0; i < rounds; i++) {
            round(from, modern, old, slot);
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(quiet.frames).isEqualTo(3 * (20_000 + rounds));
        assertThat(allocated).isLessThan(rounds);
    }

    private static void round(PacketSwitch from, PeerRecord modern, PeerRecord old, byte[] slot) {
        from.send(modern, Verb.FRAME, slot, 64, 1400, NOW_MS);
        from.send(modern, Verb.FRAME, slot, 64, 2900, NOW_MS);
        from.send(old, Verb.FRAME, slot, 64, 500, NOW_MS);
    }

    /** Carries datagrams from one lane to the other without keeping anything. */
    private static final class Quiet implements PacketSwitch.Out {
        private final byte[] copy = new byte[2048];
        private PacketSwitch to;
        private int frames;

        @Override
        public void datagram(int socket, Endpoint endpoint, byte[] slot, int at, int length) {
            System.arraycopy(slot, at, copy, 0, length);
            to.onDatagram(socket, AT_A, copy, 0, length, NOW_MS);
        }

        @Override
        public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
            frames++;
        }

        @Override
        public void toControl(Stage stage, int socket, Endpoint from, byte[] slot, int at, int length) {}
    }

    private boolean send(byte[] packet, int verb) {
        PeerRecord to = a.lane.peers().find(B.address()).record;
        return a.lane.send(to, verb, packet, 0, packet.length, NOW_MS);
    }

    private void deliver(Endpoint from) {
        for (byte[] datagram : wire) {
            b.lane.onDatagram(0, from, datagram, 0, datagram.length, NOW_MS);
        }
        wire.clear();
    }

    private static byte[] packet(int length) {
        byte[] packet = new byte[length];
        for (int i = 0; i < length; i++) {
            packet[i] = (byte) (i * 31);
        }
        return packet;
    }
}
