package io.wirecloset.agent.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Sends and receives whole frames on an interface, whatever is in them, as any pod with NET_RAW can. */
final class RawLink implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int ETH_P_ALL = 0x0003;
    private static final int ADDRESS_BYTES = 20;
    private static final int BUFFER_BYTES = 8 << 20;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(65_536);
    private final MemorySegment address = arena.allocate(ADDRESS_BYTES);

    private RawLink(int fd) {
        this.fd = fd;
    }

    static RawLink open(NetworkNamespace namespace, String name) throws IOException {
        return namespace.run(() -> {
            int protocol = Short.toUnsignedInt(Short.reverseBytes((short) ETH_P_ALL));
            int fd = Errno.check(SocketCalls.socket(AF_PACKET, SocketCalls.SOCK_RAW, protocol), "socket");
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, BUFFER_BYTES);
            RawLink link = new RawLink(fd);
            try (Netlink netlink = Netlink.open()) {
                link.address.set(JAVA_SHORT, 0, (short) AF_PACKET);
                link.address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) ETH_P_ALL);
                link.address.set(JAVA_INT, 4, netlink.indexOf(name));
            }
            Errno.check(SocketCalls.bind(fd, link.address, ADDRESS_BYTES), "bind " + name);
            return link;
        });
    }

    void send(byte[] bytes, int times) throws IOException {
        MemorySegment.copy(bytes, 0, frame, JAVA_BYTE, 0, bytes.length);
        for (int i = 0; i < times; i++) {
            Errno.check(SocketCalls.sendto(fd, frame, bytes.length, 0, address, ADDRESS_BYTES), "sendto");
        }
    }

    /** How many frames have come since the last look that hold these bytes. */
    int received(byte[] marker) {
        int count = 0;
        while (true) {
            long length = SocketCalls.recv(fd, frame, frame.byteSize(), SocketCalls.MSG_DONTWAIT);
            if (length < 0) {
                return count;
            }
            count += contains(frame.asSlice(0, length).toArray(JAVA_BYTE), marker) ? 1 : 0;
        }
    }

    private static boolean contains(byte[] bytes, byte[] marker) {
        for (int i = 0; i + marker.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + marker.length, marker, 0, marker.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        FileCalls.close(fd);
        arena.close();
    }
}
