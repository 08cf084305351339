package io.wirecloset.transport.netlink;

import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lists and forgets connections of one namespace's tracker. What is forgotten is looked up anew with its next packet; as
 * long as packets come, nothing else makes the tracker look again.
 *
 * <p>Any thread, one at a time.
 */
public final class ConnectionTracker implements AutoCloseable {
    public static final int UDP = 17;

    private static final int NETLINK_NETFILTER = 12;

    private final NetlinkSocket socket;

    private ConnectionTracker(NetlinkSocket socket) {
        this.socket = socket;
    }

    public static ConnectionTracker openIn(NetworkNamespace namespace) throws IOException {
        return namespace.visit(() -> new ConnectionTracker(NetlinkSocket.open(0, NETLINK_NETFILTER)));
    }

    /** Those that were opened to this port of any address, of both families. */
    public synchronized List<Connection> openedTo(int protocol, int port) throws IOException {
        List<Connection> all = new ArrayList<>();
        for (int family : new int[] {SocketCalls.AF_INET, SocketCalls.AF_INET6}) {
            all.addAll(openedTo(family, protocol, port));
        }
        return all;
    }

    private List<Connection> openedTo(int family, int protocol, int port) throws IOException {
        List<Connection> all = new ArrayList<>();
        Supplier<Request> attempt = () -> {
            all.clear();
            return ConnectionCodec.dump(family, protocol, port);
        };
        socket.dump(attempt, "list connections to port " + port, (type, body) -> {
            Connection read = type == ConnectionCodec.NEW ? ConnectionCodec.read(body) : null;
            if (read != null && read.protocol() == protocol && read.destinationPort() == port) {
                all.add(read);
            }
        });
        return all;
    }

    /** @return false when it was gone already */
    public synchronized boolean forget(Connection connection) throws IOException {
        try {
            socket.ask(ConnectionCodec.delete(connection), "forget " + connection, (type, body) -> {});
            return true;
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public synchronized void close() {
        socket.close();
    }
}
