package io.wirecloset.vl1.wire;

/**
 * The stream between a node and a TCP relay, which carries datagrams where UDP does not get through (notes on behaviour,
 * section 7). It looks like TLS to who does not look closely:
 *
 * <pre>
 *  17 03 03 | n 2 | n bytes:  major 1, minor 1, revision 2               n = 4, the first record of a client
 *                             4, IPv4 4, port 2, datagram                destination to the relay, origin from it
 *                             6, IPv6 16, port 2, datagram               from a relay only
 *                             0, whatever                                from a relay only; delivers nothing
 * </pre>
 *
 * <p>One object reads one stream, however it is cut into pieces. It keeps at most one record, and only as much of it as
 * has come. The framing alone: no node opens such a stream yet.
 */
public final class TcpRelayStream {
    /** Bytes in front of each record's content. */
    public static final int HEADER_BYTES = 5;

    private static final int[] MARK = {0x17, 0x03, 0x03};
    private static final int GREETING_BYTES = 4;
    private static final int TYPE_NONE = 0;
    private static final int TYPE_V4 = 4;
    private static final int TYPE_V6 = 6;
    private static final int ADDRESSED_V4_BYTES = 1 + 4 + 2;
    private static final int ADDRESSED_V6_BYTES = 1 + 16 + 2;
    /** Longer records hold no packet, and are passed over. */
    private static final int CONTENT_MAX_BYTES = ADDRESSED_V6_BYTES + Wire.MAX_PACKET_BYTES;

    /** What comes out of a stream, during the call that completed it. */
    public interface Out {
        /** A datagram; borrowed. @param endpoint its destination at the relay, its origin at a client */
        void datagram(Endpoint endpoint, byte[] bytes, int offset, int length);
    }

    private final byte[] header = new byte[HEADER_BYTES];
    private final byte[] content = new byte[CONTENT_MAX_BYTES];
    private int headerBytes;
    private int contentBytes;
    private int contentLength;
    private boolean broken;

    // ---- writing

    /** @return the record a client begins with: its software version */
    public static byte[] greeting(int major, int minor, int revision) {
        WireWriter out = new WireWriter(HEADER_BYTES + GREETING_BYTES);
        putHeader(out, GREETING_BYTES);
        return out.u8(major).u8(minor).u16(revision).toByteArray();
    }

    /** @return the record that carries a datagram to or from an endpoint */
    public static byte[] record(Endpoint endpoint, byte[] datagram, int offset, int length) {
        int addressed = endpoint.isV4() ? ADDRESSED_V4_BYTES : ADDRESSED_V6_BYTES;
        if (length < 0 || length > Wire.MAX_PACKET_BYTES) {
            throw new IllegalArgumentException("a datagram of " + length + " bytes");
        }
        WireWriter out = new WireWriter(HEADER_BYTES + addressed + length);
        putHeader(out, addressed + length);
        // an endpoint's form in the protocol is this one too: its type is 4 or 6
        endpoint.write(out);
        return out.bytes(datagram, offset, length).toByteArray();
    }

    private static void putHeader(WireWriter out, int contentLength) {
        for (int mark : MARK) {
            out.u8(mark);
        }
        out.u16(contentLength);
    }

    // ---- reading

    /**
     * Takes the next bytes of the stream.
     *
     * @return false if this is no such stream: it is to be closed, and nothing more comes out
     */
    public boolean onBytes(byte[] bytes, int offset, int length, Out out) {
        int at = offset;
        int end = offset + length;
        while (at < end && !broken) {
            if (headerBytes < HEADER_BYTES) {
                onHeaderByte(bytes[at++]);
            } else {
                int taken = Math.min(end - at, contentLength - contentBytes);
                int kept = Math.min(taken, content.length - Math.min(contentBytes, content.length));
                System.arraycopy(bytes, at, content, Math.min(contentBytes, content.length), kept);
                contentBytes += taken;
                at += taken;
            }
            if (!broken && headerBytes == HEADER_BYTES && contentBytes == contentLength) {
                onRecord(out);
                headerBytes = 0;
                contentBytes = 0;
            }
        }
        return !broken;
    }

    private void onHeaderByte(byte next) {
        if (headerBytes < MARK.length && (next & 0xff) != MARK[headerBytes]) {
            broken = true;
            return;
        }
        header[headerBytes++] = next;
        if (headerBytes == HEADER_BYTES) {
            contentLength = (header[3] & 0xff) << 8 | header[4] & 0xff;
        }
    }

    private void onRecord(Out out) {
        if (contentLength == GREETING_BYTES || contentLength > content.length) {
            return;
        }
        switch (contentLength == 0 ? -1 : content[0]) {
            case TYPE_NONE -> {}
            case TYPE_V4 -> deliver(ADDRESSED_V4_BYTES, out);
            case TYPE_V6 -> deliver(ADDRESSED_V6_BYTES, out);
            default -> broken = true;
        }
    }

    private void deliver(int addressed, Out out) {
        if (contentLength < addressed) {
            broken = true;
            return;
        }
        Endpoint endpoint = Endpoint.read(new WireReader(content, 0, addressed));
        out.datagram(endpoint, content, addressed, contentLength - addressed);
    }
}
