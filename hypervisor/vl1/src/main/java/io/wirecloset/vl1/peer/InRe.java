package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/** How OK and ERROR begin: which packet they answer. @param packetId its id on the wire */
public record InRe(int verb, long packetId) {
    public static InRe read(WireReader in) {
        return new InRe(in.u8(), in.u64());
    }

    public void write(WireWriter out) {
        out.u8(verb).u64(packetId);
    }
}
