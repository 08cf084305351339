package io.wirecloset.vl1.crypto;

import java.util.random.RandomGenerator;

/** Where unpredictable bytes come from: the system's generator in production, a seeded one in tests. */
public interface RandomSource {
    void fill(byte[] bytes, int offset, int length);

    long nextLong();

    /** @return 0 to {@code bound - 1}, each as likely */
    int nextInt(int bound);

    /** For as many threads as the generator is for. */
    static RandomSource of(RandomGenerator generator) {
        return new RandomSource() {
            @Override
            public void fill(byte[] bytes, int offset, int length) {
                byte[] some = new byte[length];
                generator.nextBytes(some);
                System.arraycopy(some, 0, bytes, offset, length);
            }

            @Override
            public long nextLong() {
                return generator.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return generator.nextInt(bound);
            }
        };
    }
}
