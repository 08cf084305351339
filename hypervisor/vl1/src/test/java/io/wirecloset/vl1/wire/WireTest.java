package io.wirecloset.vl1.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    @Test
    void whatIsWrittenIsReadAgain() {
        WireWriter out = new WireWriter(1)
                .u8(0xfe)
                .u16(0xfedc)
                .u32(0xfedcba98L)
                .u64(0xfedcba9876543210L)
                .address(0xfedcba9876L)
                .bytes(new byte[] {1, 2, 3})
                .zeros(2);
        WireReader in = new WireReader(out.toByteArray());
        assertThat(in.u8()).isEqualTo(0xfe);
        assertThat(in.u16()).isEqualTo(0xfedc);
        assertThat(in.u32()).isEqualTo(0xfedcba98L);
        assertThat(in.u64()).isEqualTo(0xfedcba9876543210L);
        assertThat(in.address()).isEqualTo(0xfedcba9876L);
        assertThat(in.position()).isEqualTo(20);
        assertThat(in.slice(2).bytes(2)).containsExactly(1, 2);
        assertThat(in.bytes(3)).containsExactly(3, 0, 0);
        assertThat(in.hasRemaining()).isFalse();
    }

    static List<Consumer<WireReader>> reads() {
        return List.of(
                WireReader::u8,
                WireReader::u16,
                WireReader::u32,
                WireReader::u64,
                WireReader::address,
                in -> in.bytes(9),
                in -> in.bytes(Integer.MAX_VALUE),
                in -> in.bytes(-1),
                in -> in.bytes(new byte[9], 0, 9),
                in -> in.skip(9),
                in -> in.skip(-1),
                in -> in.slice(9));
    }

    // VL1 checklist 78
    @ParameterizedTest
    @MethodSource("reads")
    void readingBeyondTheRangeIsMalformedAndMovesNothing(Consumer<WireReader> read) {
        WireReader in = new WireReader(new byte[20], 3, 8);
        in.skip(8);
        assertThatThrownBy(() -> read.accept(in)).isInstanceOf(MalformedException.class);
        assertThat(in.remaining()).isZero();
        assertThat(in.position()).isEqualTo(8);
    }

    @Test
    void aWriterStopsAtItsLimit() {
        byte[] buffer = new byte[10];
        WireWriter out = new WireWriter(buffer, 2, 6);
        out.u16(0x0102).u16(0x0304);
        assertThatThrownBy(() -> out.u8(1)).isInstanceOf(IllegalStateException.class);
        out.u16At(0, 0x0506);
        assertThat(buffer).containsExactly(0, 0, 5, 6, 3, 4, 0, 0, 0, 0);
        assertThat(out.length()).isEqualTo(4);
        out.reset();
        assertThat(out.length()).isZero();
        WireWriter grows = new WireWriter(0);
        grows.zeros(Limits.WRITER_BYTES);
        assertThatThrownBy(() -> grows.u8(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void addressesAndNetworkIdsAreHexOfFixedLength() {
        assertThat(Addresses.parse("00fedcBA98")).isEqualTo(0x00fedcba98L);
        assertThat(Addresses.format(0x00fedcba98L)).isEqualTo("00fedcba98");
        assertThat(NetworkIds.parse("8056c2e21c000001")).isEqualTo(0x8056c2e21c000001L);
        assertThat(NetworkIds.format(0x8056c2e21c000001L)).isEqualTo("8056c2e21c000001");
        assertThat(NetworkIds.controllerOf(0x8056c2e21c000001L)).isEqualTo(0x8056c2e21cL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "123456789", "12345678901", "12345678g0", "+123456789", "１234567890"})
    void otherTextIsNoAddress(String text) {
        assertThatThrownBy(() -> Addresses.parse(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void zeroAndAllThatBeginsWithFfIsReserved() {
        assertThat(Addresses.isReserved(0)).isTrue();
        assertThat(Addresses.isReserved(0xff00000000L)).isTrue();
        assertThat(Addresses.isReserved(0xffffffffffL)).isTrue();
        assertThat(Addresses.isReserved(1)).isFalse();
        assertThat(Addresses.isReserved(0xfeffffffffL)).isFalse();
    }

    @Test
    void aHeaderStandsWhereTheNotesSay() {
        byte[] slot = new byte[40];
        PacketHeader.put(slot, 3, 0x0102030405060708L, 0x1112131415L, 0x2122232425L, Verb.ECHO);
        PacketHeader.setFragmented(slot, 3);
        PacketHeader.hops(slot, 3, 5);
        PacketHeader.mac(slot, 3, 0x3132333435363738L);
        assertThat(slot)
                .containsExactly(
                        0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x21, 0x22, 0x23, 0x24, 0x25,
                        0x45, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(PacketHeader.packetId(slot, 3)).isEqualTo(0x0102030405060708L);
        assertThat(PacketHeader.destination(slot, 3)).isEqualTo(0x1112131415L);
        assertThat(PacketHeader.source(slot, 3)).isEqualTo(0x2122232425L);
        assertThat(PacketHeader.hops(slot, 3)).isEqualTo(5);
        assertThat(PacketHeader.isFragmented(slot, 3)).isTrue();
        assertThat(PacketHeader.verb(slot, 3)).isEqualTo(Verb.ECHO);
        assertThat(FragmentHeader.isFragment(slot, 3)).isFalse();
    }

    @Test
    void aFragmentHeaderStandsWhereTheNotesSay() {
        byte[] slot = new byte[17];
        FragmentHeader.put(slot, 1, 0x0102030405060708L, 0x1112131415L, 7, 3);
        assertThat(slot).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, (byte) 0xff, 0x73, 0);
        FragmentHeader.hops(slot, 1, 2);
        assertThat(FragmentHeader.isFragment(slot, 1)).isTrue();
        assertThat(FragmentHeader.packetId(slot, 1)).isEqualTo(0x0102030405060708L);
        assertThat(FragmentHeader.destination(slot, 1)).isEqualTo(0x1112131415L);
        assertThat(FragmentHeader.total(slot, 1)).isEqualTo(7);
        assertThat(FragmentHeader.number(slot, 1)).isEqualTo(3);
        assertThat(FragmentHeader.hops(slot, 1)).isEqualTo(2);
    }

    /** The numbers of the notes, so that a slip of a digit is found by name. */
    @Test
    void constantsAreThoseOfTheNotes() {
        assertThat(Wire.PROTOCOL_VERSION).isEqualTo(12);
        assertThat(Wire.PROTOCOL_VERSION_MIN).isEqualTo(4);
        assertThat(Wire.DEFAULT_PORT).isEqualTo(9993);
        assertThat(Wire.DEFAULT_MTU).isEqualTo(1432);
        assertThat(Wire.MAX_PACKET_BYTES).isEqualTo(10_024);
        assertThat(Wire.MAX_PAYLOAD_BYTES).isEqualTo(9_996);
        assertThat(Wire.MAX_FRAGMENTS).isEqualTo(7);
        assertThat(Wire.RELAY_MAX_HOPS).isEqualTo(3);
        assertThat(PacketHeader.LENGTH).isEqualTo(28);
        assertThat(FragmentHeader.LENGTH).isEqualTo(16);
        assertThat(Timing.PATH_ALIVE_MS).isEqualTo(19_000);
        assertThat(Timing.PATH_EXPIRES_MS).isEqualTo(243_000);
        assertThat(Timing.PEER_PING_MS).isEqualTo(60_000);
        assertThat(Timing.PEER_ACTIVITY_MS).isEqualTo(500_000);
        assertThat(Timing.PING_CHECK_MS).isEqualTo(5_000);
        assertThat(Timing.ECHO_ANSWER_MS).isEqualTo(166);
        assertThat(Timing.VALIDATION_GATE_MS).isEqualTo(2_000);
        assertThat(Limits.PATHS_PER_PEER).isEqualTo(64);
        assertThat(Limits.REASSEMBLY_SLOTS).isEqualTo(32);
        assertThat(Limits.GATE_BUCKETS).isEqualTo(16_384);
        assertThat(Verb.name(Verb.PATH_NEGOTIATION_REQUEST)).isEqualTo("PATH_NEGOTIATION_REQUEST");
        assertThat(Verb.name(0x1f)).isEqualTo("0x1f");
        assertThat(ErrorCode.name(ErrorCode.NETWORK_AUTHENTICATION_REQUIRED))
                .isEqualTo("NETWORK_AUTHENTICATION_REQUIRED");
    }

    @Test
    void dropsAreCountedByName() {
        DropCounters counters = new DropCounters();
        counters.count(Drop.BAD_MAC);
        counters.count(Drop.BAD_MAC, 2);
        counters.count(Drop.QUEUE_FULL);
        assertThat(counters.get(Drop.BAD_MAC)).isEqualTo(3);
        assertThat(counters.get(Drop.NO_PATH)).isZero();
        assertThat(counters.total()).isEqualTo(4);
    }
}
