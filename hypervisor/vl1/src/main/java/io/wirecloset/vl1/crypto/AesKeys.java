package io.wirecloset.vl1.crypto;

import java.util.Arrays;

/**
 * The two AES-256 keys of suite 3 and what is expanded from them (notes on packets, section 4.1). Immutable: lanes share
 * it.
 */
final class AesKeys {
    private static final int KEY_BYTES = 32;

    /** K0: authenticates. */
    final byte[] macKey;
    /** K1: encrypts. */
    final byte[] cipherKey;
    /** Round keys for the platform's own AES, or null where that is not open to us. */
    final OpenedAes.RoundKeys roundKeys;
    /** The GHASH key, E(K0, 0), as two big-endian words. */
    final long hashKeyHigh;

    final long hashKeyLow;

    AesKeys(byte[] sessionKey) {
        this(derive(sessionKey, '0'), derive(sessionKey, '1'));
    }

    AesKeys(byte[] macKey, byte[] cipherKey) {
        this.macKey = macKey;
        this.cipherKey = cipherKey;
        this.roundKeys = OpenedAes.isOpen() ? OpenedAes.expand(macKey, cipherKey) : null;
        byte[] hashKey = PublicAes.encryptBlock(macKey, new byte[16]);
        this.hashKeyHigh = PublicAes.longAt(hashKey, 0);
        this.hashKeyLow = PublicAes.longAt(hashKey, 8);
    }

    /** One key from the session key: HMAC-SHA-384 in counter mode, of whose 48 bytes the first 32 serve. */
    static byte[] derive(byte[] sessionKey, char label) {
        byte[] message = {0, 0, 0, 0, 'Z', 'T', (byte) label, 0, 0, 0, 0, 0x01, (byte) 0x80};
        return Arrays.copyOf(Hashes.hmacSha384(sessionKey, message), KEY_BYTES);
    }
}
