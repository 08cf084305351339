package io.wirecloset.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6}.
 *
 * <pre>
 *   sockaddr_in   2 family | 2 port | 4 address
 *   sockaddr_in6  2 family | 2 port | 4 flow | 16 address | 4 scope
 * </pre>
 */
final class SocketAddress {
    static final int V4_BYTES = 16;
    static final int V6_BYTES = 28;
    /** Room for either, with the alignment of both. */
    static final int ROOM_BYTES = 32;

    static final int FAMILY = 0;
    static final int PORT = 2;
    static final int V4_ADDRESS = 4;
    static final int V6_FLOW = 4;
    static final int V6_ADDRESS = 8;
    static final int V6_SCOPE = 24;

    private static final ValueLayout.OfShort BE_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE_LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddress() {}

    static int family(Endpoint endpoint) {
        return endpoint.isV4() ? SocketCalls.AF_INET : SocketCalls.AF_INET6;
    }

    /** @return its length */
    static int write(MemorySegment memory, long at, Endpoint endpoint) {
        memory.set(JAVA_SHORT, at + FAMILY, (short) family(endpoint));
        memory.set(BE_SHORT, at + PORT, (short) endpoint.port());
        if (endpoint.isV4()) {
            memory.set(BE_INT, at + V4_ADDRESS, (int) endpoint.ipLow());
            return V4_BYTES;
        }
        memory.set(JAVA_INT, at + V6_FLOW, 0);
        memory.set(BE_LONG, at + V6_ADDRESS, endpoint.ipHigh());
        memory.set(BE_LONG, at + V6_ADDRESS + 8, endpoint.ipLow());
        memory.set(JAVA_INT, at + V6_SCOPE, 0);
        return V6_BYTES;
    }

    static int port(MemorySegment memory, long at) {
        return memory.get(BE_SHORT, at + PORT) & 0xffff;
    }

    static boolean isV4(MemorySegment memory, long at) {
        return memory.get(JAVA_SHORT, at + FAMILY) == SocketCalls.AF_INET;
    }

    /** Bytes 0..7 of an IPv6 address, 0 for IPv4. */
    static long ipHigh(MemorySegment memory, long at) {
        return isV4(memory, at) ? 0 : memory.get(BE_LONG, at + V6_ADDRESS);
    }

    /** Bytes 8..15 of an IPv6 address, the whole IPv4 address. */
    static long ipLow(MemorySegment memory, long at) {
        return isV4(memory, at)
                ? memory.get(BE_INT, at + V4_ADDRESS) & 0xffff_ffffL
                : memory.get(BE_LONG, at + V6_ADDRESS + 8);
    }
}
