package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerTableTest {
    private static final SessionKeys KEYS = SessionKeys.of(new byte[48]);

    @Test
    void everybodyIsFoundAndNobodyElse() {
        for (int size : new int[] {0, 1, 2, 3, 7, 100, 10_000}) {
            Random random = new Random(size);
            Map<Long, PeerRef> expected = new HashMap<>();
            while (expected.size() < size) {
                long address = 1 + random.nextLong(0xfe_ffff_ffffL);
                expected.put(
                        address,
                        new PeerRef(new PeerRecord(Identity.of(address, new byte[64], null), 0, KEYS, 0, null, null)));
            }
            List<PeerRef> peers = new ArrayList<>(expected.values());
            PeerTable table = new PeerTable(peers);
            assertThat(table.size()).isEqualTo(size);
            expected.forEach((address, ref) -> assertThat(table.find(address)).isSameAs(ref));
            for (int i = 0; i < 1000; i++) {
                long other = random.nextLong(0xff_ffff_ffffL);
                assertThat(table.find(other)).isSameAs(expected.get(other));
            }
        }
    }
}
