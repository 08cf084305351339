package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FragmenterTest {
    static Stream<Vectors.Case> fragmented() {
        return Vectors.cases("vl1-packet-fragmented");
    }

    // VL1 checklist 21
    @ParameterizedTest
    @MethodSource("fragmented")
    void cutAtTheMtuItGivesTheDatagramsOfTheStockNode(Vectors.Case vector) {
        byte[] wire = vector.hex("wire");
        int mtu = vector.number("mtu");
        assertThat(Fragmenter.pieces(wire.length, mtu)).isEqualTo(vector.number("total_fragments"));
        List<String> expected = new ArrayList<>();
        vector.json().get("datagrams").forEach(datagram -> expected.add(datagram.asText()));
        assertThat(cut(wire, Fragmenter.pieces(wire.length, mtu), mtu).stream().map(HexFormat.of()::formatHex))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 1400, 1432, 1500, 2800, 8972})
    void equalPiecesAreAsManyAsTheStockNodesAndAllButTheLastOfOneLength(int mtu) {
        for (int length = PacketHeader.LENGTH; length <= Wire.MAX_PACKET_BYTES; length++) {
            int pieces = Fragmenter.pieces(length, mtu);
            int each = pieces == 1 ? length : Fragmenter.pieceBytes(length, pieces);
            int last = Fragmenter.datagramBytes(length, each, pieces - 1);
            assertThat(each).isLessThanOrEqualTo(mtu).isGreaterThanOrEqualTo(PacketHeader.LENGTH);
            assertThat(last).isBetween(each - pieces + 1, each).isGreaterThan(FragmentHeader.LENGTH);
            assertThat((pieces - 1) * (each - FragmentHeader.LENGTH) + last)
                    .as("length %d", length)
                    .isEqualTo(length);
        }
    }

    @Test
    void thePiecesPutTogetherAreThePacket() {
        Random random = new Random(30);
        for (int round = 0; round < 500; round++) {
            byte[] packet = new byte[1_400 + random.nextInt(Wire.MAX_PACKET_BYTES - 1_400)];
            random.nextBytes(packet);
            packet[PacketHeader.SOURCE] = 1;
            int pieces = Fragmenter.pieces(packet.length, 1_432);
            int each = pieces == 1 ? packet.length : Fragmenter.pieceBytes(packet.length, pieces);
            assertThat(join(cut(packet, pieces, each))).isEqualTo(packet);
        }
    }

    /** What does not fit in seven pieces is told by the count, so that the sender can drop it by name. */
    @Test
    void sevenPiecesCarryAllThatStockNodesAccept() {
        assertThat(Fragmenter.pieces(9_928, 1_432)).isEqualTo(7);
        assertThat(Fragmenter.pieces(9_929, 1_432)).isEqualTo(8);
        assertThat(Fragmenter.pieces(1_432, 1_432)).isEqualTo(1);
        assertThat(Fragmenter.pieces(1_433, 1_432)).isEqualTo(2);
    }

    /** As a sender does: each piece leaves before the next one's header is written over its end. */
    private static List<byte[]> cut(byte[] packet, int pieces, int each) {
        int at = 9;
        byte[] slot = new byte[at + packet.length];
        System.arraycopy(packet, 0, slot, at, packet.length);
        List<byte[]> datagrams = new ArrayList<>();
        for (int number = 0; number < pieces; number++) {
            if (number > 0) {
                Fragmenter.putHeader(slot, at, each, pieces, number);
            }
            int from = Fragmenter.datagramAt(at, each, number);
            datagrams.add(Arrays.copyOfRange(slot, from, from + Fragmenter.datagramBytes(packet.length, each, number)));
        }
        return datagrams;
    }

    private static byte[] join(List<byte[]> datagrams) {
        byte[] head = datagrams.getFirst();
        byte[] packet = head;
        for (int number = 1; number < datagrams.size(); number++) {
            byte[] piece = datagrams.get(number);
            assertThat(FragmentHeader.isFragment(piece, 0)).isTrue();
            assertThat(FragmentHeader.number(piece, 0)).isEqualTo(number);
            assertThat(FragmentHeader.total(piece, 0)).isEqualTo(datagrams.size());
            assertThat(FragmentHeader.packetId(piece, 0)).isEqualTo(PacketHeader.packetId(head, 0));
            assertThat(FragmentHeader.destination(piece, 0)).isEqualTo(PacketHeader.destination(head, 0));
            assertThat(FragmentHeader.hops(piece, 0)).isZero();
            int had = packet.length;
            packet = Arrays.copyOf(packet, had + piece.length - FragmentHeader.LENGTH);
            System.arraycopy(piece, FragmentHeader.LENGTH, packet, had, piece.length - FragmentHeader.LENGTH);
        }
        return packet;
    }
}
