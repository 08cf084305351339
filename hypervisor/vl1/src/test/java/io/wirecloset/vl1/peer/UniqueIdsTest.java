package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.RandomSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * T39: no packet id comes twice, as the cipher suites want it. Nothing about ids is stored, so a home directory put back to
 * an earlier day makes no difference: every start draws its keys.
 */
class UniqueIdsTest {
    /** 2^22 ids in an ordinary run, 2^26 and more in a long one. */
    private static final int IDS = 1 << Integer.getInteger("wirecloset.ids", 22);

    private static final int PASS = 1 << 22;
    private static final int LANES = 4;
    private static final int STARTS = 100;

    /** Of all lanes to one peer, in one run. Counted in passes over a share of all ids each, as memory is small. */
    @Test
    void inOneRun() {
        int passes = Math.max(1, IDS / PASS);
        long counted = 0;
        for (int pass = 0; pass < passes; pass++) {
            OutgoingIds ids = OutgoingIds.draw(LANES, RandomSource.of(new Random(51)));
            long[] share = new long[IDS / passes + IDS / passes / 8];
            int found = 0;
            for (int i = 0; i < IDS; i++) {
                long id = ids.next(i % LANES);
                if (Long.remainderUnsigned(id, passes) == pass) {
                    share[found++] = id;
                }
            }
            assertThat(repeated(share, found)).isZero();
            counted += found;
        }
        assertThat(counted).isEqualTo(IDS);
    }

    /** Of all lanes of a node that starts a hundred times with the same home. */
    @Test
    void overStarts() {
        int each = Math.min(IDS, PASS) / STARTS;
        long[] all = new long[STARTS * each * 2];
        int found = 0;
        for (int start = 0; start < STARTS; start++) {
            RandomSource random = RandomSource.of(new Random(1_000 + start));
            PacketIds[] lanes = PacketIds.forLanes(LANES, random);
            OutgoingIds toPeer = OutgoingIds.draw(LANES, random);
            for (int i = 0; i < each; i++) {
                all[found++] = lanes[i % LANES].next();
                all[found++] = lanes[i % LANES].next(toPeer);
            }
        }
        assertThat(repeated(all, found)).isZero();
    }

    private static int repeated(long[] ids, int count) {
        Arrays.sort(ids, 0, count);
        int repeated = 0;
        for (int i = 1; i < count; i++) {
            repeated += ids[i] == ids[i - 1] ? 1 : 0;
        }
        return repeated;
    }
}
