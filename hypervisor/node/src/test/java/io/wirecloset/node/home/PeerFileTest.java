package io.wirecloset.node.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VL1 checklist 60: the peer cache. */
class PeerFileTest {
    private static final String IDENTITY = "1122334455:0:" + "ab".repeat(64);
    private static final PeerFile PEER = new PeerFile(
            Identity.parse(IDENTITY),
            List.of(12, 1, 14, 1),
            List.of(Endpoint.parse("192.0.2.1/9993"), Endpoint.parse("2001:db8::1/9993")));

    @Test
    void itsBytesAreThoseOfTheStockService() {
        String wanted = "02" + "1122334455" + "00" + "ab".repeat(64) + "00" + "000c0001000e0001" + "0002"
                + "04c00002012709"
                + "0620010db80000000000000000000000012709";
        assertThat(HexFormat.of().formatHex(PEER.toBytes())).isEqualTo(wanted);
        assertThat(PeerFile.read(PEER.toBytes())).isEqualTo(PEER);
    }

    @Test
    void whatIsCutIsRefused() {
        byte[] whole = PEER.toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PeerFile.read(cut)).isInstanceOf(MalformedException.class);
        }
    }

    @FuzzTest
    void noBytesMakeTheParserThrowAnythingElse(byte[] bytes) {
        try {
            PeerFile read = PeerFile.read(bytes);
            assertThat(PeerFile.read(read.toBytes())).isEqualTo(read);
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void theLatestComeFirstAndOldOnesAreRemoved(@TempDir Path dir) throws Exception {
        HomeDirectory home = HomeDirectory.open(dir);
        assertThat(home.peers(0, 10)).isEmpty();
        for (int i = 1; i <= 4; i++) {
            home.savePeer(i, new byte[] {(byte) i}, i * 1_000L);
        }
        assertThat(home.peers(2_000, 2)).containsExactly(new byte[] {4}, new byte[] {3});
        assertThat(dir.resolve("peers.d/0000000001.peer")).doesNotExist();
        assertThat(dir.resolve("peers.d/0000000002.peer")).exists();
    }
}
