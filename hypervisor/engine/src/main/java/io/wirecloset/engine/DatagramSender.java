package io.wirecloset.engine;

import io.wirecloset.vl1.wire.Endpoint;

/** The control loop's way to send. May be used from any thread. */
public interface DatagramSender {
    /** As {@code socket}: one copy from every logical socket that can reach the endpoint. */
    int EVERY_SOCKET = -1;

    /** As {@code ttl}: what the system sets. */
    int DEFAULT_TTL = 0;

    /**
     * Sends one datagram; one that the system does not take is lost, as a datagram may be.
     *
     * @param bytes borrowed until return
     */
    void send(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl);
}
