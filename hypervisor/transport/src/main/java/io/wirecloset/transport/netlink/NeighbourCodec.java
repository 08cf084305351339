package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;

/** {@code struct ndmsg} and its attributes. */
final class NeighbourCodec {
    private static final int FAMILY = 0;
    private static final int INDEX = 4;
    private static final int STATE = 8;
    private static final int FLAGS = 10;
    private static final int FIXED_BYTES = 12;

    private NeighbourCodec() {}

    static Request write(int type, int flags, Neighbour neighbour) {
        Request request = new Request(type, flags)
                .u8(Family.of(neighbour.ip()))
                .u8(0)
                .u16(0)
                .u32(neighbour.link())
                .u16(neighbour.state())
                .u8(neighbour.flags())
                .u8(0)
                .put(Rtnetlink.NDA_DST, neighbour.ip());
        return neighbour.mac() == HardwareAddress.NONE
                ? request
                : request.putMac(Rtnetlink.NDA_LLADDR, neighbour.mac());
    }

    /** @param link 0 for all */
    static Request dump(int link) {
        Request request = new Request(Rtnetlink.RTM_GETNEIGH, Rtnetlink.NLM_F_DUMP)
                .u8(0)
                .u8(0)
                .u16(0)
                .u32(0)
                .u16(0)
                .u8(0)
                .u8(0);
        return link == 0 ? request : request.put(Rtnetlink.NDA_IFINDEX, link);
    }

    /** @return null for tables that are not IP's, such as a bridge's */
    static Neighbour read(Body body) {
        if (!Family.isIp(body.u8(FAMILY))) {
            return null;
        }
        InetAddress ip = null;
        long mac = HardwareAddress.NONE;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.NDA_DST -> ip = attribute.ip();
                case Rtnetlink.NDA_LLADDR -> mac = attribute.mac();
                default -> {}
            }
        }
        if (ip == null) {
            throw new MalformedReplyException("a neighbour without an address");
        }
        return new Neighbour(body.i32(INDEX), ip, mac, body.u16(STATE), body.u8(FLAGS));
    }
}
