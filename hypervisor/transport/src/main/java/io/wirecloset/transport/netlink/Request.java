package io.wirecloset.transport.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One request as it grows: header, fixed part, attributes. */
final class Request {
    private static final int LIMIT_BYTES = 4096;

    private final ByteBuffer bytes = ByteBuffer.allocate(LIMIT_BYTES).order(ByteOrder.nativeOrder());
    private final int type;

    /** @param flags {@code NLM_F_REQUEST} is always added */
    Request(int type, int flags) {
        this.type = type;
        bytes.putInt(0).putShort((short) type).putShort((short) (flags | Rtnetlink.NLM_F_REQUEST));
        bytes.putInt(0).putInt(0);
    }

    int type() {
        return type;
    }

    Request u8(int value) {
        bytes.put((byte) value);
        return this;
    }

    Request u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    Request u32(int value) {
        bytes.putInt(value);
        return this;
    }

    /** Fields of the fixed part that say nothing here. */
    Request zeros(int count) {
        bytes.put(new byte[count]);
        return this;
    }

    Request put(int attribute, int value) {
        open(attribute, Integer.BYTES).putInt(value);
        return this;
    }

    Request put(int attribute, byte[] value) {
        open(attribute, value.length).put(value);
        return align();
    }

    Request put(int attribute, InetAddress value) {
        return put(attribute, value.getAddress());
    }

    Request putMac(int attribute, long mac) {
        return put(attribute, HardwareAddress.toBytes(mac));
    }

    /** Text with the zero byte that the kernel expects at its end. */
    Request put(int attribute, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        open(attribute, text.length + 1).put(text).put((byte) 0);
        return align();
    }

    /** @return to be given to {@link #end} */
    int begin(int attribute) {
        int at = bytes.position();
        open(attribute | Rtnetlink.NESTED, 0);
        return at;
    }

    Request end(int begun) {
        bytes.putShort(begun, (short) (bytes.position() - begun));
        return this;
    }

    private ByteBuffer open(int attribute, int valueBytes) {
        return bytes.putShort((short) (Rtnetlink.ATTRIBUTE_HEADER_BYTES + valueBytes))
                .putShort((short) attribute);
    }

    private Request align() {
        while (bytes.position() % Rtnetlink.ALIGNMENT != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /** Completes the header. @return the whole message, to be read from position 0 to its limit */
    ByteBuffer finish(int sequence) {
        bytes.putInt(0, bytes.position()).putInt(8, sequence);
        return bytes.duplicate().order(ByteOrder.nativeOrder()).flip();
    }
}
