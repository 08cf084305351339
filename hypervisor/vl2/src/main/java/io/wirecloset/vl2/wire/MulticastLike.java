package io.wirecloset.vl2.wire;

import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of MULTICAST_LIKE (vl2.md 11.1): the sender listens to this group. The payload is nothing but such lines.
 *
 * @param networkId the network the group is on
 */
public record MulticastLike(long networkId, MulticastGroup group) {
    /** All whole lines of a payload; a cut last one is left out, as stock nodes do. At most what fits a packet. */
    public static List<MulticastLike> readAll(WireReader in) {
        List<MulticastLike> likes = new ArrayList<>(in.remaining() / Wire.LIKE_BYTES);
        while (in.remaining() >= Wire.LIKE_BYTES) {
            likes.add(new MulticastLike(in.u64(), GroupFields.read(in)));
        }
        return likes;
    }

    /** {@value Wire#LIKE_BYTES} bytes. */
    public void write(WireWriter out) {
        out.u64(networkId);
        GroupFields.write(out, group);
    }
}
