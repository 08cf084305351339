package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CFunction.at;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Calls on sockets. A result below zero is the negated {@link Errno}.
 *
 * <p>The calls of the frame path are bound with addresses as numbers: as segments they cost some bytes of heap per call.
 */
public final class SocketCalls {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    public static final int SOL_SOCKET = 1;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PEERCRED = 17;
    public static final int SO_BINDTODEVICE = 25;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;

    private static final CFunction SOCKET = CFunction.bind("socket", 3);
    private static final CFunction BIND = CFunction.bind("bind", 3);
    private static final CFunction CONNECT = CFunction.bind("connect", 3);
    private static final CFunction LISTEN = CFunction.bind("listen", 2);
    private static final CFunction ACCEPT = CFunction.bind("accept4", 4);
    private static final CFunction GETSOCKNAME = CFunction.bind("getsockname", 3);
    private static final CFunction SETSOCKOPT = CFunction.bind("setsockopt", 5);
    private static final CFunction GETSOCKOPT = CFunction.bind("getsockopt", 5);
    private static final CFunction SENDTO = CFunction.bindWide("sendto", 6);
    private static final CFunction SENDMSG = CFunction.bindWide("sendmsg", 3);
    private static final CFunction RECVMSG = CFunction.bindWide("recvmsg", 3);
    private static final CFunction SENDMMSG = CFunction.bind("sendmmsg", 4);
    private static final CFunction RECVMMSG = CFunction.bind("recvmmsg", 5);
    private static final CFunction RECV = CFunction.bindWide("recv", 4);

    private SocketCalls() {}

    public static int socket(int domain, int type, int protocol) {
        return (int) SOCKET.call(domain, type, protocol);
    }

    public static int bind(int fd, MemorySegment address, int lengthBytes) {
        try {
            return (int) BIND.call(fd, at(address), lengthBytes);
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    public static int connect(int fd, MemorySegment address, int lengthBytes) {
        try {
            return (int) CONNECT.call(fd, at(address), lengthBytes);
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    public static int listen(int fd, int backlog) {
        return (int) LISTEN.call(fd, backlog);
    }

    /** @param flags {@link #SOCK_CLOEXEC}, {@link #SOCK_NONBLOCK} for the new socket */
    public static int accept(int fd, int flags) {
        return (int) ACCEPT.call(fd, 0, 0, flags);
    }

    /** Writes the bound address into {@code address}. */
    public static int getsockname(int fd, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            return (int) GETSOCKNAME.call(fd, at(address), at(length));
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    public static int setsockopt(int fd, int level, int option, MemorySegment value, int lengthBytes) {
        try {
            return (int) SETSOCKOPT.call(fd, level, option, at(value), lengthBytes);
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    public static int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value), Integer.BYTES);
        }
    }

    public static int setsockopt(int fd, int level, int option, String value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(value);
            return setsockopt(fd, level, option, text, (int) text.byteSize());
        }
    }

    public static int getsockopt(int fd, int level, int option, MemorySegment into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            return (int) GETSOCKOPT.call(fd, level, option, at(into), at(length));
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /** @return the option's value, which must not be negative by nature, or the negated error number */
    public static int getsockopt(int fd, int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int done = getsockopt(fd, level, option, value);
            return done < 0 ? done : value.get(JAVA_INT, 0);
        }
    }

    public static long sendto(
            int fd, MemorySegment from, long lengthBytes, int flags, MemorySegment address, int addressBytes) {
        try {
            return SENDTO.call(fd, at(from), lengthBytes, flags, at(address), addressBytes);
        } finally {
            Reference.reachabilityFence(from);
            Reference.reachabilityFence(address);
        }
    }

    /** @param message a {@link MessageHeader} */
    public static long sendmsg(int fd, MemorySegment message, int flags) {
        try {
            return SENDMSG.call(fd, at(message), flags);
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** @param message a {@link MessageHeader} */
    public static long recvmsg(int fd, MemorySegment message, int flags) {
        try {
            return RECVMSG.call(fd, at(message), flags);
        } finally {
            Reference.reachabilityFence(message);
        }
    }

    /** @return messages sent */
    public static int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) SENDMMSG.call(fd, at(messages), count, flags);
        } finally {
            Reference.reachabilityFence(messages);
        }
    }

    /** @return messages received */
    public static int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) RECVMMSG.call(fd, at(messages), count, flags, 0L);
        } finally {
            Reference.reachabilityFence(messages);
        }
    }

    public static long recv(int fd, MemorySegment into, long lengthBytes, int flags) {
        try {
            return RECV.call(fd, at(into), lengthBytes, flags);
        } finally {
            Reference.reachabilityFence(into);
        }
    }
}
