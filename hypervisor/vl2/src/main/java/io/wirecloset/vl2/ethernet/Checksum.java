package io.wirecloset.vl2.ethernet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The internet checksum: one's complement sum of 16-bit words, as IPv4, ICMP, TCP and UDP use it. */
public final class Checksum {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long LOW_HALF = 0xffff_ffffL;

    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_ADDRESSES_LENGTH = 32;

    private Checksum() {}

    /**
     * Adds bytes to a running sum; an odd last byte counts as the high half of a word.
     *
     * <p>Words of 32 bits are added as they are: folding to 16 bits makes of them the sum of their halves.
     */
    public static long add(long sum, byte[] buffer, int at, int length) {
        int end = at + length;
        int i = at;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            long words = (long) LONG.get(buffer, i);
            sum += (words >>> 32) + (words & LOW_HALF);
        }
        for (; i < end - 1; i += 2) {
            sum += (buffer[i] & 0xff) << 8 | (buffer[i + 1] & 0xff);
        }
        if (i < end) {
            sum += (buffer[i] & 0xff) << 8;
        }
        return sum;
    }

    /** Folds a running sum to the 16 bits that go on the wire. */
    public static int finish(long sum) {
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    /**
     * The checksum over a transport segment with the IPv6 pseudo header. Over a segment that holds a right checksum the
     * result is 0.
     *
     * @param ip where the IPv6 header begins
     * @param segment where the transport header begins
     */
    public static int ofIpv6(byte[] buffer, int ip, int segment, int length, int protocol) {
        long sum = add(0, buffer, ip + IPV6_SOURCE, IPV6_ADDRESSES_LENGTH);
        sum += (length >>> 16) + (length & 0xffff) + protocol;
        return finish(add(sum, buffer, segment, length));
    }
}
