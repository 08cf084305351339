package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** {@code struct nfgenmsg} and the attributes of a tracked connection. Numbers are big-endian here, unlike everywhere else. */
final class ConnectionCodec {
    private static final int SUBSYSTEM = 1 << 8;
    private static final int GET = SUBSYSTEM | 1;
    private static final int DELETE = SUBSYSTEM | 2;
    static final int NEW = SUBSYSTEM;
    private static final int FIXED_BYTES = 4;

    private static final int TUPLE_ORIG = 1;
    private static final int TUPLE_REPLY = 2;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int FILTER = 25;
    private static final int FILTER_ORIG_FLAGS = 1;
    private static final int FILTER_PROTOCOL = 1 << 3;
    private static final int FILTER_DESTINATION_PORT = 1 << 5;

    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTO = 2;
    private static final int IP_V4_SOURCE = 1;
    private static final int IP_V4_DESTINATION = 2;
    private static final int IP_V6_SOURCE = 3;
    private static final int IP_V6_DESTINATION = 4;
    private static final int PROTO_NUMBER = 1;
    private static final int PROTO_SOURCE_PORT = 2;
    private static final int PROTO_DESTINATION_PORT = 3;

    private ConnectionCodec() {}

    /** Kernels before 5.8 pass over the filter, and list all. */
    static Request dump(int family, int protocol, int destinationPort) {
        Request request = fixed(GET, Rtnetlink.NLM_F_DUMP, family);
        int tuple = request.begin(TUPLE_ORIG);
        int proto = request.begin(TUPLE_PROTO);
        request.put(PROTO_NUMBER, new byte[] {(byte) protocol})
                .put(PROTO_DESTINATION_PORT, port(destinationPort))
                .end(proto)
                .end(tuple);
        int filter = request.begin(FILTER);
        return request.put(FILTER_ORIG_FLAGS, FILTER_PROTOCOL | FILTER_DESTINATION_PORT)
                .end(filter);
    }

    static Request delete(Connection c) {
        Request request = fixed(DELETE, Rtnetlink.NLM_F_ACK, Family.of(c.source()));
        boolean v4 = IpPrefix.host(c.source()).isV4();
        int tuple = request.begin(TUPLE_ORIG);
        int ip = request.begin(TUPLE_IP);
        request.put(v4 ? IP_V4_SOURCE : IP_V6_SOURCE, c.source())
                .put(v4 ? IP_V4_DESTINATION : IP_V6_DESTINATION, c.destination())
                .end(ip);
        int proto = request.begin(TUPLE_PROTO);
        request.put(PROTO_NUMBER, new byte[] {(byte) c.protocol()})
                .put(PROTO_SOURCE_PORT, port(c.sourcePort()))
                .put(PROTO_DESTINATION_PORT, port(c.destinationPort()))
                .end(proto)
                .end(tuple);
        return request.put(ID, ByteBuffer.allocate(Integer.BYTES).putInt(c.id()).array());
    }

    private static Request fixed(int type, int flags, int family) {
        return new Request(type, flags).u8(family).u8(0).u16(0);
    }

    private static byte[] port(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port};
    }

    /** @return null for what is of a zone of its own, or of a protocol without ports */
    static Connection read(Body body) {
        int id = 0;
        Tuple orig = null;
        Tuple reply = null;
        boolean zoned = false;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case TUPLE_ORIG -> orig = tuple(attribute.nested());
                case TUPLE_REPLY -> reply = tuple(attribute.nested());
                case ID -> id = attribute.bigEndian32();
                case ZONE -> zoned = true;
                default -> {}
            }
        }
        if (orig == null || reply == null || zoned) {
            return null;
        }
        return new Connection(
                id,
                orig.protocol,
                orig.source,
                orig.sourcePort,
                orig.destination,
                orig.destinationPort,
                reply.source,
                reply.sourcePort);
    }

    private record Tuple(
            int protocol, InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {}

    /** @return null when it lacks addresses or ports */
    private static Tuple tuple(AttributeReader tuple) {
        InetAddress[] ip = new InetAddress[2];
        int[] ports = {-1, -1};
        int protocol = -1;
        while (tuple.next()) {
            if (tuple.type() == TUPLE_IP) {
                addresses(tuple.nested(), ip);
            } else if (tuple.type() == TUPLE_PROTO) {
                protocol = protocol(tuple.nested(), ports);
            }
        }
        boolean whole = ip[0] != null && ip[1] != null && protocol >= 0 && ports[0] >= 0 && ports[1] >= 0;
        return whole ? new Tuple(protocol, ip[0], ports[0], ip[1], ports[1]) : null;
    }

    private static void addresses(AttributeReader in, InetAddress[] ip) {
        while (in.next()) {
            switch (in.type()) {
                case IP_V4_SOURCE, IP_V6_SOURCE -> ip[0] = in.ip();
                case IP_V4_DESTINATION, IP_V6_DESTINATION -> ip[1] = in.ip();
                default -> {}
            }
        }
    }

    private static int protocol(AttributeReader in, int[] ports) {
        int protocol = -1;
        while (in.next()) {
            switch (in.type()) {
                case PROTO_NUMBER -> protocol = in.u8();
                case PROTO_SOURCE_PORT -> ports[0] = in.bigEndian16();
                case PROTO_DESTINATION_PORT -> ports[1] = in.bigEndian16();
                default -> {}
            }
        }
        return protocol;
    }
}
