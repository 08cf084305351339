package io.wirecloset.vl1.crypto;

/**
 * The block cipher Speck64/128: 64-bit blocks, 128-bit key, 27 rounds. Small and quick where a keyed bijection of one
 * word is wanted. Immutable.
 */
public final class Speck64 {
    private static final int ROUNDS = 27;
    private static final int KEY_WORDS = 4;

    private final int[] roundKeys = new int[ROUNDS];

    /**
     * @param keyHigh key words 3 and 2
     * @param keyLow key words 1 and 0
     */
    public Speck64(long keyHigh, long keyLow) {
        int[] l = new int[ROUNDS + KEY_WORDS - 2];
        l[0] = (int) (keyLow >>> 32);
        l[1] = (int) keyHigh;
        l[2] = (int) (keyHigh >>> 32);
        roundKeys[0] = (int) keyLow;
        for (int i = 0; i < ROUNDS - 1; i++) {
            l[i + 3] = roundKeys[i] + Integer.rotateRight(l[i], 8) ^ i;
            roundKeys[i + 1] = Integer.rotateLeft(roundKeys[i], 3) ^ l[i + 3];
        }
    }

    public long encrypt(long block) {
        int x = (int) (block >>> 32);
        int y = (int) block;
        for (int key : roundKeys) {
            x = Integer.rotateRight(x, 8) + y ^ key;
            y = Integer.rotateLeft(y, 3) ^ x;
        }
        return (long) x << 32 | y & 0xffff_ffffL;
    }

    public long decrypt(long block) {
        int x = (int) (block >>> 32);
        int y = (int) block;
        for (int round = ROUNDS - 1; round >= 0; round--) {
            y = Integer.rotateRight(y ^ x, 3);
            x = Integer.rotateLeft((x ^ roundKeys[round]) - y, 8);
        }
        return (long) x << 32 | y & 0xffff_ffffL;
    }

    @Override
    public String toString() {
        return "Speck64[***]";
    }
}
