package io.wirecloset.vl2.wire;

import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.MulticastGroup;

/** {@code a[6] MAC | u32 ADI}, as it stands in every multicast message. */
final class GroupFields {
    private GroupFields() {}

    static MulticastGroup read(WireReader in) {
        long mac = (long) in.u16() << 32 | in.u32();
        return new MulticastGroup(mac, in.u32());
    }

    static void write(WireWriter out, MulticastGroup group) {
        writeMac(out, group.mac());
        out.u32(group.adi());
    }

    static void writeMac(WireWriter out, long mac) {
        out.u16((int) (mac >>> 32)).u32(mac & 0xffff_ffffL);
    }
}
