package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Offsets of {@code struct msghdr}, {@code struct mmsghdr}, {@code struct iovec} and {@code struct cmsghdr} on 64 bits. */
public final class MessageHeader {
    public static final int NAME = 0; // 8  pointer to a socket address
    public static final int NAME_BYTES = 8; // 4
    public static final int VECTORS = 16; // 8  pointer to iovecs
    public static final int VECTOR_COUNT = 24; // 8
    public static final int CONTROL = 32; // 8  pointer to control messages
    public static final int CONTROL_BYTES = 40; // 8
    public static final int FLAGS = 48; // 4  filled in by receiving
    public static final int LENGTH = 56;

    /** In {@code struct mmsghdr}, behind the header: bytes sent or received. */
    public static final int BATCH_BYTES = 56;

    public static final int BATCH_LENGTH = 64;

    public static final int VECTOR_BASE = 0;
    public static final int VECTOR_BYTES = 8;
    public static final int VECTOR_LENGTH = 16;

    public static final int CONTROL_LENGTH = 0; // 8  header and data, without padding
    public static final int CONTROL_LEVEL = 8; // 4
    public static final int CONTROL_TYPE = 12; // 4
    public static final int CONTROL_DATA = 16;

    private MessageHeader() {}

    /** @return the room one control message with so many bytes of data takes */
    public static int controlSpace(int dataBytes) {
        return CONTROL_DATA + ((dataBytes + 7) & ~7);
    }

    public static void vector(MemorySegment vectors, int index, MemorySegment base, long lengthBytes) {
        long at = (long) index * VECTOR_LENGTH;
        vectors.set(ADDRESS, at + VECTOR_BASE, base);
        vectors.set(JAVA_LONG, at + VECTOR_BYTES, lengthBytes);
    }

    public static void vectors(MemorySegment header, MemorySegment vectors, long count) {
        header.set(ADDRESS, VECTORS, vectors);
        header.set(JAVA_LONG, VECTOR_COUNT, count);
    }

    /** @param control room for, or made of, control messages; {@link MemorySegment#NULL} for none */
    public static void control(MemorySegment header, MemorySegment control, long lengthBytes) {
        header.set(ADDRESS, CONTROL, control);
        header.set(JAVA_LONG, CONTROL_BYTES, lengthBytes);
    }

    public static void name(MemorySegment header, MemorySegment address, int lengthBytes) {
        header.set(ADDRESS, NAME, address);
        header.set(JAVA_INT, NAME_BYTES, lengthBytes);
    }
}
