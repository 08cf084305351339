package io.wirecloset.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each benchmark does what it says it measures. */
class BenchmarksTest {
    private static final int MANY = 2_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatIsSealedOpens(int suite) {
        ArmorBenchmark armor = new ArmorBenchmark();
        armor.suite = suite;
        armor.packetBytes = 1400;
        armor.sealOne();
        assertThat(armor.open()).isTrue();
        assertThat(armor.seal()).isNotNull();
        assertThat(armor.open()).isTrue();
    }

    @Test
    void identitiesAgreeSignAndAreValid() {
        IdentityBenchmark identity = new IdentityBenchmark();
        assertThat(identity.agree()).isEqualTo(Nodes.RIGHT.agree(Nodes.LEFT));
        assertThat(identity.sign()).hasSize(96);
        assertThat(identity.verify()).isTrue();
        assertThat(identity.validateAddress()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CompressionBenchmark.Content.class)
    void textIsCompressedAndNoiseIsNot(CompressionBenchmark.Content content) {
        CompressionBenchmark compression = new CompressionBenchmark();
        compression.content = content;
        compression.compressOne();
        boolean text = content == CompressionBenchmark.Content.TEXT;
        assertThat(compression.compress() < 1400).isEqualTo(text);
        assertThat(compression.decompress()).isEqualTo(text ? 1400 : 0);
    }

    @Test
    void configurationsReadBackTheSame() {
        ConfigBenchmark config = new ConfigBenchmark();
        assertThat(config.writeDictionary()).isEqualTo(config.readDictionary().toBytes());
        assertThat(config.readConfig().toBytes()).isEqualTo(config.writeConfig());
    }

    @ParameterizedTest
    @CsvSource({"12, 1400, 1", "12, 2814, 2", "11, 1400, 1", "11, 2814, 2"})
    void aFrameCrossesBothLanesAndAllocatesNothing(int protocolVersion, int frameBytes, int datagrams) {
        LanePair pair = new LanePair(protocolVersion, frameBytes);
        pair.send();
        assertThat(pair.rightWire.waiting()).isEqualTo(LanePair.BATCH * datagrams);
        int before = pair.rightTap.receivedFrames();
        pair.receive();
        assertThat(pair.rightTap.receivedFrames() - before).isEqualTo(LanePair.BATCH);
        assertThat(pair.rightTap.received()).hasSize(frameBytes);
        assertThat(EthernetFrame.ethertype(pair.rightTap.received(), 0)).isEqualTo(0x0800);

        for (int i = 0; i < MANY; i++) {
            pair.send();
            pair.receive();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MANY; i++) {
            pair.send();
            pair.receive();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        assertThat(allocated)
                .as("bytes in %d frames each way", MANY * LanePair.BATCH)
                .isLessThan(MANY * LanePair.BATCH);
    }
}
