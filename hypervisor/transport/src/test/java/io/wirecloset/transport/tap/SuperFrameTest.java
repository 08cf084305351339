package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.engine.Slab;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuperFrameTest {
    private static final int FIN = 0x01;
    private static final int CONGESTION_REDUCED = 0x80;

    private final MemorySegment read = Arena.ofAuto().allocate(SuperFrame.ROOM_BYTES, 8);
    private final SuperFrame frame = new SuperFrame(read);
    private final byte[] slot = new Slab(1).slot(0);

    @Test
    void aPlainFrameGoesThroughUntouched() {
        byte[] bytes = bytes(new Random(1), 1414);
        assertThat(cut(Frames.withHeader(bytes, 0, 0, 0, 0, 0))).containsExactly(bytes);
    }

    @Test
    void anUnfinishedChecksumIsFinished() {
        for (Frames each : shapes(new Random(2), 700)) {
            assertThat(cut(each.superFrame(0))).containsExactly(each.finished());
        }
    }

    @Test
    void aChecksumThatComesOutAsZeroIsWrittenAsOnes() {
        Frames udp = new Frames();
        udp.protocol = Frames.UDP;
        udp.payload = new byte[2];
        byte[] right = udp.finished();
        // now the payload makes up for the difference to 0xffff
        Frames.put16(udp.payload, 0, PacketCheck.u16(right, udp.checksumAt()));
        byte[] cut = cut(udp.superFrame(0)).getFirst();
        assertThat(PacketCheck.u16(cut, udp.checksumAt())).isEqualTo(0xffff);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5, 6, 7, 8})
    void aSuperFrameComesApartIntoWholeRightPackets(long seed) {
        Random random = new Random(seed);
        for (Frames each : shapes(random, 1 + random.nextInt(60_000))) {
            int payloadBytes = 1 + random.nextInt(9000);
            List<byte[]> cut = cut(each.superFrame(payloadBytes));
            assertThat(cut).as("seed %d", seed).hasSize((each.payload.length + payloadBytes - 1) / payloadBytes);
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int i = 0; i < cut.size(); i++) {
                byte[] packet = cut.get(i);
                assertThat(PacketCheck.faultOf(packet, 0, packet.length))
                        .as("seed %d", seed)
                        .isNull();
                checkNumbers(each, packet, i, cut.size(), payload.size());
                payload.writeBytes(Frames.tail(packet, each.headBytes()));
            }
            assertThat(payload.toByteArray()).isEqualTo(each.payload);
        }
    }

    private static void checkNumbers(Frames whole, byte[] packet, int index, int count, int done) {
        int transport = whole.transportAt();
        if (!whole.v6) {
            assertThat(PacketCheck.u16(packet, whole.ipAt() + 4)).isEqualTo(whole.id + index & 0xffff);
        }
        if (whole.protocol == Frames.TCP) {
            int sequence = PacketCheck.u16(packet, transport + 4) << 16 | PacketCheck.u16(packet, transport + 6);
            assertThat(sequence).isEqualTo(whole.sequence + done);
            int flags = packet[transport + 13] & 0xff;
            assertThat(flags & (FIN | Frames.PUSH))
                    .isEqualTo(index == count - 1 ? whole.flags & (FIN | Frames.PUSH) : 0);
            assertThat(flags & CONGESTION_REDUCED).isEqualTo(index == 0 ? whole.flags & CONGESTION_REDUCED : 0);
            assertThat(flags & Frames.ACK).isEqualTo(Frames.ACK);
        }
    }

    @Test
    void whatDoesNotFitItsFrameIsRefused() {
        Frames tcp = shapes(new Random(9), 3000).getFirst();
        byte[] good = tcp.superFrame(1000);
        Map<String, Consumer<byte[]>> spoiled = new LinkedHashMap<>();
        spoiled.put("no checksum to finish", b -> b[0] = 0);
        spoiled.put("a type nobody knows", b -> b[1] = 2);
        spoiled.put("fragments of UDP", b -> b[1] = 3);
        spoiled.put("of the other family", b -> b[1] = 4);
        spoiled.put("no length of segments", b -> b[4] = b[5] = 0);
        spoiled.put("a checksum behind the end", b -> b[7] = (byte) 0xff);
        spoiled.put("the checksum elsewhere", b -> b[8] = 6);
        spoiled.put("another ethertype", b -> b[10 + 12] = 9);
        spoiled.put("an IP header that ends elsewhere", b -> b[10 + 14] = 0x46);
        spoiled.put("a fragment", b -> b[10 + 20] = 0x20);
        spoiled.put("a TCP header too short", b -> b[10 + 34 + 12] = 0x10);
        spoiled.forEach((what, spoil) -> {
            byte[] bad = good.clone();
            spoil.accept(bad);
            assertThat(begin(bad)).as(what).isEqualTo(TapCount.READ_NOT_UNDERSTOOD);
            assertThat(frame.hasNext()).as(what).isFalse();
        });
        byte[] headersAlone = Arrays.copyOf(good, 10 + tcp.headBytes());
        assertThat(begin(headersAlone)).isEqualTo(TapCount.READ_NOT_UNDERSTOOD);
        assertThat(begin(good)).isNull();
    }

    @Test
    void whatIsLongerThanASlotIsRefused() {
        assertThat(begin(new byte[10 + Slab.CAPACITY_BYTES])).isNull();
        assertThat(begin(new byte[10 + Slab.CAPACITY_BYTES + 1])).isEqualTo(TapCount.READ_TOO_LONG);
        Frames tcp = shapes(new Random(10), 30_000).getFirst();
        assertThat(begin(tcp.superFrame(Slab.CAPACITY_BYTES - tcp.headBytes()))).isNull();
        assertThat(begin(tcp.superFrame(Slab.CAPACITY_BYTES - tcp.headBytes() + 1)))
                .isEqualTo(TapCount.READ_TOO_LONG);
        assertThat(frame.begin(SuperFrame.ROOM_BYTES + 1)).isEqualTo(TapCount.READ_TOO_LONG);
        assertThat(frame.hasNext()).isFalse();
    }

    @Test
    void aFrameCutShortAnywhereIsCutOrRefused() {
        for (Frames each : shapes(new Random(11), 300)) {
            byte[] whole = each.superFrame(100);
            for (int length = 0; length < whole.length; length++) {
                cutOrRefuse(Arrays.copyOf(whole, length));
            }
        }
    }

    @Test
    void aFrameWithFlippedBytesIsCutOrRefused() {
        Random random = new Random(12);
        for (Frames each : shapes(random, 3000)) {
            byte[] whole = each.superFrame(1000);
            for (int i = 0; i < 2000; i++) {
                byte[] flipped = whole.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    flipped[random.nextInt(120)] = (byte) random.nextInt();
                }
                cutOrRefuse(flipped);
            }
        }
    }

    @FuzzTest
    void anyBytesAreCutOrRefused(byte[] bytes) {
        cutOrRefuse(bytes.length > SuperFrame.ROOM_BYTES ? Arrays.copyOf(bytes, SuperFrame.ROOM_BYTES) : bytes);
    }

    private void cutOrRefuse(byte[] bytes) {
        if (begin(bytes) != null) {
            assertThat(frame.hasNext()).isFalse();
            return;
        }
        int cut = 0;
        while (frame.hasNext()) {
            assertThat(frame.next(slot, Slab.HEAD_ROOM_BYTES)).isBetween(1, Slab.CAPACITY_BYTES);
            cut++;
        }
        assertThat(cut).isBetween(1, bytes.length);
    }

    // ---- helping

    /** One of each kind that a kernel hands over. */
    static List<Frames> shapes(Random random, int payloadBytes) {
        List<Frames> shapes = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Frames each = new Frames();
            each.v6 = (i & 1) != 0;
            each.protocol = (i & 2) != 0 ? Frames.UDP : Frames.TCP;
            each.tagged = (i & 4) != 0;
            each.hopByHop = (i & 8) != 0;
            each.id = random.nextInt(1 << 16);
            each.sequence = random.nextInt();
            each.flags = Frames.ACK | Frames.PUSH | FIN | CONGESTION_REDUCED;
            each.options = new byte[4 * random.nextInt(11)];
            each.payload = bytes(random, payloadBytes);
            shapes.add(each);
        }
        return shapes;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private TapCount begin(byte[] bytes) {
        MemorySegment.copy(bytes, 0, read, JAVA_BYTE, 0, bytes.length);
        return frame.begin(bytes.length);
    }

    private List<byte[]> cut(byte[] bytes) {
        assertThat(begin(bytes)).isNull();
        List<byte[]> cut = new ArrayList<>();
        while (frame.hasNext()) {
            int length = frame.next(slot, Slab.HEAD_ROOM_BYTES);
            cut.add(Arrays.copyOfRange(slot, Slab.HEAD_ROOM_BYTES, Slab.HEAD_ROOM_BYTES + length));
        }
        return cut;
    }
}
