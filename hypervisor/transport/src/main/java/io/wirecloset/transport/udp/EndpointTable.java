package io.wirecloset.transport.udp;

import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.MemorySegment;

/**
 * Turns the kernel's addresses into {@link Endpoint}s, the same object for the same address while it stays in use, so that
 * receiving allocates nothing. Bounded: of two that fall into one set the one not used last is forgotten. One thread.
 */
final class EndpointTable {
    private static final int SETS = 4096;
    private static final int WAYS = 2;

    /** By set: the one used last, then the other. */
    private final Endpoint[] entries = new Endpoint[SETS * WAYS];

    Endpoint at(MemorySegment memory, long at) {
        long high = SocketAddress.ipHigh(memory, at);
        long low = SocketAddress.ipLow(memory, at);
        int port = SocketAddress.port(memory, at);
        boolean v4 = SocketAddress.isV4(memory, at);
        int first = set(high, low, port) * WAYS;
        if (is(entries[first], v4, high, low, port)) {
            return entries[first];
        }
        Endpoint found = is(entries[first + 1], v4, high, low, port)
                ? entries[first + 1]
                : v4 ? Endpoint.ofV4((int) low, port) : Endpoint.ofV6(high, low, port);
        entries[first + 1] = entries[first];
        entries[first] = found;
        return found;
    }

    private static boolean is(Endpoint entry, boolean v4, long high, long low, int port) {
        return entry != null
                && entry.ipLow() == low
                && entry.ipHigh() == high
                && entry.port() == port
                && entry.isV4() == v4;
    }

    private static int set(long high, long low, int port) {
        long mixed = ((high * 31 + low) * 31 + port) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 52) & SETS - 1;
    }
}
