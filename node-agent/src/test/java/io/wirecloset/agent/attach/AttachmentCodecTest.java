package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.agent.attach.AttachmentCodec.MalformedRecordException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records on disk: what is written reads back, and nothing else is taken for a record. */
class AttachmentCodecTest {
    static Attachment example(State state) {
        return new Attachment(
                new AttachmentKey("c0ffee", "eth0"),
                state,
                "wirecloset",
                "pods",
                0x8056c2e21c000001L,
                "/run/netns/cni-1",
                4_026_532_999L,
                "boot",
                InetAddress.ofLiteral("10.80.128.5"),
                InetAddress.ofLiteral("fc01::5"),
                2800,
                new Attachment.Pod("default", "web-0", "7b2c"),
                1_234,
                new Attachment.Options(
                        List.of(
                                new PortMapping("tcp", null, 8080, 80),
                                new PortMapping("udp", InetAddress.ofLiteral("192.0.2.1"), 53, 5353)),
                        true));
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void whatIsWrittenReadsBack(State state) throws Exception {
        Attachment a = example(state);
        assertThat(AttachmentCodec.read(AttachmentCodec.write(a))).isEqualTo(a);
    }

    @Test
    void addressesMayBeAbsent() throws Exception {
        Attachment a = new Attachment(
                new AttachmentKey("c", "e"),
                State.ADDING,
                "",
                "",
                0,
                "",
                0,
                "",
                null,
                null,
                0,
                Attachment.Pod.UNKNOWN,
                0,
                Attachment.Options.NONE);
        assertThat(AttachmentCodec.read(AttachmentCodec.write(a))).isEqualTo(a);
    }

    @Test
    @DisplayName("a record cut at any byte, or with any byte changed, is no record (F14, T9)")
    void aDamagedRecordIsNoRecord() {
        byte[] whole = AttachmentCodec.write(example(State.ATTACHED));
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> AttachmentCodec.read(cut)).isInstanceOf(MalformedRecordException.class);
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            assertThatThrownBy(() -> AttachmentCodec.read(flipped)).isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void aRecordLongerThanTheLimitIsRefused() {
        assertThatThrownBy(() -> AttachmentCodec.read(new byte[AttachmentCodec.RECORD_LIMIT_BYTES + 1]))
                .isInstanceOf(MalformedRecordException.class);
    }

    @FuzzTest
    void noBytesMakeTheReaderThrowAnythingElse(byte[] bytes) {
        readQuietly(bytes);
        readQuietly(withChecksum(bytes));
    }

    private static void readQuietly(byte[] bytes) {
        try {
            AttachmentCodec.read(bytes);
        } catch (MalformedRecordException e) {
            // the one answer to what is no record
        }
    }

    /** So that the fuzzer gets past the checksum. */
    private static byte[] withChecksum(byte[] line) {
        return AttachmentCodec.sealed(line);
    }
}
