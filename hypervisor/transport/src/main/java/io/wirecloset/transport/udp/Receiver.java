package io.wirecloset.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.wirecloset.engine.DatagramPort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.MessageHeader;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.linux.Tally;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads bunches of datagrams and deals them out one by one. One thread.
 *
 * <p>One call of the kernel's brings up to {@link #MESSAGES} messages, each perhaps many datagrams of one sender that the
 * kernel has joined (UDP_GRO): all of one length but the last. What the caller did not want yet waits here.
 */
final class Receiver {
    private static final int MESSAGES = 8;
    private static final int MESSAGE_BYTES = 64 * 1024;
    private static final int CONTROL_BYTES = 64;

    private final Tally<UdpCount> counts;
    private final EndpointTable endpoints = new EndpointTable();
    private final MemorySegment bytes;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;

    // what waits: messages from the current one on, and within it from an offset on
    private int socket;
    private int received;
    private int current;
    private int offset;
    private int segmentBytes;
    private int messageBytes;
    private Endpoint from;

    Receiver(Tally<UdpCount> counts) {
        this.counts = counts;
        Arena arena = Arena.ofAuto();
        bytes = arena.allocate((long) MESSAGES * MESSAGE_BYTES, 64);
        headers = arena.allocate((long) MESSAGES * MessageHeader.BATCH_LENGTH, 8);
        names = arena.allocate((long) MESSAGES * SocketAddress.ROOM_BYTES, 8);
        controls = arena.allocate((long) MESSAGES * CONTROL_BYTES, 8);
        MemorySegment vectors = arena.allocate((long) MESSAGES * MessageHeader.VECTOR_LENGTH, 8);
        for (int i = 0; i < MESSAGES; i++) {
            MemorySegment header = headers.asSlice((long) i * MessageHeader.BATCH_LENGTH, MessageHeader.BATCH_LENGTH);
            MessageHeader.vector(vectors, i, slice(bytes, i, MESSAGE_BYTES), MESSAGE_BYTES);
            MessageHeader.vectors(header, slice(vectors, i, MessageHeader.VECTOR_LENGTH), 1);
            MessageHeader.name(header, slice(names, i, SocketAddress.ROOM_BYTES), SocketAddress.ROOM_BYTES);
            MessageHeader.control(header, slice(controls, i, CONTROL_BYTES), CONTROL_BYTES);
        }
    }

    private static MemorySegment slice(MemorySegment all, int index, int each) {
        return all.asSlice((long) index * each, each);
    }

    boolean isEmpty() {
        return current >= received;
    }

    /** Only when empty. @return false when the socket has nothing */
    boolean fill(int socketId, int fd) {
        // receiving has written over the lengths of the rooms
        for (int i = 0; i < received; i++) {
            long at = (long) i * MessageHeader.BATCH_LENGTH;
            headers.set(JAVA_INT, at + MessageHeader.NAME_BYTES, SocketAddress.ROOM_BYTES);
            headers.set(JAVA_LONG, at + MessageHeader.CONTROL_BYTES, CONTROL_BYTES);
        }
        int got = SocketCalls.recvmmsg(fd, headers, MESSAGES, SocketCalls.MSG_DONTWAIT);
        current = 0;
        received = Math.max(got, 0);
        if (got <= 0) {
            return false;
        }
        counts.count(UdpCount.RECEIVE_CALLS);
        socket = socketId;
        begin();
        return true;
    }

    private void begin() {
        long header = (long) current * MessageHeader.BATCH_LENGTH;
        messageBytes = headers.get(JAVA_INT, header + MessageHeader.BATCH_BYTES);
        segmentBytes = segmentBytes(header);
        offset = 0;
        from = endpoints.at(names, (long) current * SocketAddress.ROOM_BYTES);
    }

    /** The length of each datagram in the message; that of the message when it is one. */
    private int segmentBytes(long header) {
        long controlBytes = headers.get(JAVA_LONG, header + MessageHeader.CONTROL_BYTES);
        long control = (long) current * CONTROL_BYTES;
        if (controlBytes >= MessageHeader.CONTROL_DATA + Integer.BYTES
                && controls.get(JAVA_INT, control + MessageHeader.CONTROL_LEVEL) == UdpSocket.SOL_UDP
                && controls.get(JAVA_INT, control + MessageHeader.CONTROL_TYPE) == UdpSocket.UDP_GRO) {
            int each = controls.get(JAVA_INT, control + MessageHeader.CONTROL_DATA);
            return each > 0 ? each : messageBytes;
        }
        return messageBytes;
    }

    /** @return how many went to the sink */
    int deal(byte[] slot, DatagramPort.Sink sink, int limit) {
        int dealt = 0;
        while (dealt < limit && current < received) {
            int length = Math.min(segmentBytes, messageBytes - offset);
            if (length <= 0) { // an empty datagram, or the end of a bunch
                next();
                continue;
            }
            long at = (long) current * MESSAGE_BYTES + offset;
            offset += length;
            Endpoint sender = from;
            int to = socket;
            if (offset >= messageBytes) {
                next();
            }
            if (length > Slab.CAPACITY_BYTES) {
                counts.count(UdpCount.RECEIVED_TOO_LONG);
                continue;
            }
            MemorySegment.copy(bytes, JAVA_BYTE, at, slot, Slab.HEAD_ROOM_BYTES, length);
            counts.count(UdpCount.RECEIVED_DATAGRAMS);
            counts.add(UdpCount.RECEIVED_BYTES, length);
            dealt++;
            sink.datagram(to, sender, slot, Slab.HEAD_ROOM_BYTES, length);
        }
        return dealt;
    }

    private void next() {
        current++;
        if (current < received) {
            begin();
        }
    }
}
