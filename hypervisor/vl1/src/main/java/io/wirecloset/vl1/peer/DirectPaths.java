package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** PUSH_DIRECT_PATHS: endpoints where the sender believes it can be reached. */
public record DirectPaths(List<Offer> offers) {
    public static final int FLAG_FORGET = 0x01;
    public static final int FLAG_REDIRECT = 0x02;
    /** A message is closed before it grows beyond this many bytes of packet. */
    private static final int MESSAGE_BYTES = 1_200;
    /** What is set aside per record, though an IPv4 one takes 11. */
    private static final int RECORD_BYTES = 24;

    private static final int IPV4 = 4;
    private static final int IPV6 = 6;
    /** Most offers in one message, by the two above and the header. */
    public static final int OFFERS_PER_MESSAGE = (MESSAGE_BYTES - 30) / RECORD_BYTES;

    /** @param extension kept as it is; nobody has defined any */
    public record Offer(int flags, byte[] extension, Endpoint endpoint) {
        public Offer(Endpoint endpoint) {
            this(0, new byte[0], endpoint);
        }

        public boolean isForget() {
            return (flags & FLAG_FORGET) != 0;
        }

        public boolean isRedirect() {
            return (flags & FLAG_REDIRECT) != 0;
        }
    }

    /** Records of unknown address types are left out. */
    public static DirectPaths read(WireReader in) {
        int count = in.u16();
        List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int flags = in.u8();
            byte[] extension = in.bytes(in.u16());
            int type = in.u8();
            WireReader address = in.slice(in.u8());
            Endpoint endpoint = endpoint(type, address);
            if (endpoint != null) {
                offers.add(new Offer(flags, extension, endpoint));
            }
        }
        return new DirectPaths(List.copyOf(offers));
    }

    public void write(WireWriter out) {
        out.u16(offers.size());
        for (Offer offer : offers) {
            byte[] ip = offer.endpoint().ip();
            out.u8(offer.flags()).u16(offer.extension().length).bytes(offer.extension());
            out.u8(ip.length == 4 ? IPV4 : IPV6).u8(ip.length + 2);
            out.bytes(ip).u16(offer.endpoint().port());
        }
    }

    private static Endpoint endpoint(int type, WireReader address) {
        if (type == IPV4 && address.remaining() == 6) {
            return Endpoint.of(address.bytes(4), address.u16());
        }
        if (type == IPV6 && address.remaining() == 18) {
            return Endpoint.of(address.bytes(16), address.u16());
        }
        return null;
    }
}
