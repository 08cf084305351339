package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;

/** {@code struct ifaddrmsg} and its attributes. */
final class AddressCodec {
    private static final int PREFIX_LENGTH = 1;
    private static final int FLAGS = 2;
    private static final int SCOPE = 3;
    private static final int INDEX = 4;
    private static final int FIXED_BYTES = 8;

    private AddressCodec() {}

    static Request write(int type, int flags, Address address) {
        IpPrefix prefix = address.prefix();
        return fixed(new Request(type, flags), Family.of(prefix.ip()), prefix.length(), address.scope(), address.link())
                .put(Rtnetlink.IFA_LOCAL, prefix.ip())
                .put(Rtnetlink.IFA_ADDRESS, prefix.ip())
                .put(Rtnetlink.IFA_FLAGS, address.flags());
    }

    /** @param link 0 for all */
    static Request dump(int link) {
        return fixed(new Request(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_DUMP), 0, 0, 0, link);
    }

    private static Request fixed(Request request, int family, int prefixLength, int scope, int link) {
        return request.u8(family).u8(prefixLength).u8(0).u8(scope).u32(link);
    }

    static Address read(Body body) {
        int flags = body.u8(FLAGS);
        InetAddress local = null;
        InetAddress address = null;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.IFA_LOCAL -> local = attribute.ip();
                case Rtnetlink.IFA_ADDRESS -> address = attribute.ip();
                case Rtnetlink.IFA_FLAGS -> flags = attribute.i32();
                default -> {}
            }
        }
        // point-to-point interfaces say their own address in "local" and the other side's in "address"
        InetAddress own = local != null ? local : address;
        if (own == null) {
            throw new MalformedReplyException("an address message without an address");
        }
        return new Address(body.i32(INDEX), Family.prefix(own, body.u8(PREFIX_LENGTH)), body.u8(SCOPE), flags);
    }
}
