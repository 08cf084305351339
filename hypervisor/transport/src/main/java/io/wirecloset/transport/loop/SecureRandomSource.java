package io.wirecloset.transport.loop;

import io.wirecloset.vl1.crypto.RandomSource;
import java.security.SecureRandom;

/** The system's generator. Any thread. */
public final class SecureRandomSource implements RandomSource {
    private final SecureRandom random = new SecureRandom();

    @Override
    public void fill(byte[] bytes, int offset, int length) {
        if (offset == 0 && length == bytes.length) {
            random.nextBytes(bytes);
            return;
        }
        byte[] some = new byte[length];
        random.nextBytes(some);
        System.arraycopy(some, 0, bytes, offset, length);
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
