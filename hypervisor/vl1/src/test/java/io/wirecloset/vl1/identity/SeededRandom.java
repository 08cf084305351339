package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.RandomSource;
import java.util.Random;

/** The same bytes for the same seed: for tests, which must not differ from run to run. */
public final class SeededRandom implements RandomSource {
    private final Random random;

    public SeededRandom(long seed) {
        random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes, int offset, int length) {
        byte[] next = new byte[length];
        random.nextBytes(next);
        System.arraycopy(next, 0, bytes, offset, length);
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
