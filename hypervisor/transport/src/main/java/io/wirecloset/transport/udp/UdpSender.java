package io.wirecloset.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.wirecloset.engine.DatagramSender;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.MessageHeader;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Sends single datagrams, from any thread, over the first lane's descriptors. */
final class UdpSender implements DatagramSender {
    private static final int IP_TTL = 2;
    private static final int IPV6_HOP_LIMIT = 52;
    private static final int CONTROL_BYTES = MessageHeader.controlSpace(Integer.BYTES);

    private final UdpSockets sockets;
    // guarded by this
    private final MemorySegment buffer;
    private final MemorySegment name;
    private final MemorySegment vector;
    private final MemorySegment control;
    private final MemorySegment header;

    UdpSender(UdpSockets sockets) {
        this.sockets = sockets;
        Arena arena = Arena.ofAuto();
        buffer = arena.allocate(Trains.TRAIN_BYTES, 8);
        name = arena.allocate(SocketAddress.ROOM_BYTES, 8);
        vector = arena.allocate(MessageHeader.VECTOR_LENGTH, 8);
        control = arena.allocate(CONTROL_BYTES, 8);
        header = arena.allocate(MessageHeader.LENGTH, 8);
        MessageHeader.vectors(header, vector, 1);
        control.set(JAVA_LONG, MessageHeader.CONTROL_LENGTH, MessageHeader.CONTROL_DATA + Integer.BYTES);
    }

    @Override
    public synchronized void send(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > Trains.TRAIN_BYTES) {
            return;
        }
        MemorySegment.copy(bytes, offset, buffer, JAVA_BYTE, 0, length);
        MessageHeader.vector(vector, 0, buffer, length);
        MessageHeader.name(header, name, SocketAddress.write(name, 0, to));
        hopLimit(to, ttl);
        for (UdpSocket candidate : sockets.current()) {
            if (candidate.id == socket || socket == EVERY_SOCKET && candidate.reaches(to)) {
                send(candidate.lane(0));
            }
        }
    }

    /** With the datagram, not on the socket: lanes send over the same one. */
    private void hopLimit(Endpoint to, int ttl) {
        if (ttl == DEFAULT_TTL) {
            MessageHeader.control(header, MemorySegment.NULL, 0);
            return;
        }
        control.set(JAVA_INT, MessageHeader.CONTROL_LEVEL, to.isV4() ? UdpSocket.IPPROTO_IP : UdpSocket.IPPROTO_IPV6);
        control.set(JAVA_INT, MessageHeader.CONTROL_TYPE, to.isV4() ? IP_TTL : IPV6_HOP_LIMIT);
        control.set(JAVA_INT, MessageHeader.CONTROL_DATA, ttl);
        MessageHeader.control(header, control, CONTROL_BYTES);
    }

    private void send(Descriptor descriptor) {
        if (descriptor.enter()) {
            try {
                SocketCalls.sendmsg(descriptor.fdInside(), header, SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL);
            } finally {
                descriptor.leave();
            }
        }
    }
}
