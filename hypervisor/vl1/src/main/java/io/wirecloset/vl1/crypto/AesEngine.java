package io.wirecloset.vl1.crypto;

/**
 * AES and GHASH for one thread at a time, over keys chosen per packet. Two exist: {@link OpenedAes} on the platform's
 * intrinsics, {@link PublicAes} on its public API for where those are closed. Both are checked against each other before
 * the first is trusted.
 */
abstract sealed class AesEngine permits OpenedAes, PublicAes {
    static final int BLOCK_BYTES = 16;

    /** The keys of all calls that follow. */
    abstract void use(AesKeys keys);

    /** Encrypts 16 bytes in place with K0. */
    abstract void macBlock(byte[] block);

    /** Encrypts 16 bytes in place with K1. */
    abstract void encryptBlock(byte[] block);

    /** Decrypts 16 bytes in place with K1. */
    abstract void decryptBlock(byte[] block);

    /** Counter mode with K1, in place, from this counter block, whose content is then spent. */
    abstract void counterMode(byte[] counter, byte[] bytes, int offset, int length);

    /** Takes whole blocks into the GHASH state of two big-endian words. */
    abstract void hash(long[] state, byte[] bytes, int offset, int blocks);
}
