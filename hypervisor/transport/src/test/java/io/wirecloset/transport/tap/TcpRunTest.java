package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.engine.Slab;
import io.wirecloset.vl2.ethernet.Checksum;
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

class TcpRunTest {
    private final TcpRun run = new TcpRun();
    private final MemorySegment joined = Arena.ofAuto().allocate(SuperFrame.ROOM_BYTES, 8);
    private final SuperFrame cutter = new SuperFrame(joined);
    private int joinedBytes;
    private int superFrames;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsJoinedComesApartAgainByteForByte(long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            frames.addAll(stream(random));
        }
        assertThat(thereAndBack(frames))
                .as("seed %d", seed)
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(frames);
        assertThat(superFrames).as("seed %d", seed).isLessThan(frames.size() / 3);
    }

    @Test
    void anythingOutOfLineStaysAlone() {
        Map<String, Consumer<Frames>> different = new LinkedHashMap<>();
        different.put("a hole", f -> f.sequence++);
        different.put("sent again", f -> f.sequence -= 100);
        different.put("the other port's window", f -> f.window++);
        different.put("the end", f -> f.flags |= 0x01);
        different.put("a reset", f -> f.flags |= 0x04);
        different.put("urgent", f -> f.flags |= 0x20);
        different.put("congestion", f -> f.flags |= 0x40);
        different.put("congestion reduced", f -> f.flags |= 0x80);
        different.put("options", f -> f.options = new byte[4]);
        different.put("a tag", f -> f.tagged = true);
        different.put("longer than the first", f -> f.payload = new byte[101]);
        different.put("no payload", f -> f.payload = new byte[0]);
        different.put("a number out of line", f -> {
            f.fragment = 0;
            f.id += 2;
        });
        different.put("a fragment", f -> f.fragment = 0x2000);
        different.put("another protocol", f -> f.protocol = Frames.UDP);
        different.forEach((what, change) -> {
            Frames second = segment(1);
            change.accept(second);
            assertThat(joins(segment(0).finished(), second.finished())).as(what).isFalse();
        });
        assertThat(joins(segment(0).finished(), segment(1).finished())).isTrue();
    }

    /** Of any shape: a byte that differs and is not one of those that follow from the place in the stream. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyOtherByteThatDiffersKeepsThemApart(boolean v6) {
        Frames first = segment(0);
        Frames second = segment(1);
        first.v6 = second.v6 = v6;
        first.options = second.options = new byte[12];
        for (int i = 0; i < first.headBytes(); i++) {
            byte[] different = second.finished();
            different[i] ^= 0x01;
            mend(different, second);
            boolean allowed = !v6 && (i == 18 || i == 19) // the number of a packet that must not be cut
                    || !v6 && (i == 24 || i == 25) // mended
                    || i == second.checksumAt()
                    || i == second.checksumAt() + 1;
            assertThat(joins(first.finished(), different)).as("byte %d", i).isEqualTo(allowed);
        }
    }

    /** Makes the checksums right again. */
    private static void mend(byte[] frame, Frames shape) {
        int ip = shape.ipAt();
        int transport = shape.transportAt();
        if (!shape.v6) {
            Frames.put16(frame, ip + 10, 0);
            Frames.put16(frame, ip + 10, Checksum.finish(Checksum.add(0, frame, ip, 20)));
        }
        int length = frame.length - transport;
        long pseudo = Checksum.add(Frames.TCP + length, frame, shape.v6 ? ip + 8 : ip + 12, shape.v6 ? 32 : 8);
        Frames.put16(frame, shape.checksumAt(), 0);
        Frames.put16(frame, shape.checksumAt(), Checksum.finish(Checksum.add(pseudo, frame, transport, length)));
    }

    @Test
    void aBadChecksumStaysBad() {
        for (boolean v6 : new boolean[] {false, true}) {
            Frames first = segment(0);
            Frames second = segment(1);
            first.v6 = second.v6 = v6;
            byte[] good = first.finished();
            byte[] bad = second.finished();
            assertThat(joins(good, bad)).isTrue();
            bad[bad.length - 1]++;
            assertThat(joins(good, bad)).isFalse();
            byte[] badFirst = first.finished();
            badFirst[badFirst.length - 1]++;
            assertThat(joins(badFirst, second.finished())).isFalse();
        }
        byte[] badHeader = segment(1).finished();
        badHeader[14 + 10]++;
        assertThat(joins(segment(0).finished(), badHeader)).isFalse();
    }

    @Test
    void aPushOrAShortSegmentEndsTheRun() {
        Frames pushed = segment(0);
        pushed.flags |= Frames.PUSH;
        assertThat(joins(pushed.finished(), segment(1).finished())).isFalse();

        Frames shortOne = segment(1);
        shortOne.payload = new byte[50];
        Frames after = segment(1);
        after.sequence += 50;
        after.id++;
        assertThat(joins(segment(0).finished(), shortOne.finished())).isTrue();
        byte[] last = after.finished();
        assertThat(run.join(last, 0, last.length)).isZero();
    }

    @Test
    void aRunEndsBeforeIpCannotSayItsLength() {
        Frames segment = segment(0);
        segment.payload = new byte[9000];
        byte[] bytes = segment.finished();
        run.begin(bytes, 0, bytes.length);
        for (int i = 1; i < 20; i++) {
            segment.sequence += 9000;
            bytes = segment.finished();
            run.join(bytes, 0, bytes.length);
        }
        assertThat(run.frames()).isEqualTo(65_495 / 9000);
    }

    /** Frames of any content, one after the other as the first bytes of each say. */
    @FuzzTest
    void anyFramesComeApartAsTheyWere(byte[] bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = 0; at + 2 < bytes.length && frames.size() < 100; ) {
            int length = Math.clamp(PacketCheck.u16(bytes, at), 14, Slab.CAPACITY_BYTES);
            frames.add(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
            at += 2 + length;
        }
        List<byte[]> back = thereAndBack(frames);
        assertThat(back).hasSameSizeAs(frames);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(withoutWhatMeansNothing(back.get(i))).isEqualTo(withoutWhatMeansNothing(frames.get(i)));
        }
    }

    /**
     * Where a packet must not be cut its number is nobody's business, and the kernel counts; and a checksum of all zeros is
     * the same as one of all ones.
     */
    private static byte[] withoutWhatMeansNothing(byte[] frame) {
        byte[] same = frame.clone();
        boolean isV4 = PacketCheck.u16(frame, 12) == 0x0800;
        if (isV4 && frame.length > 34 && (frame[20] & 0x40) != 0) {
            Frames.put16(same, 18, 0);
            Frames.put16(same, 24, 0);
        }
        int checksumAt = isV4 ? 50 : 70;
        if (frame.length >= checksumAt + 2 && PacketCheck.u16(frame, checksumAt) == 0) {
            Frames.put16(same, checksumAt, 0xffff);
        }
        return same;
    }

    // ---- helping

    private static Frames segment(int index) {
        Frames segment = new Frames();
        segment.sequence += 100 * index;
        segment.id += index;
        segment.payload = new byte[100];
        return segment;
    }

    private boolean joins(byte[] first, byte[] second) {
        run.begin(first, 0, first.length);
        return run.join(second, 0, second.length) > 0;
    }

    /** Some segments of one stream, as a sender makes them; some with a mark of their own among them. */
    static List<byte[]> stream(Random random) {
        List<byte[]> frames = new ArrayList<>();
        Frames next = new Frames();
        next.v6 = random.nextBoolean();
        next.sequence = random.nextInt();
        next.id = random.nextInt(1 << 16);
        next.fragment = random.nextBoolean() ? 0 : 0x4000;
        next.options = new byte[4 * random.nextInt(4)];
        int each = 1 + random.nextInt(3000);
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
            next.payload = new byte[i == 1 ? 1 + random.nextInt(each) : each];
            random.nextBytes(next.payload);
            next.flags = Frames.ACK | (random.nextInt(20) == 0 ? Frames.PUSH : 0);
            byte[] frame = next.finished();
            if (random.nextInt(30) == 0) {
                frame[random.nextInt(frame.length)]++;
            }
            frames.add(frame);
            next.sequence += next.payload.length;
            next.id = next.id + 1 & 0xffff;
        }
        return frames;
    }

    /** Joins what can be, and cuts it again. */
    private List<byte[]> thereAndBack(List<byte[]> frames) {
        List<byte[]> back = new ArrayList<>();
        superFrames = 0;
        boolean any = false;
        for (byte[] frame : frames) {
            int payload = any ? run.join(frame, 0, frame.length) : 0;
            if (payload == 0) {
                if (any) {
                    cut(back);
                }
                joined.fill((byte) 0);
                joinedBytes = VnetHeader.LENGTH;
                run.begin(frame, 0, frame.length);
                any = true;
            }
            MemorySegment.copy(frame, payload, joined, JAVA_BYTE, joinedBytes, frame.length - payload);
            joinedBytes += frame.length - payload;
        }
        if (any) {
            cut(back);
        }
        return back;
    }

    private void cut(List<byte[]> into) {
        if (run.frames() > 1) {
            run.finish(joined, 0);
        }
        superFrames++;
        assertThat(cutter.begin(joinedBytes)).isNull();
        byte[] slot = new byte[Slab.CAPACITY_BYTES];
        while (cutter.hasNext()) {
            int length = cutter.next(slot, 0);
            into.add(Arrays.copyOf(slot, length));
        }
    }
}
