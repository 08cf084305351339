package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NegotiateTest {
    private static final SessionIds IDS = new SessionIds(11, 12, new long[] {0, 7, 1L << 56});

    private static WireWriter header(int version) {
        return new WireWriter(64).u64(Negotiate.MAGIC).u8(version).u64(3).u64(4);
    }

    private static Negotiate read(WireWriter bytes) {
        return Negotiate.read(new WireReader(bytes.toByteArray()));
    }

    private static byte[] written(Negotiate said) {
        WireWriter out = new WireWriter(64);
        said.write(out);
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Negotiate read = Negotiate.read(new WireReader(written(new Negotiate(1, 5, 6, IDS))));
        assertThat(read.version()).isEqualTo(1);
        assertThat(read.challenge()).isEqualTo(5);
        assertThat(read.answer()).isEqualTo(6);
        assertThat(read.ids().isSameSession(IDS)).isTrue();
        assertThat(read.ids().floors()).containsExactly(0, 7, 1L << 56);
        Negotiate question = Negotiate.read(new WireReader(written(new Negotiate(1, 5, 0, null))));
        assertThat(question.ids()).isNull();
    }

    @Test
    void optionsAndVersionsOfLaterDaysAreReadAsFarAsTheyAreUnderstood() {
        WireWriter later = header(9).u8(200).u16(3).zeros(3);
        later.u8(1).u16(24).u64(11).u64(12).u64(5).u8(201).u16(0);
        Negotiate read = read(later);
        assertThat(read.version()).isEqualTo(9);
        assertThat(read.ids().floors()).containsExactly(5);
    }

    @Test
    void whatIsNotOursIsPassedOver() {
        assertThat(Negotiate.read(new WireReader(new byte[0]))).isNull();
        assertThat(Negotiate.read(new WireReader(new byte[100]))).isNull();
        assertThat(read(header(0))).isNull();
    }

    @Test
    void idsOfAnotherShapeAreNotTaken() {
        assertThat(read(header(1).u8(1).u16(16).zeros(16)).ids()).as("no lane").isNull();
        assertThat(read(header(1).u8(1).u16(25).zeros(25)).ids())
                .as("half a counter")
                .isNull();
        int most = 16 + 8 * Limits.SESSION_LANES;
        assertThat(read(header(1).u8(1).u16(most).zeros(most)).ids().floors()).hasSize(Limits.SESSION_LANES);
        assertThat(read(header(1).u8(1).u16(most + 8).zeros(most + 8)).ids()).isNull();
        assertThat(read(header(1).u8(1).u16(24).zeros(16).u64((1L << 56) + 1)).ids())
                .isNull();
        assertThat(read(header(1).u8(1).u16(24).zeros(16).u64(-1)).ids()).isNull();
    }

    // VL1 checklist 78
    @Test
    void cutAnywhereItIsMalformedOrSaysLess() {
        byte[] whole = written(new Negotiate(1, 5, 6, IDS));
        for (int length = 0; length < whole.length; length++) {
            WireReader in = new WireReader(Arrays.copyOf(whole, length));
            if (length < 8) {
                assertThat(Negotiate.read(in)).isNull();
            } else if (length == 25) {
                assertThat(Negotiate.read(in).ids()).isNull();
            } else {
                assertThatThrownBy(() -> Negotiate.read(in)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void keysAreNotShown() {
        assertThat(new Negotiate(1, 5, 6, IDS).toString()).contains("***").doesNotContain("11");
    }
}
