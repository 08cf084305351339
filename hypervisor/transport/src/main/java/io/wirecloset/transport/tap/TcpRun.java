package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.wirecloset.vl2.ethernet.Checksum;
import io.wirecloset.vl2.ethernet.Ethertype;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decides which frames for the host follow each other in one TCP stream so closely that the kernel may get them as one, and
 * writes the headers of what they become. One run at a time; one thread; allocates nothing.
 *
 * <p>Two frames are joined only if the kernel, cutting them again, would make the same two: nothing differs but the sequence
 * number, the checksum and what follows from the length. A frame with a wrong checksum stays alone and stays wrong.
 */
final class TcpRun {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private static final int ETHERTYPE = 12;
    private static final int IP = 14;
    private static final int IPV4_PLAIN = 0x45;
    private static final int IPV4_BYTES = 20;
    private static final int IPV4_TOTAL_LENGTH = IP + 2;
    private static final int IPV4_ID = IP + 4;
    private static final int IPV4_FRAGMENT = IP + 6;
    private static final int IPV4_DO_NOT_FRAGMENT = 0x4000;
    private static final int IPV4_PROTOCOL = IP + 9;
    private static final int IPV4_CHECKSUM = IP + 10;
    private static final int IPV4_ADDRESSES = IP + 12;
    private static final int IPV6_BYTES = 40;
    private static final int IPV6_PAYLOAD_LENGTH = IP + 4;
    private static final int IPV6_NEXT_HEADER = IP + 6;
    private static final int IPV6_ADDRESSES = IP + 8;
    private static final int IP_LENGTH_LIMIT = 65_535;

    private static final int TCP = 6;
    private static final int TCP_BYTES = 20;
    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_ACKNOWLEDGED = 8;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_WINDOW = 14;
    private static final int TCP_CHECKSUM = 16;
    private static final int TCP_URGENT = 18;
    private static final int PUSH = 0x08;
    private static final int ACK = 0x10;
    private static final int HEAD_LIMIT_BYTES = IP + IPV6_BYTES + 60;

    // the run
    /** Headers of the first frame. */
    private final byte[] head = new byte[HEAD_LIMIT_BYTES];

    private int frames;
    private int tcp;
    private int headBytes;
    /** Of each frame but the last. */
    private int payloadBytes;
    /** Of all together. */
    private int sumBytes;

    private boolean ended;
    private boolean pushed;

    // the frame looked at
    private int frameTcp;
    private int frameHeadBytes;

    /** How many were joined; 0 when the last one cannot be joined at all. */
    int frames() {
        return frames;
    }

    /**
     * Offers the frame that follows.
     *
     * @return where its payload begins in it, when it continues the run; 0 when it does not: then the run must be
     *     {@linkplain #finish finished} and may {@linkplain #begin begin} with this frame
     */
    int join(byte[] slot, int at, int length) {
        if (!isData(slot, at, length) || !follows(slot, at, length)) {
            return 0;
        }
        int payload = length - headBytes;
        frames++;
        sumBytes += payload;
        pushed = (slot[at + tcp + TCP_FLAGS] & PUSH) != 0;
        ended = pushed || payload < payloadBytes;
        return headBytes;
    }

    void begin(byte[] slot, int at, int length) {
        frames = 0;
        if (!isData(slot, at, length) || !isIntact(slot, at, length)) {
            return;
        }
        frames = 1;
        tcp = frameTcp;
        headBytes = frameHeadBytes;
        payloadBytes = length - headBytes;
        sumBytes = payloadBytes;
        pushed = false;
        ended = (slot[at + tcp + TCP_FLAGS] & PUSH) != 0;
        System.arraycopy(slot, at, head, 0, headBytes);
    }

    /** What carries data and says nothing else: any other flag, option of IP or tag has its own meaning per frame. */
    private boolean isData(byte[] slot, int at, int length) {
        frameTcp = tcpOf(slot, at, length);
        if (frameTcp == 0 || frameTcp + TCP_BYTES > length) {
            return false;
        }
        int tcpBytes = (slot[at + frameTcp + TCP_DATA_OFFSET] & 0xf0) >>> 2;
        frameHeadBytes = frameTcp + tcpBytes;
        return tcpBytes >= TCP_BYTES
                && frameHeadBytes < length
                && (slot[at + frameTcp + TCP_FLAGS] & 0xff & ~PUSH) == ACK;
    }

    private static int tcpOf(byte[] slot, int at, int length) {
        if (length <= IP + IPV4_BYTES) {
            return 0;
        }
        int ethertype = u16(slot, at + ETHERTYPE);
        if (ethertype == Ethertype.IPV4) {
            boolean plain = slot[at + IP] == IPV4_PLAIN
                    && slot[at + IPV4_PROTOCOL] == TCP
                    && (u16(slot, at + IPV4_FRAGMENT) & ~IPV4_DO_NOT_FRAGMENT) == 0
                    && u16(slot, at + IPV4_TOTAL_LENGTH) == length - IP;
            return plain ? IP + IPV4_BYTES : 0;
        }
        boolean plain = ethertype == Ethertype.IPV6
                && length > IP + IPV6_BYTES
                && (slot[at + IP] & 0xf0) == 0x60
                && slot[at + IPV6_NEXT_HEADER] == TCP
                && u16(slot, at + IPV6_PAYLOAD_LENGTH) == length - IP - IPV6_BYTES;
        return plain ? IP + IPV6_BYTES : 0;
    }

