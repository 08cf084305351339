package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;

/** What comes out of {@link Vl1}, during the call that brought it about. Must not call back into it. */
public interface Vl1Out {
    /**
     * To be sent; copied before return.
     *
     * @param socket logical socket; -1 for one copy from each
     * @param ttl hops the datagram may live; 0 for the system's default
     */
    void datagram(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl);

    /** Costly and not urgent: does the address follow from the keys? Answered by {@link Vl1#onValidated}. */
    void validate(Identity identity);

    /** Something the rest of the program may want to act on. */
    void event(NodeEvent event);
}
