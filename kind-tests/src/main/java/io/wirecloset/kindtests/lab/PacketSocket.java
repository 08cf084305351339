package io.wirecloset.kindtests.lab;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Whole Ethernet frames, sent from a host's device and seen on its devices, past every filter of its stack. */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int RAW_NONBLOCKING = 3 | 0x800 | 0x80000;
    private static final short EVERY_PROTOCOL = 0x0300; // ETH_P_ALL in network order
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int ROOM_BYTES = 64 << 20;
    private static final int FRAME_LIMIT = 65_536;
    private static final int ADDRESS_BYTES = 20; // struct sockaddr_ll
    private static final int ADDRESS_PROTOCOL = 2;
    private static final int ADDRESS_DEVICE = 4;

    private static final MethodHandle SOCKET =
            Namespaces.handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = Namespaces.handle(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDTO = Namespaces.handle(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVFROM = Namespaces.handle(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE = Namespaces.handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Host host;
    private final int fd;

    private PacketSocket(Host host, int fd) {
        this.host = host;
        this.fd = fd;
    }

    /** @param device index of the one it came from or goes out of */
    public record Frame(int device, byte[] bytes) {}

    /** Sees every frame of every device of the host from now on. */
    public static PacketSocket open(Host host) {
        int fd = Namespaces.in(host.namespacePath(), () -> socket());
        return new PacketSocket(host, fd);
    }

    private static int socket() {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) SOCKET.invokeExact(AF_PACKET, RAW_NONBLOCKING, (int) EVERY_PROTOCOL);
            MemorySegment room = arena.allocateFrom(JAVA_INT, ROOM_BYTES);
            if (fd < 0 || (int) SETSOCKOPT.invokeExact(fd, SOL_SOCKET, SO_RCVBUFFORCE, room, 4) != 0) {
                throw new IllegalStateException("no packet socket");
            }
            return fd;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    public Host host() {
        return host;
    }

    /** Puts a frame onto a device, as if the host itself had sent it. */
    public void send(int device, byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(ADDRESS_BYTES, 4);
            to.set(JAVA_SHORT, 0, (short) AF_PACKET);
            to.set(JAVA_SHORT, ADDRESS_PROTOCOL, EVERY_PROTOCOL);
            to.set(JAVA_INT, ADDRESS_DEVICE, device);
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, frame);
            long sent = (long) SENDTO.invokeExact(fd, bytes, (long) frame.length, 0, to, ADDRESS_BYTES);
            if (sent != frame.length) {
                throw new IllegalStateException("the frame was not sent on " + host.name());
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What came since the last call. */
    public List<Frame> drain() {
        List<Frame> frames = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(FRAME_LIMIT);
            MemorySegment from = arena.allocate(ADDRESS_BYTES, 4);
            MemorySegment length = arena.allocate(JAVA_INT);
            while (true) {
                length.set(JAVA_INT, 0, ADDRESS_BYTES);
                long n = (long) RECVFROM.invokeExact(fd, bytes, (long) FRAME_LIMIT, 0, from, length);
                if (n < 0) {
                    return frames;
                }
                frames.add(new Frame(
                        from.get(JAVA_INT, ADDRESS_DEVICE), bytes.asSlice(0, n).toArray(JAVA_BYTE)));
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
