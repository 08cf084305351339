package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.wirecloset.engine.Slab;
import io.wirecloset.vl2.ethernet.Checksum;
import io.wirecloset.vl2.ethernet.Ethertype;
import java.lang.foreign.MemorySegment;

/**
 * What one read of a TAP brought: a frame, or many in one that the kernel leaves to us to cut (TSO, USO). Gives them out
 * one by one with all lengths, numbers and checksums finished. One thread; allocates nothing.
 *
 * <pre>
 *   | vnet header | Ethernet, IP, TCP or UDP header | payload 0 | payload 1 | … | the rest |
 *                 '---- copied before each one -----'
 * </pre>
 */
final class SuperFrame {
    /** The longest there is: an IP packet of 64 KiB behind an Ethernet header with two tags. */
    static final int ROOM_BYTES = VnetHeader.LENGTH + 22 + 65_535;

    private static final int ETHERTYPE = 12;
    private static final int ETHERNET_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final int CUSTOMER_TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88a8;

    private static final int IPV4_BYTES = 20;
    private static final int IPV4_TOTAL_LENGTH = 2;
    private static final int IPV4_ID = 4;
    private static final int IPV4_FRAGMENT = 6;
    private static final int IPV4_FRAGMENT_MASK = 0x3fff;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV6_BYTES = 40;
    private static final int IPV6_PAYLOAD_LENGTH = 4;

    private static final int TCP_BYTES = 20;
    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_CHECKSUM = 16;
    private static final int FIN = 0x01;
    private static final int PUSH = 0x08;
    private static final int CONGESTION_REDUCED = 0x80;
    private static final int UDP_BYTES = 8;
    private static final int UDP_LENGTH = 4;
    private static final int UDP_CHECKSUM = 6;

    /** More than the longest headers that the kernel leaves us to repeat. */
    private static final int HEAD_LIMIT_BYTES = 256;

    private final MemorySegment bytes;
    private final byte[] head = new byte[HEAD_LIMIT_BYTES];

    private int frameBytes;
    /** Where the next payload begins in the frame; the frame's end when nothing is left. */
    private int next;
    /** Repeated before each payload; 0 for a frame that is whole. */
    private int headBytes;
    /** Of each payload but the last. */
    private int payloadBytes;

    private boolean needsChecksum;
    private int checksumStart;
    private int checksumOffset;
    private int ip;
    private boolean isV4;
    private boolean isTcp;

    /** @param bytes where frames are read to, with their vnet headers */
    SuperFrame(MemorySegment bytes) {
        this.bytes = bytes;
    }

    boolean hasNext() {
        return next < frameBytes;
    }

    /** Takes what was read. @return null, or as what it is to be counted because it cannot go on */
    TapCount begin(int readBytes) {
        frameBytes = readBytes - VnetHeader.LENGTH;
        next = frameBytes;
        if (readBytes > bytes.byteSize()) {
            return TapCount.READ_TOO_LONG;
        }
        if (frameBytes < ETHERNET_BYTES) {
            return TapCount.READ_NOT_UNDERSTOOD;
        }
        needsChecksum = (bytes.get(JAVA_BYTE, VnetHeader.FLAGS) & VnetHeader.NEEDS_CHECKSUM) != 0;
        checksumStart = number(VnetHeader.CHECKSUM_START);
        checksumOffset = number(VnetHeader.CHECKSUM_OFFSET);
        if (needsChecksum && checksumStart + checksumOffset + Short.BYTES > frameBytes) {
            return TapCount.READ_NOT_UNDERSTOOD;
        }
        int type = bytes.get(JAVA_BYTE, VnetHeader.GSO_TYPE) & 0xff & ~VnetHeader.GSO_ECN;
        if (type == VnetHeader.GSO_NONE) {
            headBytes = 0;
            payloadBytes = frameBytes;
        } else if (!understandsHead(type)) {
            return TapCount.READ_NOT_UNDERSTOOD;
        }
        if (headBytes + payloadBytes > Slab.CAPACITY_BYTES) {
            return TapCount.READ_TOO_LONG;
        }
        next = headBytes;
        return null;
    }

    private int number(int at) {
        return bytes.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
    }

