package io.wirecloset.agent;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.udp.OpenSocket;
import java.util.List;
import java.util.Map;

/**
 * What carries traffic and passes from one agent to the next: bound sockets and the queues of the TAPs. Whoever has it and
 * does not pass it on closes it.
 *
 * @param taps queues by the device's name, in the order of the lanes
 */
record Estate(List<OpenSocket> sockets, Map<String, List<Descriptor>> taps) implements AutoCloseable {
    /** A cold start. */
    static final Estate NOTHING = new Estate(List.of(), Map.of());

    Estate {
        sockets = List.copyOf(sockets);
        taps = Map.copyOf(taps);
    }

    boolean isEmpty() {
        return sockets.isEmpty() && taps.isEmpty();
    }

    @Override
    public void close() {
        sockets.forEach(OpenSocket::close);
        taps.values().forEach(queues -> queues.forEach(Descriptor::close));
    }
}
