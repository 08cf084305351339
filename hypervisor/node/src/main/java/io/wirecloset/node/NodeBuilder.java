package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.udp.OpenSocket;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.PathFilter;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** What a node is to be; what has a usual value need not be given. */
public final class NodeBuilder {
    /** As {@link #port}: what local.conf says, else {@link Wire#DEFAULT_PORT}. */
    static final int PORT_OF_CONF = -1;

    /** Names a protocol version to announce instead of ours, so that tests meet the older cipher suite. */
    private static final String TEST_PROTOCOL = "WIRECLOSET_TEST_PROTOCOL";

    final HomeDirectory home;
    Identity identity;
    int port = PORT_OF_CONF;
    String portSetting = "--port";
    World planet;
    boolean usePublicPlanet = true;
    final int protocol = announcedProtocol();
    int lanes = 1;
    NetworkNamespace namespace;
    NetworkHost networkHost;
    PathFilter forbidden = PathFilter.NOTHING;
    List<String> skippedInterfaces = List.of();
    List<Endpoint> bind = List.of();
    boolean localApi = true;
    Runnable renewal;
    List<OpenSocket> inherited = List.of();
    Identity verified;

    NodeBuilder(HomeDirectory home) {
        this.home = Objects.requireNonNull(home);
    }

    private static int announcedProtocol() {
        String wanted = System.getenv(TEST_PROTOCOL);
        return wanted == null || wanted.isEmpty() ? Wire.PROTOCOL_VERSION : Integer.parseInt(wanted);
    }

    /** Instead of the home directory's; kept there. */
    public NodeBuilder identity(Identity withSecret) {
        identity = withSecret;
        return this;
    }

    /** For UDP, and TCP on loopback. 0: any free one. */
    public NodeBuilder port(int wanted) {
        port = wanted;
        return this;
    }

    /** Where whoever reads that the port is taken may choose another. */
    public NodeBuilder portSetBy(String setting) {
        portSetting = setting;
        return this;
    }

    /** Takes the place of an older edition in the home directory. */
    public NodeBuilder planet(World world) {
        planet = world;
        return this;
    }

    /** Without a planet of its own the node then has no roots, and knows only peers it is introduced to. */
    public NodeBuilder withoutPublicPlanet() {
        usePublicPlanet = false;
        return this;
    }

    /** Threads that carry frames. */
    public NodeBuilder lanes(int count) {
        lanes = count;
        return this;
    }

    /** Where sockets, devices and the local API are; usually that of the process. Borrowed until the node is closed. */
    public NodeBuilder namespace(NetworkNamespace where) {
        namespace = where;
        return this;
    }

    /** Instead of devices, addresses and routes as the stock client makes them. */
    public NodeBuilder networkHost(NetworkHost host) {
        networkHost = host;
        return this;
    }

    /** Endpoints never to be bound nor used as paths, such as pods' and services' addresses. May change its mind. */
    public NodeBuilder forbid(PathFilter filter) {
        forbidden = filter;
        return this;
    }

    /** Interfaces whose names begin so are not bound. */
    public NodeBuilder skipInterfaces(List<String> prefixes) {
        skippedInterfaces = List.copyOf(prefixes);
        return this;
    }

    /** Only these addresses instead of those of all interfaces; their ports mean nothing. */
    public NodeBuilder bind(List<Endpoint> addresses) {
        bind = List.copyOf(addresses);
        return this;
    }

    /**
     * What to do when a root says that the address belongs to another identity as well: the home directory's identity has
     * been set aside then, and who starts a node there again gets a new one. Without this the node goes on and says so, as
     * becomes roots and controllers, which others know by their address.
     *
     * @param closeAndStart called on a thread of the node's; must not close the node there
     */
    public NodeBuilder renewedBy(Runnable closeAndStart) {
        renewal = closeAndStart;
        return this;
    }

    /** UDP sockets of the node that ran here before, to go on with: see {@link Node#handOver}. */
    public NodeBuilder inheriting(List<OpenSocket> sockets) {
        inherited = List.copyOf(sockets);
        return this;
    }

    /** If this is the node's own identity, it was checked before whether its address follows from its key. */
    public NodeBuilder verified(Identity checked) {
        verified = checked;
        return this;
    }

    /** No JSON service on the loopback, no port file. */
    public NodeBuilder withoutLocalApi() {
        localApi = false;
        return this;
    }

    /**
     * Starts it; makes an identity first when there is none, which takes a second.
     *
     * @throws IOException with what is wrong and what to do about it; nothing is left open then
     */
    public Node start() throws IOException {
        return new Node(this);
    }
}
