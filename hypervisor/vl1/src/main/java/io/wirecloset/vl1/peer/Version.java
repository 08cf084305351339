package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/** What a node speaks and which software it says it is. Five bytes on the wire. */
public record Version(int protocol, int major, int minor, int revision) {
    public static final int LENGTH = 5;
    /** Nothing said yet. */
    public static final Version UNKNOWN = new Version(0, 0, 0, 0);

    public static Version read(WireReader in) {
        return new Version(in.u8(), in.u8(), in.u8(), in.u16());
    }

    public void write(WireWriter out) {
        out.u8(protocol).u8(major).u8(minor).u16(revision);
    }

    /** Does the node answer ECHO? Version 1.1.0 has a fault there. */
    public boolean answersEcho() {
        boolean faulty = major == 1 && minor == 1 && revision == 0;
        return protocol >= Wire.PROTOCOL_VERSION_ECHO && !faulty;
    }

    /** "1.14.1", or "-1.-1.-1" as the stock client shows versions nobody told it. */
    public String software() {
        boolean known = major != 0 || minor != 0 || revision != 0;
        return known ? major + "." + minor + "." + revision : "-1.-1.-1";
    }
}
