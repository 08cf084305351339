package io.wirecloset.simnet;

/** What runs on a host. Driven by the network's one thread; times are virtual milliseconds. */
public interface SimApplication {
    /** Asked for no more polls. */
    long NEVER = Long.MAX_VALUE;

    /**
     * A datagram arrived. A poll follows within a moment of virtual time.
     *
     * @param socket as {@link SimHost#open} returned it
     * @param payload the application's to keep
     */
    void onDatagram(int socket, SimAddress from, byte[] payload, long nowMs);

    /** Does what is due. @return when to be polled next, or {@link #NEVER} */
    long poll(long nowMs);
}
