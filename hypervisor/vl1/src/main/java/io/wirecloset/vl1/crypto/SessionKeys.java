package io.wirecloset.vl1.crypto;

import io.wirecloset.vl1.wire.Wire;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The key two identities share, and all that follows from it: computed once per peer, immutable, used by every lane.
 * The first 32 bytes key suites 0 and 1 and the encrypted section of HELLO.
 */
public final class SessionKeys {
    private static final int SALSA_KEY_BYTES = 32;

    private final byte[] key;

    /** Bytes 0..31 as little-endian words. */
    final int[] salsaWords = new int[SALSA_KEY_BYTES / 4];

    final AesKeys aes;

    private SessionKeys(byte[] key) {
        this.key = key;
        for (int i = 0; i < salsaWords.length; i++) {
            salsaWords[i] = Salsa20.word(key, 0, i);
        }
        this.aes = new AesKeys(key);
    }

    /** @param key48 48 bytes, copied */
    public static SessionKeys of(byte[] key48) {
        if (key48.length != Wire.SESSION_KEY_BYTES) {
            throw new IllegalArgumentException("a session key has 48 bytes");
        }
        return new SessionKeys(key48.clone());
    }

    /** A copy of bytes 0..31: the unmangled key of suites 0 and 1. */
    public byte[] salsaKey() {
        return Arrays.copyOf(key, SALSA_KEY_BYTES);
    }

    /** Same key? In constant time. */
    @Override
    public boolean equals(Object o) {
        return o instanceof SessionKeys other && MessageDigest.isEqual(key, other.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "SessionKeys[***]";
    }
}
