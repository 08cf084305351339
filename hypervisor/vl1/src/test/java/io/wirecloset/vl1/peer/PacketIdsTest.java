package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.Speck64;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

// VL1 checklist 28
class PacketIdsTest {
    @Test
    void noIdComesTwiceFromAnyLane() {
        Set<Long> seen = new HashSet<>();
        for (PacketIds lane : PacketIds.forLanes(256, RandomSource.of(new Random(40)))) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(seen.add(lane.next())).isTrue();
            }
        }
    }

    @Test
    void anIdOpensToItsLaneAndCounter() {
        OutgoingIds ids = OutgoingIds.draw(256, RandomSource.of(new Random(41)));
        SessionIds told = ids.announce();
        Speck64 cipher = new Speck64(told.keyHigh(), told.keyLow());
        for (long count = 0; count < 50; count++) {
            for (long lane = 0; lane < 256; lane++) {
                assertThat(cipher.decrypt(ids.next((int) lane))).isEqualTo(lane << 56 | count);
            }
        }
        assertThat(told.floors()).hasSize(256).containsOnly(0);
        assertThat(ids.announce().floors()).containsOnly(50);
    }

    @Test
    void anotherStartGivesOtherIds() {
        PacketIds first = PacketIds.forLanes(1, RandomSource.of(new Random(42)))[0];
        PacketIds second = PacketIds.forLanes(1, RandomSource.of(new Random(43)))[0];
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(first.next());
            ids.add(second.next());
        }
        assertThat(ids).hasSize(20_000);
    }

    /** Neighbouring counters share no pattern: each bit is set about half the time, alone and in differences. */
    @Test
    void idsLookLikeChance() {
        PacketIds ids = PacketIds.forLanes(1, RandomSource.of(new Random(44)))[0];
        int rounds = 20_000;
        int[] set = new int[64];
        int[] changed = new int[64];
        long before = ids.next();
        for (int i = 0; i < rounds; i++) {
            long id = ids.next();
            for (int bit = 0; bit < 64; bit++) {
                set[bit] += (int) (id >>> bit & 1);
                changed[bit] += (int) ((id ^ before) >>> bit & 1);
            }
            before = id;
        }
        assertThat(Arrays.stream(set)).allMatch(count -> Math.abs(count - rounds / 2) < rounds / 25);
        assertThat(Arrays.stream(changed)).allMatch(count -> Math.abs(count - rounds / 2) < rounds / 25);
    }

    @Test
    void theCipherGivesItsPublishedExample() {
        Speck64 cipher = new Speck64(0x1b1a1918_13121110L, 0x0b0a0908_03020100L);
        assertThat(cipher.encrypt(0x3b726574_7475432dL)).isEqualTo(0x8c6fa548_454e028bL);
        assertThat(cipher.decrypt(0x8c6fa548_454e028bL)).isEqualTo(0x3b726574_7475432dL);
    }

    @Test
    void theCipherIsABijection() {
        Random random = new Random(45);
        for (int i = 0; i < 10_000; i++) {
            Speck64 cipher = new Speck64(random.nextLong(), random.nextLong());
            long block = random.nextLong();
            assertThat(cipher.decrypt(cipher.encrypt(block))).isEqualTo(block);
        }
    }

    @Test
    void lanesHaveEightBits() {
        assertThatThrownBy(() -> PacketIds.forLanes(257, RandomSource.of(new Random(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PacketIds.forLanes(0, RandomSource.of(new Random(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givingIdsAllocatesNothing() {
        PacketIds ids = PacketIds.forLanes(1, RandomSource.of(new Random(46)))[0];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = take(ids, 50_000);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            sum += take(ids, 10_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(sum).isNotZero();
        assertThat(least).isLessThan(1_000);
    }

    private static long take(PacketIds ids, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += ids.next();
        }
        return sum;
    }
}
