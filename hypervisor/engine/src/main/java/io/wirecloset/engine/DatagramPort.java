package io.wirecloset.engine;

import io.wirecloset.vl1.wire.Endpoint;

/**
 * One lane's side of UDP, over all logical sockets (a logical socket is a local address and port, whatever descriptors
 * serve it). Used by that lane's thread only.
 */
public interface DatagramPort {
    /**
     * Reads what has arrived, at most {@code limit} datagrams, each at {@link Slab#HEAD_ROOM_BYTES} of a slot. Datagrams
     * longer than {@link Slab#CAPACITY_BYTES} are left out.
     *
     * @return how many went to the sink; less than the limit means that nothing more waits now
     */
    int poll(Slab slab, Sink sink, int limit, long nowMs);

    /**
     * Adds a datagram to the batch. The bytes are copied before this returns, so that a sender may then write over them
     * (the header of a fragment goes over the end of the piece before). A port whose batch is full flushes it by itself.
     */
    void add(int socket, Endpoint to, byte[] slot, int at, int length);

    /** Sends the batch; a socket that is full keeps the rest until it can be written again. */
    void flush();

    /** False: a socket is full and the batch waits. The lane stops reading its taps until this is true again. */
    boolean writable();

    /** Takes datagrams that arrived. */
    interface Sink {
        /** @param slot borrowed until return, as is the range in it; may be changed */
        void datagram(int socket, Endpoint from, byte[] slot, int at, int length);
    }
}
