package io.wirecloset.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.wirecloset.transport.linux.MessageHeader;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A batch of trains in native memory. A train is datagrams of one length, from one socket to one destination, that the
 * kernel takes in one piece (UDP_SEGMENT); a shorter one may end it. One thread.
 */
final class Trains {
    /** Trains in one batch. */
    static final int LIMIT = 16;
    /** The kernel's: datagrams in a train. */
    private static final int DATAGRAMS_LIMIT = 64;
    /** The kernel's: bytes in a train. */
    static final int TRAIN_BYTES = 65_507;

    private static final int ROOM_BYTES = 64 * 1024;
    private static final int CONTROL_BYTES = MessageHeader.controlSpace(Short.BYTES);

    private final MemorySegment bytes;
    private final MemorySegment headers;
    /** From each train's header to the end. Cut once, because cutting allocates. */
    private final MemorySegment[] headersFrom = new MemorySegment[LIMIT];

    private final MemorySegment vectors;
    private final MemorySegment names;
    private final MemorySegment controls;

    private final int[] socket = new int[LIMIT];
    private final Endpoint[] to = new Endpoint[LIMIT];
    private final int[] each = new int[LIMIT];
    private final int[] datagrams = new int[LIMIT];
    private final int[] length = new int[LIMIT];
    private final boolean[] ended = new boolean[LIMIT];
    private int count;

    Trains() {
        Arena arena = Arena.ofAuto();
        bytes = arena.allocate((long) LIMIT * ROOM_BYTES, 64);
        headers = arena.allocate((long) LIMIT * MessageHeader.BATCH_LENGTH, 8);
        vectors = arena.allocate((long) LIMIT * MessageHeader.VECTOR_LENGTH, 8);
        names = arena.allocate((long) LIMIT * SocketAddress.ROOM_BYTES, 8);
        controls = arena.allocate((long) LIMIT * CONTROL_BYTES, 8);
        for (int i = 0; i < LIMIT; i++) {
            MemorySegment header = headers.asSlice((long) i * MessageHeader.BATCH_LENGTH);
            headersFrom[i] = header;
            MessageHeader.vector(vectors, i, bytes.asSlice((long) i * ROOM_BYTES, ROOM_BYTES), 0);
            MessageHeader.vectors(
                    header, vectors.asSlice((long) i * MessageHeader.VECTOR_LENGTH, MessageHeader.VECTOR_LENGTH), 1);
            MessageHeader.name(
                    header,
                    names.asSlice((long) i * SocketAddress.ROOM_BYTES, SocketAddress.ROOM_BYTES),
                    SocketAddress.V4_BYTES);
            MessageHeader.control(header, controls.asSlice((long) i * CONTROL_BYTES, CONTROL_BYTES), CONTROL_BYTES);
            long control = (long) i * CONTROL_BYTES;
            controls.set(JAVA_LONG, control + MessageHeader.CONTROL_LENGTH, MessageHeader.CONTROL_DATA + Short.BYTES);
            controls.set(JAVA_INT, control + MessageHeader.CONTROL_LEVEL, UdpSocket.SOL_UDP);
            controls.set(JAVA_INT, control + MessageHeader.CONTROL_TYPE, UdpSocket.UDP_SEGMENT);
        }
    }

    int count() {
        return count;
    }

    int socket(int train) {
        return socket[train];
    }

    int datagrams(int train) {
        return datagrams[train];
    }

    int length(int train) {
        return length[train];
    }

    /** Length of all datagrams of the train but perhaps the last. */
    int each(int train) {
        return each[train];
    }

    /** The header of this train and those behind it. */
    MemorySegment headersFrom(int train) {
        return headersFrom[train];
    }

    void clear() {
        count = 0;
    }

    /**
     * @param longest the longest datagram this socket may send in trains
     * @return false: the batch is full, nothing was done
     */
    boolean add(int socketId, Endpoint destination, byte[] slot, int at, int lengthBytes, int longest) {
        int train = last(socketId, destination);
        if (train < 0 || !fits(train, lengthBytes, longest)) {
            if (count == LIMIT) {
                return false;
            }
            train = count++;
            socket[train] = socketId;
            to[train] = destination;
            each[train] = lengthBytes;
            datagrams[train] = 0;
            length[train] = 0;
        }
        MemorySegment.copy(slot, at, bytes, JAVA_BYTE, (long) train * ROOM_BYTES + length[train], lengthBytes);
        datagrams[train]++;
        length[train] += lengthBytes;
        ended[train] = lengthBytes < each[train];
        return true;
    }

    /** The latest to this destination: never one before it, which would change the order. */
    private int last(int socketId, Endpoint destination) {
        for (int i = count - 1; i >= 0; i--) {
            if (socket[i] == socketId && to[i].equals(destination)) {
                return i;
            }
        }
        return -1;
    }

    private boolean fits(int train, int lengthBytes, int longest) {
        return !ended[train]
                && lengthBytes <= each[train]
                && each[train] <= longest
                && datagrams[train] < DATAGRAMS_LIMIT
                && length[train] + lengthBytes <= TRAIN_BYTES;
    }

    /** Completes the headers of all trains. */
    void seal() {
        for (int i = 0; i < count; i++) {
            long header = (long) i * MessageHeader.BATCH_LENGTH;
            int nameBytes = SocketAddress.write(names, (long) i * SocketAddress.ROOM_BYTES, to[i]);
            headers.set(JAVA_INT, header + MessageHeader.NAME_BYTES, nameBytes);
            headers.set(JAVA_LONG, header + MessageHeader.CONTROL_BYTES, datagrams[i] > 1 ? CONTROL_BYTES : 0L);
            controls.set(JAVA_SHORT, (long) i * CONTROL_BYTES + MessageHeader.CONTROL_DATA, (short) each[i]);
            vectors.set(
                    JAVA_LONG, (long) i * MessageHeader.VECTOR_LENGTH + MessageHeader.VECTOR_BYTES, (long) length[i]);
        }
    }

    MemorySegment datagram(int train, int index) {
        return bytes.asSlice((long) train * ROOM_BYTES + (long) index * each[train]);
    }

    int datagramBytes(int train, int index) {
        return Math.min(each[train], length[train] - index * each[train]);
    }

    MemorySegment name(int train) {
        return names.asSlice((long) train * SocketAddress.ROOM_BYTES);
    }

    int nameBytes(int train) {
        return to[train].isV4() ? SocketAddress.V4_BYTES : SocketAddress.V6_BYTES;
    }

    /** Forgets the trains before this one. The others move to the front, their bytes with them. */
    void dropBefore(int train) {
        if (train == 0) {
            return;
        }
        for (int i = train; i < count; i++) {
            int target = i - train;
            socket[target] = socket[i];
            to[target] = to[i];
            each[target] = each[i];
            datagrams[target] = datagrams[i];
            length[target] = length[i];
            ended[target] = ended[i];
            MemorySegment.copy(bytes, (long) i * ROOM_BYTES, bytes, (long) target * ROOM_BYTES, length[i]);
        }
        count -= train;
    }
}
