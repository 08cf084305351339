package io.wirecloset.engine;

import io.wirecloset.simnet.SimAddress;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** UDP over the simulated network, for one lane and the control loop. */
final class SimDatagrams implements DatagramPort, DatagramSender {
    private final SimHost host;
    private final int[] ports;
    private int[] sockets;
    private final Deque<Arrived> arrived = new ArrayDeque<>();
    /** As in production, so that an endpoint heard again costs no new object. */
    private final Map<SimAddress, Endpoint> endpoints = new HashMap<>();

    private boolean writable = true;

    SimDatagrams(SimHost host, int... ports) {
        this.host = host;
        this.ports = ports;
        open();
    }

    private void open() {
        sockets = new int[ports.length];
        for (int i = 0; i < ports.length; i++) sockets[i] = host.open(ports[i]);
    }

    /** As in production when an address came or went: other sockets, with other numbers. */
    void rebind() {
        for (int old : sockets) host.close(old);
        open();
    }

    int[] sockets() {
        return sockets;
    }

    Endpoint[] bound() {
        Endpoint[] bound = new Endpoint[sockets.length];
        for (int i = 0; i < bound.length; i++) bound[i] = endpoint(host.localAddress(sockets[i]));
        return bound;
    }

    void arrived(int socket, SimAddress from, byte[] payload) {
        arrived.add(new Arrived(socket, endpoints.computeIfAbsent(from, SimDatagrams::endpoint), payload));
    }

    void writable(boolean now) {
        writable = now;
    }

    @Override
    public int poll(Slab slab, Sink sink, int limit, long nowMs) {
        int count = 0;
        for (Arrived next; count < limit && (next = arrived.poll()) != null; count++) {
            if (next.payload.length > Slab.CAPACITY_BYTES) continue;
            byte[] slot = slab.slot(count % slab.slots());
            System.arraycopy(next.payload, 0, slot, Slab.HEAD_ROOM_BYTES, next.payload.length);
            sink.datagram(next.socket, next.from, slot, Slab.HEAD_ROOM_BYTES, next.payload.length);
        }
        return count;
    }

    @Override
    public void add(int socket, Endpoint to, byte[] slot, int at, int length) {
        send(socket, to, slot, at, length, DEFAULT_TTL);
    }

    @Override
    public void flush() {}

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void send(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        if (!to.isV4()) return;
        int hops = ttl == DEFAULT_TTL ? SimHost.DEFAULT_TTL : ttl;
        for (int each : sockets) {
            if (socket == EVERY_SOCKET || socket == each) host.send(each, address(to), bytes, offset, length, hops);
        }
    }

    static Endpoint endpoint(SimAddress address) {
        return Endpoint.ofV4(address.ip(), address.port());
    }

    private static SimAddress address(Endpoint endpoint) {
        return new SimAddress((int) endpoint.ipLow(), endpoint.port());
    }

    private record Arrived(int socket, Endpoint from, byte[] payload) {}
}
