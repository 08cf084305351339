package io.wirecloset.transport.linux;

import static io.wirecloset.transport.linux.CLibrary.misbound;
import static io.wirecloset.transport.linux.CLibrary.result;
import static io.wirecloset.transport.linux.CLibrary.state;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
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

    private static final MethodHandle SOCKET = CLibrary.bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = CLibrary.bind("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = CLibrary.bind("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = CLibrary.bind("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = CLibrary.bind("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = CLibrary.bind("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            CLibrary.bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            CLibrary.bind("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SENDTO =
            CLibrary.bind("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMSG = CLibrary.bind("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECVMSG = CLibrary.bind("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMMSG =
            CLibrary.bind("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle RECVMMSG =
            CLibrary.bind("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle RECV = CLibrary.bind("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private SocketCalls() {}

    public static int socket(int domain, int type, int protocol) {
        try {
            MemorySegment state = state();
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int bind(int fd, MemorySegment address, int lengthBytes) {
        try {
            MemorySegment state = state();
            return result((int) BIND.invokeExact(state, fd, address, lengthBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int connect(int fd, MemorySegment address, int lengthBytes) {
        try {
            MemorySegment state = state();
            return result((int) CONNECT.invokeExact(state, fd, address, lengthBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int listen(int fd, int backlog) {
        try {
            MemorySegment state = state();
            return result((int) LISTEN.invokeExact(state, fd, backlog), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @param flags {@link #SOCK_CLOEXEC}, {@link #SOCK_NONBLOCK} for the new socket */
    public static int accept(int fd, int flags) {
        try {
            MemorySegment state = state();
            return result((int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** Writes the bound address into {@code address}. */
    public static int getsockname(int fd, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state();
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            return result((int) GETSOCKNAME.invokeExact(state, fd, address, length), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    public static int setsockopt(int fd, int level, int option, MemorySegment value, int lengthBytes) {
        try {
            MemorySegment state = state();
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, lengthBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
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
            MemorySegment state = state();
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, into, length), state);
        } catch (Throwable t) {
            throw misbound(t);
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
            MemorySegment state = state();
            return result((long) SENDTO.invokeExact(state, fd, from, lengthBytes, flags, address, addressBytes), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @param message a {@link MessageHeader} */
    public static long sendmsg(int fd, MemorySegment message, int flags) {
        try {
            MemorySegment state = state();
            return result((long) SENDMSG.invokeExact(state, fd, message, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @param message a {@link MessageHeader} */
    public static long recvmsg(int fd, MemorySegment message, int flags) {
        try {
            MemorySegment state = state();
            return result((long) RECVMSG.invokeExact(state, fd, message, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }

    /** @return messages sent */
    public static int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            MemorySegment state = state();
            return result((int) SENDMMSG.invokeExact(state, fd, messages.address(), count, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        } finally {
            Reference.reachabilityFence(messages);
        }
    }

    /** @return messages received */
    public static int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            MemorySegment state = state();
            return result((int) RECVMMSG.invokeExact(state, fd, messages.address(), count, flags, 0L), state);
        } catch (Throwable t) {
            throw misbound(t);
        } finally {
            Reference.reachabilityFence(messages);
        }
    }

    public static long recv(int fd, MemorySegment into, long lengthBytes, int flags) {
        try {
            MemorySegment state = state();
            return result((long) RECV.invokeExact(state, fd, into, lengthBytes, flags), state);
        } catch (Throwable t) {
            throw misbound(t);
        }
    }
}
