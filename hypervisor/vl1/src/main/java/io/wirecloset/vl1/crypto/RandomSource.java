package io.wirecloset.vl1.crypto;

/** Where unpredictable bytes come from: the system's generator in production, a seeded one in tests. */
public interface RandomSource {
    void fill(byte[] bytes, int offset, int length);

    long nextLong();

    /** @return 0 to {@code bound - 1}, each as likely */
    int nextInt(int bound);
}
