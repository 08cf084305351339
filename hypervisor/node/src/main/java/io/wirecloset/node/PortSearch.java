package io.wirecloset.node;

import io.wirecloset.node.home.LocalConf;
import io.wirecloset.node.localapi.LocalApiServer;
import io.wirecloset.transport.udp.UdpSettings;
import io.wirecloset.transport.udp.UdpSockets;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds the node's port: the one asked for, or any free one (notes on behaviour, section 6.2). */
final class PortSearch {
    private static final int RANDOM_FROM = 20_000;
    private static final int RANDOM_COUNT = 45_500;
    private static final int TRIES = 256;

    private PortSearch() {}

    record Bound(UdpSockets sockets, int port) {}

    static Bound open(NodeBuilder b, LocalConf conf, Overlay overlay, RandomSource random, UdpSockets.Listener listener)
            throws IOException {
        int wanted = b.port != NodeBuilder.PORT_OF_CONF ? b.port : conf.primaryPort(Wire.DEFAULT_PORT);
        List<Integer> second = conf.secondaryPort()
                .map(port -> List.of(port == 0 ? any(random) : port))
                .orElse(List.of());
        if (wanted != 0) {
            return open(b, conf, overlay, listener, wanted, second);
        }
        for (int tried = 1; ; tried++) {
            try {
                return open(b, conf, overlay, listener, any(random), second);
            } catch (IOException e) {
                if (tried == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static int any(RandomSource random) {
        return RANDOM_FROM + random.nextInt(RANDOM_COUNT);
    }

    /** @param second further ports; whether they can be bound is nobody's concern but theirs */
    private static Bound open(
            NodeBuilder b,
            LocalConf conf,
            Overlay overlay,
            UdpSockets.Listener listener,
            int port,
            List<Integer> second)
            throws IOException {
        List<String> skipped = new ArrayList<>(conf.interfacePrefixBlacklist());
        skipped.addAll(b.skippedInterfaces);
        List<Endpoint> bind = b.bind.isEmpty() ? conf.bind() : b.bind;
        List<Integer> ports = new ArrayList<>(List.of(port));
        second.stream().filter(other -> other != port).forEach(ports::add);
        UdpSettings settings = UdpSettings.onPorts(ports.toArray(Integer[]::new))
                .bindingTo(bind.toArray(Endpoint[]::new))
                .skipping(skipped)
                .forbidding((name, endpoint) -> overlay.forbidsBinding(endpoint))
                .withLanes(b.lanes)
                .inheriting(b.inherited)
                .in(b.namespace);
        try {
            return new Bound(withPrimary(UdpSockets.open(settings, listener), port), port);
        } catch (IOException e) {
            throw cannotUse("UDP", port, b, e);
        }
    }

    private static UdpSockets withPrimary(UdpSockets sockets, int port) throws IOException {
        List<String> failed = new ArrayList<>();
        sockets.problems().forEach((where, why) -> {
            if (where.port() == port) {
                failed.add(why);
            }
        });
        boolean bound =
                sockets.bound().stream().anyMatch(socket -> socket.endpoint().port() == port);
        if (!bound && !failed.isEmpty()) {
            sockets.close();
            throw new IOException("no UDP socket can be bound: " + String.join("; ", failed));
        }
        return sockets;
    }

    /** Has the local API listen on the node's port, in the node's namespace. */
    static void listen(LocalApiServer server, int port, NodeBuilder b) throws IOException {
        try {
            if (b.namespace == null) {
                server.listen(port);
            } else {
                b.namespace.run(() -> {
                    server.listen(port);
                    return null;
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (Exception e) { // Netty throws BindException without declaring it
            throw cannotUse("TCP", port, b, e);
        }
    }

    private static IOException cannotUse(String what, int port, NodeBuilder b, Exception why) {
        return new IOException(
                what + " port " + port + " cannot be used: " + why.getMessage()
                        + ". If another node or a stock client has it, stop that one or choose another port with "
                        + b.portSetting,
                why);
    }
}