    /** Finds where the headers end that are to be repeated. */
    private boolean understandsHead(int type) {
        int known = Math.min(frameBytes, HEAD_LIMIT_BYTES);
        MemorySegment.copy(bytes, JAVA_BYTE, VnetHeader.LENGTH, head, 0, known);
        isTcp = type == VnetHeader.GSO_TCP_V4 || type == VnetHeader.GSO_TCP_V6;
        if (!isTcp && type != VnetHeader.GSO_UDP_L4) {
            return false;
        }
        int least = isTcp ? TCP_BYTES : UDP_BYTES;
        if (!needsChecksum
                || checksumOffset != (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM)
                || checksumStart + least > known
                || !understandsIp(type)) {
            return false;
        }
        int transportBytes = isTcp ? (head[checksumStart + TCP_DATA_OFFSET] & 0xf0) >>> 2 : UDP_BYTES;
        headBytes = checksumStart + transportBytes;
        payloadBytes = number(VnetHeader.GSO_BYTES);
        return transportBytes >= least && headBytes <= known && headBytes < frameBytes && payloadBytes > 0;
    }

    private boolean understandsIp(int type) {
        int ethertypeAt = ETHERTYPE;
        int ethertype = u16(head, ethertypeAt);
        for (int tags = 0; tags < 2 && (ethertype == CUSTOMER_TAG || ethertype == SERVICE_TAG); tags++) {
            ethertypeAt += TAG_BYTES;
            ethertype = u16(head, ethertypeAt);
        }
        ip = ethertypeAt + Short.BYTES;
        isV4 = ethertype == Ethertype.IPV4;
        if (isV4) {
            int ipBytes = (head[ip] & 0x0f) * 4;
            return type != VnetHeader.GSO_TCP_V6
                    && ipBytes >= IPV4_BYTES
                    && ip + ipBytes == checksumStart
                    && (u16(head, ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) == 0;
        }
        return ethertype == Ethertype.IPV6 && type != VnetHeader.GSO_TCP_V4 && ip + IPV6_BYTES <= checksumStart;
    }

    /** Writes the next frame. @return its length, at most {@link Slab#CAPACITY_BYTES} */
    int next(byte[] slot, int at) {
        int payload = Math.min(payloadBytes, frameBytes - next);
        int length = headBytes + payload;
        MemorySegment.copy(bytes, JAVA_BYTE, VnetHeader.LENGTH + next, slot, at + headBytes, payload);
        if (headBytes > 0) {
            System.arraycopy(head, 0, slot, at, headBytes);
            number(slot, at, length, payload);
        }
        next += payload;
        if (needsChecksum) {
            finishChecksum(slot, at, length);
        }
        return length;
    }

    /** Makes the repeated headers those of this segment. */
    private void number(byte[] slot, int at, int length, int payload) {
        int done = next - headBytes;
        if (isV4) {
            int packet = at + ip;
            putU16(slot, packet + IPV4_TOTAL_LENGTH, length - ip);
            putU16(slot, packet + IPV4_ID, u16(head, ip + IPV4_ID) + done / payloadBytes);
            putU16(slot, packet + IPV4_CHECKSUM, 0);
            int sum = Checksum.finish(Checksum.add(0, slot, packet, checksumStart - ip));
            putU16(slot, packet + IPV4_CHECKSUM, sum);
        } else {
            putU16(slot, at + ip + IPV6_PAYLOAD_LENGTH, length - ip - IPV6_BYTES);
        }
        int transport = at + checksumStart;
        if (isTcp) {
            putU32(slot, transport + TCP_SEQUENCE, u32(head, checksumStart + TCP_SEQUENCE) + done);
            boolean isLast = next + payload == frameBytes;
            int cleared = (isLast ? 0 : FIN | PUSH) | (done == 0 ? 0 : CONGESTION_REDUCED);
            slot[transport + TCP_FLAGS] &= (byte) ~cleared;
        } else {
            putU16(slot, transport + UDP_LENGTH, length - checksumStart);
        }
        // the sum of the pseudo header was that of the whole; its length is the only thing in it that changes
        int wholeLength = frameBytes - checksumStart;
        long sum = u16(head, checksumStart + checksumOffset)
                + (0xffff - (wholeLength & 0xffff))
                + (0xffff - (wholeLength >>> 16))
                + (length - checksumStart);
        putU16(slot, transport + checksumOffset, ~Checksum.finish(sum));
    }

    /** The field holds the sum of what the checksum covers beyond the bytes from its start on. */
    private void finishChecksum(byte[] slot, int at, int length) {
        int sum = Checksum.finish(Checksum.add(0, slot, at + checksumStart, length - checksumStart));
        // zero would mean "none" to UDP; to others both are the same
        putU16(slot, at + checksumStart + checksumOffset, sum == 0 ? 0xffff : sum);
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

    private static void putU32(byte[] b, int at, int value) {
        putU16(b, at, value >>> 16);
        putU16(b, at + 2, value);
    }
}
