package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.crypto.RandomSource;

/** A die that always falls the same way, so that two evaluators see the same. */
final class FixedChance implements RandomSource {
    static final long VALUE = 0x8000_0000L;

    @Override
    public void fill(byte[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long nextLong() {
        return 0x1234_5678_0000_0000L | VALUE;
    }

    @Override
    public int nextInt(int bound) {
        return 0;
    }
}
