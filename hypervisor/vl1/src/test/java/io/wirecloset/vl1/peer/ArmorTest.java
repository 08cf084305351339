package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.wire.PacketHeader;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArmorTest {
    private final Armor armor = new Armor();

    static Stream<Vectors.Case> armored() {
        return Stream.of("vl1-packet-armor", "vl1-packet-compressed", "vl1-packet-fragmented")
                .flatMap(Vectors::cases);
    }

    // VL1 checklist 12, 13, 14, 24
    @ParameterizedTest
    @MethodSource("armored")
    void sealsAsTheStockNodeDoes(Vectors.Case vector) {
        byte[] packet = vector.hex("plain");
        byte[] wire = vector.hex("wire");
        if (PacketHeader.isFragmented(wire, 0)) {
            PacketHeader.setFragmented(packet, 0);
        }
        armor.seal(packet, 0, packet.length, keys(vector), vector.number("suite"));
        assertThat(packet).isEqualTo(wire);
    }

    // VL1 checklist 12, 13, 14, 16
    @ParameterizedTest
    @MethodSource("armored")
    void opensWhatTheStockNodeSealed(Vectors.Case vector) {
        byte[] plain = vector.hex("plain");
        opens(vector, vector.hex("wire"), plain);
        if (vector.has("wire_after_two_relay_hops")) {
            opens(vector, vector.hex("wire_after_two_relay_hops"), plain);
        }
    }

    private void opens(Vectors.Case vector, byte[] wire, byte[] plain) {
        int at = 5;
        byte[] slot = new byte[at + wire.length];
        System.arraycopy(wire, 0, slot, at, wire.length);
        assertThat(armor.open(slot, at, wire.length, keys(vector))).isTrue();
        assertThat(Arrays.copyOfRange(slot, at, at + 27)).isEqualTo(Arrays.copyOf(wire, 27));
        assertThat(Arrays.copyOfRange(slot, at + 27, slot.length))
                .isEqualTo(Arrays.copyOfRange(plain, 27, plain.length));
    }

    static Stream<Vectors.Case> tampered() {
        return Vectors.cases("vl1-packet-tamper");
    }

    // VL1 checklist 16, 17, 18
    @ParameterizedTest
    @MethodSource("tampered")
    void rejectsWhatWasChangedOnTheWay(Vectors.Case vector) {
        byte[] packet = vector.hex("wire");
        assertThat(armor.open(packet, 0, packet.length, keys(vector))).isEqualTo(vector.flag("accepted"));
        if (!vector.flag("accepted")) {
            assertThat(packet).isEqualTo(vector.hex("wire"));
        }
    }

    static Stream<Vectors.Case> trusted() {
        return Vectors.cases("vl1-packet-trusted");
    }

    // VL1 checklist 15: the bytes; who may use them is decided by configuration
    @ParameterizedTest
    @MethodSource("trusted")
    void trustedPathsCarryTheirIdAndNoSeal(Vectors.Case vector) {
        byte[] packet = vector.hex("plain");
        long id = Long.parseUnsignedLong(vector.text("trusted_path_id"), 16);
        PacketHeader.sealTrusted(packet, 0, id);
        assertThat(packet).isEqualTo(vector.hex("wire"));
        assertThat(PacketHeader.suite(packet, 0)).isEqualTo(2);
        assertThat(PacketHeader.mac(packet, 0)).isEqualTo(id);
        assertThat(armor.open(packet, 0, packet.length, SessionKeys.of(new byte[48])))
                .isFalse();
    }

    // VL1 checklist 16, 17, 78
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void everyBitButTheHopsIsAuthenticated(int suite) {
        SessionKeys keys = randomKeys(5);
        byte[] sealed = new byte[60];
        new Random(6).nextBytes(sealed);
        armor.seal(sealed, 0, sealed.length, keys, suite);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] packet = sealed.clone();
            packet[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] before = packet.clone();
            boolean hopBit = bit / 8 == PacketHeader.FLAGS && bit % 8 < 3;
            assertThat(armor.open(packet, 0, packet.length, keys))
                    .as("bit %d", bit)
                    .isEqualTo(hopBit);
            if (!hopBit) {
                assertThat(packet).as("bit %d", bit).isEqualTo(before);
            }
        }
    }

    // VL1 checklist 78
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aPacketCutAnywhereDoesNotOpen(int suite) {
        SessionKeys keys = randomKeys(7);
        byte[] sealed = new byte[200];
        armor.seal(sealed, 0, sealed.length, keys, suite);
        for (int length = 0; length < sealed.length; length++) {
            byte[] packet = Arrays.copyOf(sealed, length);
            assertThat(armor.open(packet, 0, length, keys)).isFalse();
            assertThat(packet).isEqualTo(Arrays.copyOf(sealed, length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void whatIsSealedOpensAgainAndNothingAroundItChanges(int suite) {
        Random random = new Random(8);
        for (int round = 0; round < 300; round++) {
            SessionKeys keys = randomKeys(round);
            byte[] slot = new byte[3_000];
            random.nextBytes(slot);
            int at = random.nextInt(100);
            int length = PacketHeader.LENGTH + random.nextInt(2_800);
            slot[at + PacketHeader.FLAGS] = 0;
            byte[] before = slot.clone();
            armor.seal(slot, at, length, keys, suite);
            PacketHeader.hops(slot, at, random.nextInt(8));
            assertThat(armor.open(slot, at, length, keys)).isTrue();
            System.arraycopy(before, at, slot, at, PacketHeader.VERB);
            assertThat(slot).as("round %d", round).isEqualTo(before);
        }
    }

    // VL1 checklist 18
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 6, 7})
    void noKeySealsOtherSuites(int suite) {
        assertThatThrownBy(() -> armor.seal(new byte[40], 0, 40, randomKeys(9), suite))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theHelloSectionIsItsOwnInverse() {
        SessionKeys keys = randomKeys(10);
        byte[] packet = new byte[200];
        byte[] before = packet.clone();
        armor.cryptHelloSection(packet, 0, 150, 50, keys);
        assertThat(Arrays.copyOf(packet, 150)).isEqualTo(Arrays.copyOf(before, 150));
        assertThat(packet).isNotEqualTo(before);
        // only the three lowest bits of the id leave the key stream as it is
        PacketHeader.packetId(packet, 0, 7);
        armor.cryptHelloSection(packet, 0, 150, 50, keys);
        assertThat(Arrays.copyOfRange(packet, 150, 200)).isEqualTo(new byte[50]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void sealingAndOpeningAllocateNothing(int suite) {
        SessionKeys keys = randomKeys(11);
        byte[] slot = new byte[1_500];
        work(slot, keys, suite, 30_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            work(slot, keys, suite, 1_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1_000);
    }

    // ---- each border, from both sides

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aPacketOfAHeaderAndAVerbIsTheShortest(int suite) {
        SessionKeys keys = randomKeys(12);
        byte[] packet = new byte[PacketHeader.LENGTH];
        packet[PacketHeader.VERB] = 8;
        armor.seal(packet, 0, PacketHeader.LENGTH, keys, suite);
        assertThat(armor.open(packet.clone(), 0, PacketHeader.LENGTH - 1, keys)).isFalse();
        assertThat(armor.open(packet, 0, PacketHeader.LENGTH, keys)).isTrue();
        assertThat(PacketHeader.verb(packet, 0)).isEqualTo(8);
        assertThatThrownBy(() -> armor.seal(packet, 0, PacketHeader.LENGTH - 1, keys, suite))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void sealingKeepsHopsAndTheFragmentedFlagAndNothingElse(int suite) {
        SessionKeys keys = randomKeys(13);
        for (int flags = 0; flags < 256; flags++) {
            byte[] packet = new byte[50];
            packet[PacketHeader.FLAGS] = (byte) flags;
            armor.seal(packet, 0, packet.length, keys, suite);
            int expected = flags & 0x47 | suite << 3 | (suite == 1 ? 0x80 : 0);
            assertThat(PacketHeader.flags(packet, 0)).isEqualTo(expected);
            assertThat(armor.open(packet, 0, packet.length, keys)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void theSendersIdIsKnownAfterOpening(int suite) {
        SessionKeys keys = randomKeys(14);
        byte[] packet = new byte[64];
        PacketHeader.packetId(packet, 0, 0x0123456789abcdefL);
        armor.seal(packet, 0, packet.length, keys, suite);
        boolean changed = PacketHeader.packetId(packet, 0) != 0x0123456789abcdefL;
        assertThat(changed).isEqualTo(suite == 3);
        assertThat(armor.idOf(packet, 0, keys)).isEqualTo(0x0123456789abcdefL);
        assertThat(armor.open(packet, 0, packet.length, keys)).isTrue();
        assertThat(armor.openedId()).isEqualTo(0x0123456789abcdefL);
        assertThat(armor.idOf(packet, 0, keys)).as("opened already").isEqualTo(0x0123456789abcdefL);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 6, 7})
    void noKeyOpensOtherSuites(int suite) {
        byte[] packet = new byte[50];
        armor.seal(packet, 0, packet.length, randomKeys(15), 1);
        packet[PacketHeader.FLAGS] = (byte) (packet[PacketHeader.FLAGS] & ~0x38 | suite << 3);
        byte[] before = packet.clone();
        assertThat(armor.open(packet, 0, packet.length, randomKeys(15))).isFalse();
        assertThat(packet).isEqualTo(before);
    }

    private void work(byte[] slot, SessionKeys keys, int suite, int packets) {
        for (int i = 0; i < packets; i++) {
            armor.seal(slot, 40, 1_400, keys, suite);
            if (!armor.open(slot, 40, 1_400, keys)) {
                throw new AssertionError("did not open");
            }
        }
    }

    private static SessionKeys keys(Vectors.Case vector) {
        return SessionKeys.of(vector.hex("key48"));
    }

    private static SessionKeys randomKeys(long seed) {
        byte[] key = new byte[48];
        new Random(seed).nextBytes(key);
        return SessionKeys.of(key);
    }
}
