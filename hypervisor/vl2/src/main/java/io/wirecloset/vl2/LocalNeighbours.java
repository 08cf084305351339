package io.wirecloset.vl2;

import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses behind this node's tap that it answers ARP requests and neighbour solicitations for: the pods of the
 * node. Immutable and read by lanes; a change is a new one.
 */
public final class LocalNeighbours {
    public static final LocalNeighbours NONE = new LocalNeighbours(List.of());

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long V4_MAPPED = 0xffffL << 32;

    // open addressing over (high, low); :: marks a free place, no neighbour can have it
    private final long[] high;
    private final long[] low;
    private final int mask;
    private final Set<MulticastGroup> groups;
    private final int size;

    private LocalNeighbours(Collection<byte[]> ips) {
        int capacity = Integer.highestOneBit(Math.max(4, ips.size() * 2) - 1) << 1;
        high = new long[capacity];
        low = new long[capacity];
        mask = capacity - 1;
        Set<MulticastGroup> resolution = new LinkedHashSet<>();
        int count = 0;
        for (byte[] ip : ips) {
            count += put(ip) ? 1 : 0;
            resolution.add(MulticastGroup.resolutionOf(ip));
        }
        groups = Set.copyOf(resolution);
        size = count;
    }

    /**
     * @param ips addresses of 4 or 16 bytes, none of them all zero
     * @throws IllegalArgumentException for any other length, or the unspecified address
     */
    public static LocalNeighbours of(Collection<byte[]> ips) {
        return ips.isEmpty() ? NONE : new LocalNeighbours(ips);
    }

    /** Whether this node answers for the IPv4 address (as integer). */
    public boolean hasV4(int ip) {
        return has(0, V4_MAPPED | (ip & 0xffffffffL));
    }

    /** Whether this node answers for the IPv6 address at {@code at}; 16 bytes must lie there. */
    public boolean hasV6(byte[] b, int at) {
        return has((long) LONG.get(b, at), (long) LONG.get(b, at + 8));
    }

    /** The groups that others look these addresses up in: to be subscribed to (vl2.md 2.3). */
    public Set<MulticastGroup> groups() {
        return groups;
    }

    public int size() {
        return size;
    }

    private boolean has(long hi, long lo) {
        for (int i = slot(hi, lo); (high[i] | low[i]) != 0; i = (i + 1) & mask) {
            if (high[i] == hi && low[i] == lo) {
                return true;
            }
        }
        return false;
    }

    private boolean put(byte[] ip) {
        if (ip.length != 4 && ip.length != 16) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + ip.length);
        }
        long hi = ip.length == 4 ? 0 : (long) LONG.get(ip, 0);
        long lo = ip.length == 4
                ? V4_MAPPED | (ip[0] & 0xffL) << 24 | (ip[1] & 0xffL) << 16 | (ip[2] & 0xffL) << 8 | (ip[3] & 0xffL)
                : (long) LONG.get(ip, 8);
        if ((hi | lo) == 0 || lo == V4_MAPPED && hi == 0) {
            throw new IllegalArgumentException("nobody answers for the unspecified address");
        }
        int i = slot(hi, lo);
        for (; (high[i] | low[i]) != 0; i = (i + 1) & mask) {
            if (high[i] == hi && low[i] == lo) {
                return false;
            }
        }
        high[i] = hi;
        low[i] = lo;
        return true;
    }

    private int slot(long hi, long lo) {
        long h = (hi * 31 + lo) * 0x9e3779b97f4a7c15L;
        return (int) (h >>> 40) & mask;
    }
}
