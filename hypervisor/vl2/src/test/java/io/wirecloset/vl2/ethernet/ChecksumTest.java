package io.wirecloset.vl2.ethernet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    @Test
    void anIpv4HeaderHasTheSumItCarries() {
        byte[] header = HexFormat.of().parseHex("45000054a6f240004001" + "7fb4" + "0a0000010a000002");
        assertThat(Checksum.finish(Checksum.add(0, header, 0, header.length))).isZero();
        header[10] = 0;
        header[11] = 0;
        assertThat(Checksum.finish(Checksum.add(0, header, 0, header.length))).isEqualTo(0x7fb4);
    }

    @Test
    void anyLengthAtAnyPlaceIsSummedWordByWord() {
        Random random = new Random(1);
        byte[] bytes = new byte[200];
        for (int round = 0; round < 5000; round++) {
            random.nextBytes(bytes);
            int at = random.nextInt(40);
            int length = random.nextInt(bytes.length - at + 1);
            assertThat(Checksum.finish(Checksum.add(round, bytes, at, length)))
                    .as("round %d", round)
                    .isEqualTo(Checksum.finish(wordByWord(round, bytes, at, length)));
        }
    }

    @Test
    void theLargestSumDoesNotOverflow() {
        byte[] ones = new byte[1 << 20];
        Arrays.fill(ones, (byte) 0xff);
        assertThat(Checksum.finish(Checksum.add(0, ones, 0, ones.length))).isZero();
    }

    private static long wordByWord(long start, byte[] bytes, int at, int length) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (long) (bytes[at + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }
}
