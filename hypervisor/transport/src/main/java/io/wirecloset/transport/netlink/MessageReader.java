package io.wirecloset.transport.netlink;

import java.nio.ByteBuffer;

/** Walks the messages of one datagram; every length is checked against what is there. */
final class MessageReader {
    private final ByteBuffer datagram;
    private final int end;
    private int next;
    private int at;
    private int bodyEnd;

    /** @param datagram in native order; read from 0 to its limit */
    MessageReader(ByteBuffer datagram) {
        this.datagram = datagram;
        this.end = datagram.limit();
    }

    /** @return false at the end of the datagram */
    boolean next() {
        if (next >= end) {
            return false;
        }
        at = next;
        if (end - at < Rtnetlink.HEADER_BYTES) {
            throw new MalformedReplyException("a header of " + (end - at) + " bytes");
        }
        int length = datagram.getInt(at);
        if (length < Rtnetlink.HEADER_BYTES || length > end - at) {
            throw new MalformedReplyException("a message of " + length + " bytes in " + (end - at));
        }
        bodyEnd = at + length;
        next = at + Rtnetlink.aligned(length);
        return true;
    }

    int type() {
        return datagram.getShort(at + 4) & 0xffff;
    }

    int flags() {
        return datagram.getShort(at + 6) & 0xffff;
    }

    int sequence() {
        return datagram.getInt(at + 8);
    }

    /** @return what follows the header: its fixed part at offset 0, attributes behind */
    Body body() {
        return new Body(datagram, at + Rtnetlink.HEADER_BYTES, bodyEnd);
    }

    /** A range of bytes with a fixed part. */
    record Body(ByteBuffer bytes, int from, int to) {
        int length() {
            return to - from;
        }

        int u8(int at) {
            return bytes.get(checked(at, 1)) & 0xff;
        }

        int u16(int at) {
            return bytes.getShort(checked(at, 2)) & 0xffff;
        }

        int i32(int at) {
            return bytes.getInt(checked(at, 4));
        }

        /** @param fixedBytes length of the fixed part in front of the attributes */
        AttributeReader attributes(int fixedBytes) {
            checked(fixedBytes, 0);
            return new AttributeReader(bytes, Math.min(from + Rtnetlink.aligned(fixedBytes), to), to);
        }

        private int checked(int at, int length) {
            if (at < 0 || at > length() - length) {
                throw new MalformedReplyException("a fixed part of " + length() + " bytes");
            }
            return from + at;
        }
    }
}
