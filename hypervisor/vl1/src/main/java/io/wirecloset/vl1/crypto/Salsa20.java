package io.wirecloset.vl1.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The original Salsa20 stream cipher: 32-byte key, 8-byte nonce, 64-bit block counter (notes on packets, section 3).
 * Twelve rounds for packets, twenty for address derivation. A working object for one thread; keyed anew for every use
 * and allocating nothing.
 */
public final class Salsa20 {
    public static final int KEY_BYTES = 32;
    public static final int NONCE_BYTES = 8;
    public static final int BLOCK_BYTES = 64;
    /** Rounds of the packet cipher. */
    public static final int PACKET_ROUNDS = 12;
    /** Rounds of address derivation. */
    public static final int DERIVATION_ROUNDS = 20;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    // "expand 32-byte k", four bytes each
    private static final int SIGMA0 = 0x61707865;
    private static final int SIGMA1 = 0x3320646e;
    private static final int SIGMA2 = 0x79622d32;
    private static final int SIGMA3 = 0x6b206574;

    private static final byte[] ZEROS = new byte[BLOCK_BYTES];

    private final int rounds;
    private final byte[] tail = new byte[BLOCK_BYTES];
    private int key0;
    private int key1;
    private int key2;
    private int key3;
    private int key4;
    private int key5;
    private int key6;
    private int key7;
    private int nonce0;
    private int nonce1;
    private long counter;

    /** @param rounds an even number: 12 or 20 */
    public Salsa20(int rounds) {
        this.rounds = rounds;
    }

    /** Starts a stream at block 0. */
    public Salsa20 init(byte[] key, int keyOffset, byte[] nonce, int nonceOffset) {
        key(
                word(key, keyOffset, 0),
                word(key, keyOffset, 1),
                word(key, keyOffset, 2),
                word(key, keyOffset, 3),
                word(key, keyOffset, 4),
                word(key, keyOffset, 5),
                word(key, keyOffset, 6),
                word(key, keyOffset, 7));
        nonce(word(nonce, nonceOffset, 0), word(nonce, nonceOffset, 1));
        return this;
    }

    /** The key as eight little-endian words; the nonce follows by {@link #nonce}. */
    void key(int k0, int k1, int k2, int k3, int k4, int k5, int k6, int k7) {
        key0 = k0;
        key1 = k1;
        key2 = k2;
        key3 = k3;
        key4 = k4;
        key5 = k5;
        key6 = k6;
        key7 = k7;
    }

    /** The nonce as two little-endian words; starts at block 0. */
    void nonce(int n0, int n1) {
        nonce0 = n0;
        nonce1 = n1;
        counter = 0;
    }

    static int word(byte[] bytes, int offset, int index) {
        return (int) INT.get(bytes, offset + 4 * index);
    }

    /** Writes the next 64 bytes of key stream. */
    public void block(byte[] out, int at) {
        xorBlock(ZEROS, 0, out, at);
    }

    /** {@code out = in xor} the next 64 bytes of key stream; the two may be the same place. */
    public void block(byte[] in, int from, byte[] out, int at) {
        xorBlock(in, from, out, at);
    }

    /**
     * Encrypts or decrypts in place. Begins with the next unused block; what is left of the last one is not used by
     * later calls.
     */
    public void xor(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int at = offset;
        int end = offset + length;
        for (; end - at >= BLOCK_BYTES; at += BLOCK_BYTES) {
            xorBlock(bytes, at, bytes, at);
        }
        if (at < end) {
            xorBlock(ZEROS, 0, tail, 0);
            for (int i = 0; at < end; i++, at++) {
                bytes[at] ^= tail[i];
            }
        }
    }

