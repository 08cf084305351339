package io.wirecloset.transport.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.MessageReader.Body;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/** A socket to the kernel, mostly to its routing side: sends a request, reads until it is answered. One thread at a time. */
final class NetlinkSocket implements AutoCloseable {
    /** What one answer is made of. */
    interface Messages {
        void message(int type, Body body);
    }

    /** The kernel fills dumps in pieces of at most 32 KiB. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private static final int NETLINK_ROUTE = 0;
    private static final long SIOCGSKNS = 0x894C;
    private static final int ADDRESS_BYTES = 12;
    /** A dump that others' changes cut short is asked for again so often. */
    private static final int DUMP_ATTEMPTS = 10;

    private final Descriptor descriptor;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private int sequence;

    private NetlinkSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** In the calling thread's namespace. @param flags {@code SOCK_NONBLOCK} or 0 */
    static NetlinkSocket open(int flags) throws LinuxException {
        return open(flags, NETLINK_ROUTE);
    }

    /** @param protocol which part of the kernel is spoken to */
    static NetlinkSocket open(int flags, int protocol) throws LinuxException {
        Descriptor descriptor = Descriptor.adopt(Errno.check(
                SocketCalls.socket(
                        SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC | flags, protocol),
                "open a netlink socket"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
            address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_NETLINK);
            Errno.check(SocketCalls.bind(descriptor.fd(), address, ADDRESS_BYTES), "bind a netlink socket");
        } catch (LinuxException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
        // what older kernels lack only makes errors terser and dumps longer
        SocketCalls.setsockopt(descriptor.fd(), Rtnetlink.SOL_NETLINK, Rtnetlink.NETLINK_CAP_ACK, 1);
        SocketCalls.setsockopt(descriptor.fd(), Rtnetlink.SOL_NETLINK, Rtnetlink.NETLINK_EXT_ACK, 1);
        SocketCalls.setsockopt(descriptor.fd(), Rtnetlink.SOL_NETLINK, Rtnetlink.NETLINK_GET_STRICT_CHK, 1);
        return new NetlinkSocket(descriptor);
    }

    int fd() {
        return descriptor.fd();
    }

    /** The namespace it was opened in; the caller's to close. */
    Descriptor namespace() throws LinuxException {
        return Descriptor.adopt(
                Errno.check(FileCalls.ioctl(descriptor.fd(), SIOCGSKNS, 0), "find a netlink socket's namespace"));
    }

    void subscribe(int group) throws LinuxException {
        Errno.check(
                SocketCalls.setsockopt(descriptor.fd(), Rtnetlink.SOL_NETLINK, Rtnetlink.NETLINK_ADD_MEMBERSHIP, group),
                "subscribe to netlink group " + group);
    }

    /**
     * Sends one request and waits for its acknowledgement, or for the one message that answers it.
     *
     * @param what the operation and its object, for the error's text
     */
    void ask(Request request, String what, Messages answers) throws IOException {
        send(request, what);
        readAnswer(what, answers);
    }

    /** @param attempt makes the request, and empties what was collected, for each attempt */
    void dump(Supplier<Request> attempt, String what, Messages answers) throws IOException {
        for (int i = 0; i < DUMP_ATTEMPTS; i++) {
            send(attempt.get(), what);
            if (readAnswer(what, answers)) {
                return;
            }
        }
        throw new NetlinkException(what, Errno.EAGAIN, "changed by others all the time");
    }

    private void send(Request request, String what) throws IOException {
        ByteBuffer message = request.finish(++sequence);
        MemorySegment bytes = MemorySegment.ofBuffer(message);
        MemorySegment.copy(bytes, 0, buffer, 0, bytes.byteSize());
        Errno.check(SocketCalls.sendto(descriptor.fd(), buffer, bytes.byteSize(), 0, MemorySegment.NULL, 0), what);
    }

    /** @return false when a dump was interrupted and is not to be trusted */
    private boolean readAnswer(String what, Messages answers) throws IOException {
        boolean whole = true;
        while (true) {
            MessageReader message = new MessageReader(receive(0, what));
            try {
                while (message.next()) {
                    if (message.sequence() != sequence) {
                        continue; // the rest of an answer that was given up
                    }
                    whole &= (message.flags() & Rtnetlink.NLM_F_DUMP_INTR) == 0;
                    switch (message.type()) {
                        case Rtnetlink.NLMSG_DONE -> {
                            int result = message.body().length() >= Integer.BYTES
                                    ? message.body().i32(0)
                                    : 0;
                            refuse(what, result, "");
                            return whole;
                        }
                        case Rtnetlink.NLMSG_ERROR -> {
                            refuse(what, message.body().i32(0), explanation(message));
                            return whole;
                        }
                        default -> answers.message(message.type(), message.body());
                    }
                }
            } catch (MalformedReplyException e) {
                throw new NetlinkException(what, e);
            }
        }
    }

    private static void refuse(String what, int result, String explanation) throws NetlinkException {
        if (result < 0) {
            throw new NetlinkException(what, -result, explanation);
        }
    }

    /** Behind the error number stands the header of our request, then attributes, one of them a text. */
    static String explanation(MessageReader error) {
        if ((error.flags() & Rtnetlink.NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        Body body = error.body();
        int echoed = (error.flags() & Rtnetlink.NLM_F_CAPPED) != 0 ? Rtnetlink.HEADER_BYTES : body.i32(Integer.BYTES);
        if (echoed < Rtnetlink.HEADER_BYTES || echoed > body.length() - Integer.BYTES) {
            throw new MalformedReplyException("an error that echoes " + echoed + " bytes");
        }
        AttributeReader attribute = body.attributes(Integer.BYTES + echoed);
        while (attribute.next()) {
            if (attribute.type() == Rtnetlink.NLMSGERR_ATTR_MSG) {
                return attribute.text();
            }
        }
        return "";
    }

    /**
     * @param flags of recv
     * @return one datagram in native order; null when there is none and the socket does not wait
     */
    ByteBuffer receive(int flags, String what) throws IOException {
        long got;
        do {
            got = SocketCalls.recv(descriptor.fd(), buffer, BUFFER_BYTES, flags | SocketCalls.MSG_TRUNC);
        } while (got == -Errno.EINTR);
        if (got == -Errno.EAGAIN) {
            return null;
        }
        Errno.check(got, what);
        if (got > BUFFER_BYTES) {
            throw new NetlinkException(what, Errno.EMSGSIZE, got + " bytes in one datagram");
        }
        byte[] copy = new byte[(int) got];
        MemorySegment.copy(buffer, JAVA_BYTE, 0, copy, 0, copy.length);
        return ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
