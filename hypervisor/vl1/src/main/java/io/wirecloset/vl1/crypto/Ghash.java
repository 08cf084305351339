package io.wirecloset.vl1.crypto;

/**
 * Multiplication in the field of GHASH, in plain Java and without tables or branches that depend on data. Where the
 * platform's own is closed to us.
 */
final class Ghash {
    // every fourth bit: products of such numbers spread their carries into bits that are masked away
    private static final long EVERY0 = 0x1111_1111_1111_1111L;
    private static final long EVERY1 = EVERY0 << 1;
    private static final long EVERY2 = EVERY0 << 2;
    private static final long EVERY3 = EVERY0 << 3;

    private Ghash() {}

    /** {@code state = state * key}; words are big-endian, GHASH's bit 0 being the topmost bit of word 0. */
    static void multiply(long[] state, long keyHigh, long keyLow) {
        long a1 = state[0];
        long a0 = state[1];
        long low0 = low(a0, keyLow);
        long high0 = high(a0, keyLow);
        long low1 = low(a1, keyHigh);
        long high1 = high(a1, keyHigh);
        long cross = low(a0 ^ a1, keyLow ^ keyHigh) ^ low0 ^ low1;
        long crossHigh = high(a0 ^ a1, keyLow ^ keyHigh) ^ high0 ^ high1;

        // 255-bit product, moved up by one because GHASH counts bits from the other end
        long p0 = low0;
        long p1 = high0 ^ cross;
        long p2 = low1 ^ crossHigh;
        long p3 = high1;
        p3 = p3 << 1 | p2 >>> 63;
        p2 = p2 << 1 | p1 >>> 63;
        p1 = p1 << 1 | p0 >>> 63;
        p0 = p0 << 1;

        // modulo x^128 + x^7 + x^2 + x + 1, one word at a time
        p2 ^= p0 ^ p0 >>> 1 ^ p0 >>> 2 ^ p0 >>> 7;
        p1 ^= p0 << 63 ^ p0 << 62 ^ p0 << 57;
        p3 ^= p1 ^ p1 >>> 1 ^ p1 >>> 2 ^ p1 >>> 7;
        p2 ^= p1 << 63 ^ p1 << 62 ^ p1 << 57;
        state[0] = p3;
        state[1] = p2;
    }

    /** Bits 0..63 of the product without carries. */
    private static long low(long x, long y) {
        long x0 = x & EVERY0;
        long x1 = x & EVERY1;
        long x2 = x & EVERY2;
        long x3 = x & EVERY3;
        long y0 = y & EVERY0;
        long y1 = y & EVERY1;
        long y2 = y & EVERY2;
        long y3 = y & EVERY3;
        return (x0 * y0 ^ x1 * y3 ^ x2 * y2 ^ x3 * y1) & EVERY0
                | (x0 * y1 ^ x1 * y0 ^ x2 * y3 ^ x3 * y2) & EVERY1
                | (x0 * y2 ^ x1 * y1 ^ x2 * y0 ^ x3 * y3) & EVERY2
                | (x0 * y3 ^ x1 * y2 ^ x2 * y1 ^ x3 * y0) & EVERY3;
    }

    /** Bits 64..126 of the product without carries: the low bits of the mirrored one, mirrored. */
    private static long high(long x, long y) {
        return Long.reverse(low(Long.reverse(x), Long.reverse(y))) >>> 1;
    }
}
