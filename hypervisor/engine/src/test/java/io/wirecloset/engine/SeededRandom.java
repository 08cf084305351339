package io.wirecloset.engine;

import io.wirecloset.vl1.crypto.RandomSource;
import java.util.SplittableRandom;

/** Random of a simulated node: predictable, as only a test may want it. */
final class SeededRandom implements RandomSource {
    private final SplittableRandom random;

    SeededRandom(SplittableRandom random) {
        this.random = random;
    }

    @Override
    public void fill(byte[] bytes, int offset, int length) {
        for (int i = 0; i < length; i++) bytes[offset + i] = (byte) random.nextInt();
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
