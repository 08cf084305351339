package io.wirecloset.transport.udp;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.udp.LocalAddresses.Wanted;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Scope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One logical socket: a local address and port, with a descriptor for each lane. */
final class UdpSocket implements AutoCloseable {
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    static final int IPPROTO_IP = 0;
    static final int IPPROTO_IPV6 = 41;

    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_V6ONLY = 26;
    /** Never set "do not fragment": a full packet fits 1500 or is cut by IP on the way, as with stock nodes. */
    private static final int PMTUDISC_DONT = 0;

    private static final int WANTED_BUFFER_BYTES = 4 << 20;
    private static final int ENOUGH_BUFFER_BYTES = 1 << 20;

    final int id;
    final Endpoint bound;
    final Wanted wanted;
    final boolean receivesBunches;
    private final Descriptor[] perLane;

    private UdpSocket(int id, Wanted wanted, Endpoint bound, boolean receivesBunches, Descriptor[] perLane) {
        this.id = id;
        this.wanted = wanted;
        this.bound = bound;
        this.receivesBunches = receivesBunches;
        this.perLane = perLane;
    }

    /** In the calling thread's namespace. A port of 0 takes a free one. */
    static UdpSocket open(int id, Wanted wanted, int lanes) throws LinuxException {
        Descriptor[] perLane = new Descriptor[lanes];
        Endpoint bound = wanted.endpoint();
        boolean bunches = true;
        try {
            for (int lane = 0; lane < lanes; lane++) {
                int fd = Errno.check(
                        SocketCalls.socket(
                                SocketAddress.family(bound),
                                SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC,
                                0),
                        "open a UDP socket");
                perLane[lane] = Descriptor.adopt(fd);
                bunches &= configure(fd, wanted, lanes > 1);
                bound = bind(fd, bound, wanted.interfaceName());
            }
            return new UdpSocket(id, wanted, bound, bunches, perLane);
        } catch (LinuxException | RuntimeException e) {
            for (Descriptor descriptor : perLane) {
                if (descriptor != null) {
                    descriptor.close();
                }
            }
            throw e;
        }
    }

    /** One that is bound and configured already; its descriptors are this one's now. */
    static UdpSocket adopt(int id, Wanted wanted, OpenSocket open) {
        boolean bunches = true;
        for (Descriptor descriptor : open.perLane()) {
            bunches &= SocketCalls.setsockopt(descriptor.fd(), SOL_UDP, UDP_GRO, 1) == 0;
        }
        return new UdpSocket(id, wanted, open.bound(), bunches, open.perLane().toArray(Descriptor[]::new));
    }

    /** Further descriptors of the same open files, for another owner. */
    OpenSocket duplicate() throws LinuxException {
        List<Descriptor> copies = new ArrayList<>();
        try {
            for (Descriptor descriptor : perLane) {
                copies.add(descriptor.duplicate());
            }
            return new OpenSocket(bound, wanted.interfaceName(), copies);
        } catch (LinuxException | RuntimeException e) {
            copies.forEach(Descriptor::close);
            throw e;
        }
    }

    /** @return whether the kernel hands over what belongs together in one call */
    private static boolean configure(int fd, Wanted wanted, boolean shared) throws LinuxException {
        if (wanted.endpoint().isV4()) {
            SocketCalls.setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DONT);
        } else {
            Errno.check(SocketCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), "IPV6_V6ONLY");
            SocketCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DONT);
        }
        if (shared) {
            Errno.check(
                    SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_REUSEPORT, 1), "SO_REUSEPORT");
        }
        buffer(fd, SocketCalls.SO_RCVBUF, SocketCalls.SO_RCVBUFFORCE);
        buffer(fd, SocketCalls.SO_SNDBUF, SocketCalls.SO_SNDBUFFORCE);
        return SocketCalls.setsockopt(fd, SOL_UDP, UDP_GRO, 1) == 0;
    }

    private static void buffer(int fd, int option, int forced) {
        if (SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, forced, WANTED_BUFFER_BYTES) < 0
                && SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, forced, ENOUGH_BUFFER_BYTES) < 0) {
            // without the privilege the system's limit is what we get
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, option, WANTED_BUFFER_BYTES);
        }
    }

    private static Endpoint bind(int fd, Endpoint wanted, String interfaceName) throws LinuxException {
        if (!interfaceName.isEmpty()) {
            // may be refused without CAP_NET_RAW: then routes alone decide
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_BINDTODEVICE, interfaceName);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddress.ROOM_BYTES, 8);
            int length = SocketAddress.write(address, 0, wanted);
            Errno.check(SocketCalls.bind(fd, address, length), "bind UDP " + wanted);
            Errno.check(SocketCalls.getsockname(fd, address), "getsockname");
            return wanted.withPort(SocketAddress.port(address, 0));
        }
    }

    Descriptor lane(int index) {
        return perLane[index];
    }

    boolean reaches(Endpoint to) {
        boolean toLoopback = to.scope() == Scope.LOOPBACK;
        boolean fromLoopback = bound.scope() == Scope.LOOPBACK;
        return bound.isV4() == to.isV4() && toLoopback == fromLoopback;
    }

    @Override
    public void close() {
        for (Descriptor descriptor : perLane) {
            descriptor.close();
        }
    }
}
