package io.wirecloset.transport.netlink;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.MessageReader.Body;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tells what changes in one namespace. One thread polls {@link #fd} for reading and then drains.
 *
 * <p>The kernel drops notices when they are not read fast enough and says so once: whoever listens must then look at
 * everything anew, and should do so from time to time anyway.
 */
public final class NetlinkMonitor implements AutoCloseable {
    /** What may be watched. */
    public enum Topic {
        LINKS(1),
        IPV4_ADDRESSES(5),
        IPV6_ADDRESSES(9);

        private final int group;

        Topic(int group) {
            this.group = group;
        }
    }

    /** Called from {@link #drain}. */
    public interface Listener {
        default void link(Link link, boolean present) {}

        default void address(Address address, boolean present) {}

        /** Notices were lost. */
        void overrun();
    }

    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

    private final NetlinkSocket socket;

    private NetlinkMonitor(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** For the calling thread's namespace. */
    public static NetlinkMonitor open(Topic... topics) throws IOException {
        NetlinkSocket socket = NetlinkSocket.open(SocketCalls.SOCK_NONBLOCK);
        try {
            SocketCalls.setsockopt(
                    socket.fd(), SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
            for (Topic topic : topics) {
                socket.subscribe(topic.group);
            }
            return new NetlinkMonitor(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    public static NetlinkMonitor openIn(NetworkNamespace namespace, Topic... topics) throws IOException {
        return namespace.run(() -> open(topics));
    }

    public int fd() {
        return socket.fd();
    }

    /** Hands on all notices that have come; does not wait. @return how many */
    public int drain(Listener listener) throws IOException {
        int count = 0;
        while (true) {
            try {
                ByteBuffer datagram = socket.receive(0, "read netlink notices");
                if (datagram == null) {
                    return count;
                }
                count += read(datagram, listener);
            } catch (MalformedReplyException e) {
                throw new NetlinkException("read netlink notices", e);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOBUFS) {
                    throw e;
                }
                listener.overrun();
                count++;
            }
        }
    }

    /** @return how many messages were in it */
    static int read(ByteBuffer datagram, Listener listener) {
        int count = 0;
        MessageReader message = new MessageReader(datagram);
        while (message.next()) {
            tell(message.type(), message.body(), listener);
            count++;
        }
        return count;
    }

    private static void tell(int type, Body body, Listener listener) {
        switch (type) {
            case Rtnetlink.RTM_NEWLINK, Rtnetlink.RTM_DELLINK ->
                listener.link(LinkCodec.read(body), type == Rtnetlink.RTM_NEWLINK);
            case Rtnetlink.RTM_NEWADDR, Rtnetlink.RTM_DELADDR ->
                listener.address(AddressCodec.read(body), type == Rtnetlink.RTM_NEWADDR);
            default -> {}
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
