package io.wirecloset.transport.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * One Unix stream connection that can carry descriptors and knows who is at the other end.
 *
 * <p>Blocking, for one thread at a time. Descriptors that come are closed unless taken: whoever sends more than one, or
 * sends one nobody asked for, costs nothing.
 */
public final class UnixConnection implements AutoCloseable {
    private static final int SCM_RIGHTS = 1;
    /** Most descriptors the kernel passes in one message; room for all, so that none is ours without our knowing. */
    private static final int RIGHTS_LIMIT = 253;

    private static final int CONTROL_BYTES = MessageHeader.controlSpace(RIGHTS_LIMIT * Integer.BYTES);
    private static final int CHUNK_BYTES = 16 * 1024;

    private final Descriptor descriptor;
    private final MemorySegment header;
    private final MemorySegment vector;
    private final MemorySegment control;
    private final MemorySegment chunk;

    private Descriptor received;
    private int timeoutMs = -1;

    UnixConnection(Descriptor descriptor) {
        this.descriptor = descriptor;
        Arena arena = Arena.ofAuto();
        this.header = arena.allocate(MessageHeader.LENGTH, 8);
        this.vector = arena.allocate(MessageHeader.VECTOR_LENGTH, 8);
        this.control = arena.allocate(CONTROL_BYTES, 8);
        this.chunk = arena.allocate(CHUNK_BYTES, 8);
    }

    /** Who connected, as the kernel noted it at that moment. */
    public record PeerCredentials(int pid, int uid, int gid) {}

    public PeerCredentials peerCredentials() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(3L * Integer.BYTES, 4);
            Errno.check(
                    SocketCalls.getsockopt(
                            descriptor.fd(), SocketCalls.SOL_SOCKET, SocketCalls.SO_PEERCRED, credentials),
                    "SO_PEERCRED");
            return new PeerCredentials(
                    credentials.getAtIndex(JAVA_INT, 0),
                    credentials.getAtIndex(JAVA_INT, 1),
                    credentials.getAtIndex(JAVA_INT, 2));
        }
    }

    /** How long one send or receive may wait; -1, as at first, for ever. Past it they throw {@code ETIMEDOUT}. */
    public void timeout(int milliseconds) {
        this.timeoutMs = milliseconds;
    }

    /**
     * Receives what is there, at least one byte, and keeps the first descriptor that comes with it for {@link
     * #takeDescriptor}.
     *
     * @return bytes received, -1 when the other side has closed
     */
    public int receive(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        MessageHeader.vector(vector, 0, chunk, Math.min(length, CHUNK_BYTES));
        MessageHeader.vectors(header, vector, 1);
        long got;
        do {
            await(PollCalls.POLLIN);
            MessageHeader.control(header, control, CONTROL_BYTES);
            got = SocketCalls.recvmsg(descriptor.fd(), header, SocketCalls.MSG_CMSG_CLOEXEC | SocketCalls.MSG_DONTWAIT);
        } while (got == -Errno.EAGAIN || got == -Errno.EINTR);
        if (got == -Errno.ECONNRESET) {
            return -1;
        }
        Errno.check(got, "receive from a Unix socket");
        keepDescriptors(header.get(JAVA_LONG, MessageHeader.CONTROL_BYTES));
        MemorySegment.copy(chunk, JAVA_BYTE, 0, into, offset, (int) got);
        return got == 0 ? -1 : (int) got;
    }

    /** The first descriptor received since the last call, now the caller's to close; null when none came. */
    public Descriptor takeDescriptor() {
        Descriptor taken = received;
        received = null;
        return taken;
    }

    public void send(byte[] from, int offset, int length) throws IOException {
        send(from, offset, length, null);
    }

    /** @param with a descriptor to pass along with the first byte, or null; it stays the caller's */
    public void send(byte[] from, int offset, int length, Descriptor with) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        Descriptor pending = with;
        int sent = 0;
        while (sent < length) {
            int now = Math.min(length - sent, CHUNK_BYTES);
            MemorySegment.copy(from, offset + sent, chunk, JAVA_BYTE, 0, now);
            MessageHeader.vector(vector, 0, chunk, now);
            MessageHeader.vectors(header, vector, 1);
            attach(pending);
            await(PollCalls.POLLOUT);
            long done =
                    SocketCalls.sendmsg(descriptor.fd(), header, SocketCalls.MSG_NOSIGNAL | SocketCalls.MSG_DONTWAIT);
            if (done != -Errno.EAGAIN && done != -Errno.EINTR) {
                sent += (int) Errno.check(done, "send to a Unix socket");
                pending = null;
            }
        }
    }

    private void attach(Descriptor pending) {
        if (pending == null) {
            MessageHeader.control(header, MemorySegment.NULL, 0);
            return;
        }
        control.set(JAVA_LONG, MessageHeader.CONTROL_LENGTH, MessageHeader.CONTROL_DATA + Integer.BYTES);
        control.set(JAVA_INT, MessageHeader.CONTROL_LEVEL, SocketCalls.SOL_SOCKET);
        control.set(JAVA_INT, MessageHeader.CONTROL_TYPE, SCM_RIGHTS);
        control.set(JAVA_INT, MessageHeader.CONTROL_DATA, pending.fd());
        MessageHeader.control(header, control, MessageHeader.controlSpace(Integer.BYTES));
    }

    private void keepDescriptors(long controlBytes) {
        long at = 0;
        while (at + MessageHeader.CONTROL_DATA <= controlBytes) {
            long length = control.get(JAVA_LONG, at + MessageHeader.CONTROL_LENGTH);
            boolean rights = control.get(JAVA_INT, at + MessageHeader.CONTROL_LEVEL) == SocketCalls.SOL_SOCKET
                    && control.get(JAVA_INT, at + MessageHeader.CONTROL_TYPE) == SCM_RIGHTS;
            for (long fdAt = at + MessageHeader.CONTROL_DATA;
                    rights && fdAt + Integer.BYTES <= at + length;
                    fdAt += Integer.BYTES) {
                keep(Descriptor.adopt(control.get(JAVA_INT, fdAt)));
            }
            at += MessageHeader.controlSpace((int) length - MessageHeader.CONTROL_DATA);
        }
    }

    private void keep(Descriptor came) {
        if (received == null) {
            received = came;
        } else {
            came.close();
        }
    }

    private void await(int events) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polled = arena.allocate(PollCalls.POLLFD_BYTES, 4);
            polled.set(JAVA_INT, 0, descriptor.fd());
            polled.set(JAVA_SHORT, 4, (short) events);
            int ready = PollCalls.poll(polled, 1, timeoutMs);
            if (ready == 0) {
                throw new LinuxException("a Unix socket", Errno.ETIMEDOUT);
            }
            if (ready != -Errno.EINTR) {
                Errno.check(ready, "poll");
            }
        }
    }

    @Override
    public void close() {
        Descriptor left = takeDescriptor();
        if (left != null) {
            left.close();
        }
        descriptor.close();
    }
}