    private boolean follows(byte[] slot, int at, int length) {
        return frames > 0
                && !ended
                && frameTcp == tcp
                && frameHeadBytes == headBytes
                && length - headBytes <= payloadBytes
                && headBytes - IP + sumBytes + length - headBytes <= IP_LENGTH_LIMIT
                && u32(slot, at + tcp + TCP_SEQUENCE) == u32(head, tcp + TCP_SEQUENCE) + sumBytes
                && hasSameHead(slot, at)
                && isIntact(slot, at, length);
    }

    /** All but what follows from the place in the stream, in few comparisons: this is asked of every frame. */
    private boolean hasSameHead(byte[] slot, int at) {
        long different = isV4()
                ? eight(slot, at, 0)
                        | eight(slot, at, 8)
                        | four(slot, at, IPV4_FRAGMENT)
                        | eight(slot, at, IPV4_ADDRESSES)
                : eight(slot, at, 0)
                        | eight(slot, at, 8)
                        | two(slot, at, 16)
                        | eight(slot, at, IPV6_NEXT_HEADER)
                        | eight(slot, at, 28)
                        | eight(slot, at, 36)
                        | eight(slot, at, 44)
                        | two(slot, at, 52);
        different |= four(slot, at, tcp)
                | four(slot, at, tcp + TCP_ACKNOWLEDGED)
                | slot[at + tcp + TCP_DATA_OFFSET] ^ head[tcp + TCP_DATA_OFFSET]
                | two(slot, at, tcp + TCP_WINDOW)
                | two(slot, at, tcp + TCP_URGENT);
        for (int option = tcp + TCP_BYTES; option < headBytes; option += Integer.BYTES) {
            different |= four(slot, at, option);
        }
        return different == 0 && (!isV4() || hasNextId(slot, at));
    }

    private boolean isV4() {
        return tcp == IP + IPV4_BYTES;
    }

    /** What differs in the eight bytes from there on. */
    private long eight(byte[] slot, int at, int from) {
        return (long) LONG.get(slot, at + from) ^ (long) LONG.get(head, from);
    }

    private int four(byte[] slot, int at, int from) {
        return (int) INT.get(slot, at + from) ^ (int) INT.get(head, from);
    }

    private int two(byte[] slot, int at, int from) {
        return u16(slot, at + from) ^ u16(head, from);
    }

    /** The number of a packet that may not be cut means nothing; others must count up, as they will when cut again. */
    private boolean hasNextId(byte[] slot, int at) {
        return (u16(head, IPV4_FRAGMENT) & IPV4_DO_NOT_FRAGMENT) != 0
                || u16(slot, at + IPV4_ID) == (u16(head, IPV4_ID) + frames & 0xffff);
    }

    private boolean isIntact(byte[] slot, int at, int length) {
        boolean isV4 = frameTcp == IP + IPV4_BYTES;
        if (isV4 && Checksum.finish(Checksum.add(0, slot, at + IP, IPV4_BYTES)) != 0) {
            return false;
        }
        int tcpLength = length - frameTcp;
        long sum = pseudoHeader(slot, at, isV4, tcpLength);
        return Checksum.finish(Checksum.add(sum, slot, at + frameTcp, tcpLength)) == 0;
    }

    private static long pseudoHeader(byte[] frame, int at, boolean isV4, int tcpLength) {
        int addresses = at + (isV4 ? IPV4_ADDRESSES : IPV6_ADDRESSES);
        int addressesEnd = at + IP + (isV4 ? IPV4_BYTES : IPV6_BYTES);
        return Checksum.add((long) TCP + tcpLength, frame, addresses, addressesEnd - addresses);
    }

    /** Of a run of more than one: writes its headers over those of its first frame, for the kernel to cut. */
    void finish(MemorySegment bytes, int vnetHeader) {
        int tcpLength = headBytes - tcp + sumBytes;
        if (isV4()) {
            putU16(head, IPV4_TOTAL_LENGTH, IPV4_BYTES + tcpLength);
            putU16(head, IPV4_CHECKSUM, 0);
            putU16(head, IPV4_CHECKSUM, Checksum.finish(Checksum.add(0, head, IP, IPV4_BYTES)));
        } else {
            putU16(head, IPV6_PAYLOAD_LENGTH, tcpLength);
        }
        if (pushed) {
            head[tcp + TCP_FLAGS] |= PUSH;
        }
        putU16(head, tcp + TCP_CHECKSUM, ~Checksum.finish(pseudoHeader(head, 0, isV4(), tcpLength)));
        MemorySegment.copy(head, 0, bytes, JAVA_BYTE, vnetHeader + VnetHeader.LENGTH, headBytes);

        int type = isV4() ? VnetHeader.GSO_TCP_V4 : VnetHeader.GSO_TCP_V6;
        bytes.set(JAVA_BYTE, vnetHeader + VnetHeader.FLAGS, (byte) VnetHeader.NEEDS_CHECKSUM);
        bytes.set(JAVA_BYTE, vnetHeader + VnetHeader.GSO_TYPE, (byte) type);
        bytes.set(JAVA_SHORT_UNALIGNED, vnetHeader + VnetHeader.HEADER_BYTES, (short) headBytes);
        bytes.set(JAVA_SHORT_UNALIGNED, vnetHeader + VnetHeader.GSO_BYTES, (short) payloadBytes);
        bytes.set(JAVA_SHORT_UNALIGNED, vnetHeader + VnetHeader.CHECKSUM_START, (short) tcp);
        bytes.set(JAVA_SHORT_UNALIGNED, vnetHeader + VnetHeader.CHECKSUM_OFFSET, (short) TCP_CHECKSUM);
    }

    private static int u16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    private static int u32(byte[] b, int at) {
        return u16(b, at) << 16 | u16(b, at + 2);
    }

    private static void putU16(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 8);
        b[at + 1] = (byte) value;
    }
}
