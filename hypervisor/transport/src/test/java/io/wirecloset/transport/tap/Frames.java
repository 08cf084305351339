package io.wirecloset.transport.tap;

import io.wirecloset.vl2.ethernet.Checksum;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds Ethernet frames with TCP or UDP inside, as the host would hand them over or take them. */
final class Frames {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int PUSH = 0x08;
    static final int ACK = 0x10;

    boolean v6;
    boolean tagged;
    /** An IPv6 header of hop-by-hop options before the transport header. */
    boolean hopByHop;

    int protocol = TCP;
    int id = 100;
    int fragment = 0x4000;
    int sequence = 1000;
    int flags = ACK;
    int window = 5000;
    byte[] options = {};
    byte[] payload = {};

    int ipAt() {
        return tagged ? 18 : 14;
    }

    int transportAt() {
        return ipAt() + (v6 ? hopByHop ? 48 : 40 : 20);
    }

    int headBytes() {
        return transportAt() + (protocol == TCP ? 20 + options.length : 8);
    }

    /** With all checksums right. */
    byte[] finished() {
        byte[] frame = unfinished();
        int field = checksumAt();
        int sum = Checksum.finish(Checksum.add(0, frame, transportAt(), frame.length - transportAt()));
        put16(frame, field, sum == 0 ? 0xffff : sum);
        return frame;
    }

    int checksumAt() {
        return transportAt() + (protocol == TCP ? 16 : 6);
    }

    /** With the sum of the pseudo header where the checksum belongs. */
    byte[] unfinished() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, 0x32, 0, 0, 0, 0, 2, 0x32, 0, 0, 0, 0, 1);
        if (tagged) {
            put(out, 0x81, 0, 0, 7);
        }
        int transportBytes = headBytes() - transportAt() + payload.length;
        if (v6) {
            int inside = transportBytes + (hopByHop ? 8 : 0);
            put(out, 0x86, 0xdd, 0x60, 0, 0, 9, inside >> 8, inside, hopByHop ? 0 : protocol, 64);
            for (int i = 0; i < 32; i++) {
                out.write(i == 0 || i == 16 ? 0xfd : i);
            }
            if (hopByHop) {
                put(out, protocol, 0, 1, 4, 0, 0, 0, 0);
            }
        } else {
            int total = 20 + transportBytes;
            put(out, 8, 0, 0x45, 0, total >> 8, total, id >> 8, id, fragment >> 8, fragment, 64, protocol, 0, 0);
            put(out, 10, 6, 0, 1, 10, 6, 0, 2);
        }
        put(out, 0x12, 0x34, 0x1b, 0x58);
        if (protocol == TCP) {
            put(out, sequence >> 24, sequence >> 16, sequence >> 8, sequence, 0, 0, 3, 9);
            put(out, 0x50 + options.length * 4, flags, window >> 8, window, 0, 0, 0, 0);
            out.writeBytes(options);
        } else {
            put(out, transportBytes >> 8, transportBytes, 0, 0);
        }
        out.writeBytes(payload);
        byte[] frame = out.toByteArray();
        if (!v6) {
            put16(frame, ipAt() + 10, Checksum.finish(Checksum.add(0, frame, ipAt(), 20)));
        }
        int addresses = v6 ? ipAt() + 8 : ipAt() + 12;
        long pseudo = Checksum.add((long) protocol + transportBytes, frame, addresses, v6 ? 32 : 8);
        put16(frame, checksumAt(), ~Checksum.finish(pseudo));
        return frame;
    }

    /** As a read brings it: to be cut after so many payload bytes each; 0 = not to be cut. */
    byte[] superFrame(int payloadBytes) {
        int type = payloadBytes == 0 ? 0 : protocol == UDP ? 5 : v6 ? 4 : 1;
        return withHeader(unfinished(), 1, type, payloadBytes, transportAt(), checksumAt() - transportAt());
    }

    static byte[] withHeader(byte[] frame, int flags, int type, int payloadBytes, int start, int offset) {
        byte[] read = new byte[10 + frame.length];
        read[0] = (byte) flags;
        read[1] = (byte) type;
        little16(read, 4, payloadBytes);
        little16(read, 6, start);
        little16(read, 8, offset);
        System.arraycopy(frame, 0, read, 10, frame.length);
        return read;
    }

    static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static void put(ByteArrayOutputStream out, int... bytes) {
        for (int each : bytes) {
            out.write(each);
        }
    }

    static void put16(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 8);
        b[at + 1] = (byte) value;
    }

    private static void little16(byte[] b, int at, int value) {
        b[at] = (byte) value;
        b[at + 1] = (byte) (value >>> 8);
    }
}
