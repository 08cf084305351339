package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/** RENDEZVOUS: another peer can be met at an endpoint, and is told so about us at this moment. */
public record Rendezvous(int flags, long peer, Endpoint endpoint) {
    /** @throws MalformedException also for port 0 or an address that is neither 4 nor 16 bytes long */
    public static Rendezvous read(WireReader in) {
        int flags = in.u8();
        long peer = in.address();
        int port = in.u16();
        int length = in.u8();
        if (port == 0 || (length != 4 && length != 16)) {
            throw new MalformedException("rendezvous with port " + port + " and " + length + " bytes of address");
        }
        return new Rendezvous(flags, peer, Endpoint.of(in.bytes(length), port));
    }

    public void write(WireWriter out) {
        byte[] ip = endpoint.ip();
        out.u8(flags).address(peer).u16(endpoint.port()).u8(ip.length).bytes(ip);
    }
}
