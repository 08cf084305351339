package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Vectors.Case;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

// VL1 checklist 22, 23
class ReassemblerTest {
    private static final Endpoint A = Endpoint.parse("10.1.1.1/9993");
    private static final Endpoint B = Endpoint.parse("10.2.2.2/9993");

    private final DropCounters drops = new DropCounters();
    private final Reassembler reassembler = new Reassembler(drops);

    static Stream<Case> cases() {
        return Vectors.cases("vl1-packet-fragmented")
                .filter(c -> c.json().get("datagrams").size() > 1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void piecesInAnyOrderAndTwiceGiveThePacket(Case c) {
        List<byte[]> datagrams = datagrams(c);
        byte[] wire = c.hex("wire");
        for (int seed = 0; seed < 20; seed++) {
            List<byte[]> mixed = new ArrayList<>(datagrams);
            mixed.addAll(datagrams.subList(0, datagrams.size() / 2));
            if (seed > 0) {
                Collections.shuffle(mixed, new Random(seed));
            }
            Reassembler fresh = new Reassembler(drops);
            byte[] whole = null;
            for (byte[] datagram : mixed) {
                int length = add(fresh, A, datagram, 0);
                if (length > 0 && whole == null) {
                    whole = Arrays.copyOfRange(fresh.packet(), fresh.packetAt(), fresh.packetAt() + length);
                }
            }
            assertThat(whole).as("seed " + seed).isEqualTo(wire);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutAnyOneOfThePiecesThereIsNoPacket(Case c) {
        List<byte[]> datagrams = datagrams(c);
        for (int missing = 0; missing < datagrams.size(); missing++) {
            Reassembler fresh = new Reassembler(drops);
            for (int i = 0; i < datagrams.size(); i++) {
                if (i != missing) {
                    assertThat(add(fresh, A, datagrams.get(i), 0)).isZero();
                }
            }
        }
    }

    @Test
    void fragmentsWithImpossibleNumbersAreRefused() {
        for (int total = 0; total < 16; total++) {
            for (int number = 0; number < 16; number++) {
                boolean possible = total >= 2 && total <= 7 && number >= 1 && number < total;
                long before = drops.get(Drop.BAD_FRAGMENT);
                add(reassembler, A, fragment(1000 + total * 16 + number, total, number, 100), 0);
                assertThat(drops.get(Drop.BAD_FRAGMENT) - before).isEqualTo(possible ? 0 : 1);
            }
        }
    }

    @Test
    void piecesThatTogetherAreTooLongAreDropped() {
        add(reassembler, A, fragment(1, 3, 1, 9000), 0);
        add(reassembler, A, fragment(1, 3, 2, 9000), 0);
        assertThat(drops.get(Drop.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void oneSenderCannotPushOutTheOthers() {
        byte[] head = head(7);
        add(reassembler, B, head, 0);
        for (int id = 100; id < 1000; id++) {
            add(reassembler, A, fragment(id, 2, 1, 50), 0);
        }
        assertThat(add(reassembler, B, fragment(7, 2, 1, 50), 0)).isEqualTo(head.length + 50);
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED)).isEqualTo(900 - Limits.REASSEMBLY_SLOTS_PER_SOURCE);
    }

    @Test
    void whatIsNotCompleteInTimeGivesItsSlotBack() {
        for (int sender = 0; sender < Limits.REASSEMBLY_SLOTS; sender++) {
            add(reassembler, Endpoint.ofV4(sender + 1, 1), fragment(sender + 1, 2, 1, 50), 0);
        }
        add(reassembler, B, head(500), Timing.WAIT_QUEUE_MS);
        assertThat(add(reassembler, B, fragment(500, 2, 1, 50), Timing.WAIT_QUEUE_MS))
                .isPositive();
    }

    @Test
    void thePacketCameTheWayOfItsHead() {
        add(reassembler, B, fragment(9, 2, 1, 50), 0);
        byte[] head = head(9);
        assertThat(reassembler.onHead(4, A, head, 0, head.length, 0)).isPositive();
        assertThat(reassembler.from()).isEqualTo(A);
        assertThat(reassembler.socket()).isEqualTo(4);
    }

    // ---- each border, from both sides

    @Test
    void sevenPiecesAreTheMostAndTwoTheLeast() {
        byte[] head = head(21);
        int whole = 0;
        add(reassembler, A, head, 0);
        for (int number = 1; number < 7; number++) {
            assertThat(whole).isZero();
            whole = add(reassembler, A, fragment(21, 7, number, 10), 0);
        }
        assertThat(whole).isEqualTo(head.length + 60);
        add(reassembler, A, head(22), 0);
        assertThat(add(reassembler, A, fragment(22, 2, 1, 10), 0)).isEqualTo(head.length + 10);
        assertThat(drops.total()).isZero();
    }

    @Test
    void aPacketMayFillItsSlotAndNoByteMore() {
        byte[] head = head(31);
        int rest = Wire.MAX_PACKET_BYTES - head.length;
        add(reassembler, A, head, 0);
        assertThat(add(reassembler, A, fragment(31, 2, 1, rest), 0)).isEqualTo(Wire.MAX_PACKET_BYTES);
        add(reassembler, A, head(32), 0);
        assertThat(add(reassembler, A, fragment(32, 2, 1, rest + 1), 0)).isZero();
        assertThat(drops.get(Drop.TOO_LONG)).isEqualTo(1);
        // the slot is free again, and the packet may begin anew
        add(reassembler, A, head(32), 0);
        assertThat(add(reassembler, A, fragment(32, 2, 1, rest), 0)).isEqualTo(Wire.MAX_PACKET_BYTES);
    }

    @Test
    void aPacketIsGivenUpAfterFiveSecondsAndNotBefore() {
        for (int sender = 0; sender < Limits.REASSEMBLY_SLOTS; sender++) {
            add(reassembler, Endpoint.ofV4(sender + 1, 1), head(sender + 1), 1_000);
        }
        add(reassembler, B, head(500), 1_000 + Timing.WAIT_QUEUE_MS - 1);
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED))
                .as("one had to go for it")
                .isEqualTo(1);
        assertThat(add(reassembler, Endpoint.ofV4(1, 1), fragment(1, 2, 1, 5), 1_000 + Timing.WAIT_QUEUE_MS - 1))
                .as("the first of the ring")
                .isZero();
        assertThat(add(reassembler, Endpoint.ofV4(3, 1), fragment(3, 2, 1, 5), 1_000 + Timing.WAIT_QUEUE_MS - 1))
                .isPositive();
    }

    @Test
    void aSenderMayHaveEightOpenPacketsAndTheNinthTakesTheOldest() {
        for (int id = 1; id <= Limits.REASSEMBLY_SLOTS_PER_SOURCE; id++) {
            add(reassembler, A, head(id), id);
        }
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED)).isZero();
        add(reassembler, A, head(9), 9);
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED)).isEqualTo(1);
        assertThat(add(reassembler, A, fragment(1, 2, 1, 5), 9))
                .as("the oldest is gone")
                .isZero();
        assertThat(add(reassembler, A, fragment(3, 2, 1, 5), 9)).isPositive();
        assertThat(add(reassembler, A, fragment(9, 2, 1, 5), 9)).isPositive();
    }

    @Test
    void expiredPacketsDoNotCountAgainstTheirSender() {
        for (int id = 1; id <= Limits.REASSEMBLY_SLOTS_PER_SOURCE; id++) {
            add(reassembler, A, head(id), 0);
        }
        add(reassembler, A, head(9), Timing.WAIT_QUEUE_MS);
        assertThat(drops.get(Drop.REASSEMBLY_EVICTED)).isZero();
    }

    @Test
    void piecesThatDisagreeAboutTheirNumberAreRefused() {
        add(reassembler, A, head(41), 0);
        add(reassembler, A, fragment(41, 3, 1, 10), 0);
        assertThat(add(reassembler, A, fragment(41, 2, 1, 10), 0)).isZero();
        assertThat(drops.get(Drop.BAD_FRAGMENT)).isEqualTo(1);
        assertThat(add(reassembler, A, fragment(41, 3, 2, 10), 0)).isEqualTo(head(41).length + 20);
    }

    @Test
    void aSecondHeadChangesNothing() {
        byte[] head = head(51);
        reassembler.onHead(4, A, head, 0, head.length, 0);
        byte[] other = head(51);
        other[40] ^= 1;
        reassembler.onHead(5, B, other, 0, other.length, 0);
        assertThat(add(reassembler, B, fragment(51, 2, 1, 5), 0)).isEqualTo(head.length + 5);
        assertThat(reassembler.socket()).isEqualTo(4);
        assertThat(reassembler.from()).isEqualTo(A);
        int at = reassembler.packetAt();
        assertThat(Arrays.copyOfRange(reassembler.packet(), at, at + head.length))
                .isEqualTo(head);
    }

    @Test
    void aSlotUsedBeforeKeepsNothingOfItsPast() {
        for (int round = 0; round < 3 * Limits.REASSEMBLY_SLOTS; round++) {
            byte[] head = head(1_000 + round);
            // the tail comes first, so that pieces must be sorted every other time
            if (round % 2 == 0) {
                add(reassembler, A, fragment(1_000 + round, 2, 1, 7), 0);
                assertThat(add(reassembler, A, head, 0)).isEqualTo(head.length + 7);
            } else {
                add(reassembler, A, head, 0);
                assertThat(add(reassembler, A, fragment(1_000 + round, 2, 1, 7), 0))
                        .isEqualTo(head.length + 7);
            }
            int at = reassembler.packetAt();
            assertThat(Arrays.copyOfRange(reassembler.packet(), at, at + head.length))
                    .isEqualTo(head);
        }
        assertThat(drops.total()).isZero();
    }

    private static int add(Reassembler reassembler, Endpoint from, byte[] datagram, long nowMs) {
        return FragmentHeader.isFragment(datagram, 0)
                ? reassembler.onFragment(from, datagram, 0, datagram.length, nowMs)
                : reassembler.onHead(0, from, datagram, 0, datagram.length, nowMs);
    }

    private static byte[] head(long packetId) {
        byte[] head = new byte[60];
        PacketHeader.put(head, 0, packetId, 0x1122334455L, 0x1234567890L, 8);
        PacketHeader.setFragmented(head, 0);
        return head;
    }

    private static byte[] fragment(long packetId, int total, int number, int bytes) {
        byte[] fragment = new byte[FragmentHeader.LENGTH + Math.min(bytes, Wire.MAX_PACKET_BYTES)];
        FragmentHeader.put(fragment, 0, packetId, 0x1122334455L, total, number);
        return fragment;
    }

    private static List<byte[]> datagrams(Case c) {
        return StreamSupport.stream(c.json().get("datagrams").spliterator(), false)
                .map(hex -> HexFormat.of().parseHex(hex.asText()))
                .toList();
    }
}