    private void xorBlock(byte[] in, int from, byte[] out, int at) {
        int x0 = SIGMA0;
        int x1 = key0;
        int x2 = key1;
        int x3 = key2;
        int x4 = key3;
        int x5 = SIGMA1;
        int x6 = nonce0;
        int x7 = nonce1;
        int x8 = (int) counter;
        int x9 = (int) (counter >>> 32);
        int x10 = SIGMA2;
        int x11 = key4;
        int x12 = key5;
        int x13 = key6;
        int x14 = key7;
        int x15 = SIGMA3;
        for (int round = 0; round < rounds; round += 2) {
            x4 ^= Integer.rotateLeft(x0 + x12, 7);
            x9 ^= Integer.rotateLeft(x5 + x1, 7);
            x14 ^= Integer.rotateLeft(x10 + x6, 7);
            x3 ^= Integer.rotateLeft(x15 + x11, 7);
            x8 ^= Integer.rotateLeft(x4 + x0, 9);
            x13 ^= Integer.rotateLeft(x9 + x5, 9);
            x2 ^= Integer.rotateLeft(x14 + x10, 9);
            x7 ^= Integer.rotateLeft(x3 + x15, 9);
            x12 ^= Integer.rotateLeft(x8 + x4, 13);
            x1 ^= Integer.rotateLeft(x13 + x9, 13);
            x6 ^= Integer.rotateLeft(x2 + x14, 13);
            x11 ^= Integer.rotateLeft(x7 + x3, 13);
            x0 ^= Integer.rotateLeft(x12 + x8, 18);
            x5 ^= Integer.rotateLeft(x1 + x13, 18);
            x10 ^= Integer.rotateLeft(x6 + x2, 18);
            x15 ^= Integer.rotateLeft(x11 + x7, 18);
            x1 ^= Integer.rotateLeft(x0 + x3, 7);
            x6 ^= Integer.rotateLeft(x5 + x4, 7);
            x11 ^= Integer.rotateLeft(x10 + x9, 7);
            x12 ^= Integer.rotateLeft(x15 + x14, 7);
            x2 ^= Integer.rotateLeft(x1 + x0, 9);
            x7 ^= Integer.rotateLeft(x6 + x5, 9);
            x8 ^= Integer.rotateLeft(x11 + x10, 9);
            x13 ^= Integer.rotateLeft(x12 + x15, 9);
            x3 ^= Integer.rotateLeft(x2 + x1, 13);
            x4 ^= Integer.rotateLeft(x7 + x6, 13);
            x9 ^= Integer.rotateLeft(x8 + x11, 13);
            x14 ^= Integer.rotateLeft(x13 + x12, 13);
            x0 ^= Integer.rotateLeft(x3 + x2, 18);
            x5 ^= Integer.rotateLeft(x4 + x7, 18);
            x10 ^= Integer.rotateLeft(x9 + x8, 18);
            x15 ^= Integer.rotateLeft(x14 + x13, 18);
        }
        INT.set(out, at + 0, x0 + SIGMA0 ^ (int) INT.get(in, from + 0));
        INT.set(out, at + 4, x1 + key0 ^ (int) INT.get(in, from + 4));
        INT.set(out, at + 8, x2 + key1 ^ (int) INT.get(in, from + 8));
        INT.set(out, at + 12, x3 + key2 ^ (int) INT.get(in, from + 12));
        INT.set(out, at + 16, x4 + key3 ^ (int) INT.get(in, from + 16));
        INT.set(out, at + 20, x5 + SIGMA1 ^ (int) INT.get(in, from + 20));
        INT.set(out, at + 24, x6 + nonce0 ^ (int) INT.get(in, from + 24));
        INT.set(out, at + 28, x7 + nonce1 ^ (int) INT.get(in, from + 28));
        INT.set(out, at + 32, x8 + (int) counter ^ (int) INT.get(in, from + 32));
        INT.set(out, at + 36, x9 + (int) (counter >>> 32) ^ (int) INT.get(in, from + 36));
        INT.set(out, at + 40, x10 + SIGMA2 ^ (int) INT.get(in, from + 40));
        INT.set(out, at + 44, x11 + key4 ^ (int) INT.get(in, from + 44));
        INT.set(out, at + 48, x12 + key5 ^ (int) INT.get(in, from + 48));
        INT.set(out, at + 52, x13 + key6 ^ (int) INT.get(in, from + 52));
        INT.set(out, at + 56, x14 + key7 ^ (int) INT.get(in, from + 56));
        INT.set(out, at + 60, x15 + SIGMA3 ^ (int) INT.get(in, from + 60));
        counter++;
    }
}
