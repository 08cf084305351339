package io.wirecloset.vl1.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The Poly1305 one-time authenticator, as in RFC 8439 (notes on packets, section 3). A working object for one thread;
 * allocates nothing. The accumulator is two 64-bit words and a few bits, the clamped key two words: clamping keeps every
 * sum of products within 128 bits, so each block takes four wide multiplications.
 */
public final class Poly1305 {
    public static final int KEY_BYTES = 32;
    public static final int TAG_BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long CLAMP_LOW = 0x0fff_fffc_0fff_ffffL;
    private static final long CLAMP_HIGH = 0x0fff_fffc_0fff_fffcL;
    private static final int BLOCK_BYTES = 16;

    private final byte[] last = new byte[BLOCK_BYTES];
    private long h0;
    private long h1;
    private long h2;
    private long tag0;
    private long tag1;

    /** Computes the tag of {@code message[offset..offset+length)} with the 32-byte key {@code r || s}; ask for it behind. */
    public void authenticate(byte[] key, int keyOffset, byte[] message, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, message.length);
        long r0 = (long) LONG.get(key, keyOffset) & CLAMP_LOW;
        long r1 = (long) LONG.get(key, keyOffset + 8) & CLAMP_HIGH;
        h0 = 0;
        h1 = 0;
        h2 = 0;
        int whole = length & -BLOCK_BYTES;
        absorb(message, offset, whole, r0, r1, 1);
        int rest = length - whole;
        if (rest > 0) {
            LONG.set(last, 0, 0L);
            LONG.set(last, 8, 0L);
            System.arraycopy(message, offset + whole, last, 0, rest);
            last[rest] = 1;
            absorb(last, 0, BLOCK_BYTES, r0, r1, 0);
        }
        finish((long) LONG.get(key, keyOffset + 16), (long) LONG.get(key, keyOffset + 24));
    }

    /** Bytes 0..7 of the last tag, as a little-endian number. */
    public long tagLow() {
        return tag0;
    }

    /** Bytes 8..15 of the last tag, as a little-endian number. */
    public long tagHigh() {
        return tag1;
    }

    private void absorb(byte[] message, int offset, int length, long r0, long r1, long padBit) {
        // r1 is a multiple of 4, so 5/4 of it is whole: what lies above 2^130 comes back times 5
        long s1 = r1 + (r1 >>> 2);
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        for (int at = offset; at < offset + length; at += BLOCK_BYTES) {
            long m0 = (long) LONG.get(message, at);
            long m1 = (long) LONG.get(message, at + 8);
            a0 += m0;
            long carry = carry(a0, m0);
            m1 += carry;
            a2 += padBit + (m1 == 0 ? carry : 0);
            a1 += m1;
            a2 += carry(a1, m1);

            long p = a0 * r0;
            long q = a1 * s1;
            long low = p + q;
            long middle = Math.unsignedMultiplyHigh(a0, r0) + Math.unsignedMultiplyHigh(a1, s1) + carry(low, q);
            p = a0 * r1;
            q = a1 * r0;
            long high = Math.unsignedMultiplyHigh(a0, r1) + Math.unsignedMultiplyHigh(a1, r0) + a2 * r0;
            p += q;
            high += carry(p, q);
            q = a2 * s1;
            p += q;
            high += carry(p, q);
            middle += p;
            high += carry(middle, p);

            long over = (high >>> 2) + (high & ~3L);
            a0 = low + over;
            carry = carry(a0, over);
            a1 = middle + carry;
            a2 = (high & 3) + (carry & (a1 == 0 ? 1 : 0));
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
    }

    /** 1 if {@code sum = something + part} went beyond 64 bits. */
    private static long carry(long sum, long part) {
        return Long.compareUnsigned(sum, part) < 0 ? 1 : 0;
    }

    private void finish(long s0, long s1) {
        // h - p = h + 5 - 2^130: take it if that is not negative
        long g0 = h0 + 5;
        long c = carry(g0, 5);
        long g1 = h1 + c;
        long g2 = h2 + (c & (g1 == 0 ? 1 : 0));
        long take = -(g2 >>> 2 & 1);
        h0 = h0 & ~take | g0 & take;
        h1 = h1 & ~take | g1 & take;
        tag0 = h0 + s0;
        tag1 = h1 + s1 + carry(tag0, s0);
    }
}
