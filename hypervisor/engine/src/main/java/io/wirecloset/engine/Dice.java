package io.wirecloset.engine;

import io.wirecloset.vl1.crypto.RandomSource;

/**
 * A lane's own chance, for rules that ask for it: quick, without locks, allocates nothing (SplitMix64). Nothing that is to
 * be a secret may come from here.
 */
final class Dice implements RandomSource {
    private long state;

    /** @param seeds gives where to begin, and is not asked again */
    Dice(RandomSource seeds) {
        state = seeds.nextLong();
    }

    @Override
    public long nextLong() {
        long z = state += 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    @Override
    public int nextInt(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }

    @Override
    public void fill(byte[] b, int offset, int length) {
        for (int i = 0; i < length; i++) b[offset + i] = (byte) nextLong();
    }
}
