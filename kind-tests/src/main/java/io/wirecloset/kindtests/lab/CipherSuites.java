package io.wirecloset.kindtests.lab;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads from a host's wire how packets between two nodes are sealed (vl1-packet.md 1 and 2). */
public final class CipherSuites {
    private static final int ETHERNET_BYTES = 14;
    private static final int UDP_BYTES = 8;
    private static final int IPV4 = 0x0800;
    private static final int UDP = 17;
    private static final int VL1_BYTES = 28;
    private static final int VL1_DESTINATION = 8;
    private static final int VL1_SOURCE = 13;
    private static final int VL1_FLAGS = 18;
    private static final int VL1_VERB = 27;
    private static final byte FRAGMENT = (byte) 0xff;
    private static final int HELLO = 1;

    private CipherSuites() {}

    /**
     * The suites of all whole packets and heads but HELLOs, which are never encrypted.
     *
     * @param from address of the node that sealed them, 10 hex digits, as to
     */
    public static Set<Integer> of(List<PacketSocket.Frame> frames, String from, String to) {
        Set<Integer> suites = new TreeSet<>();
        for (PacketSocket.Frame frame : frames) {
            ByteBuffer packet = vl1(frame.bytes());
            if (packet == null
                    || packet.get(VL1_SOURCE) == FRAGMENT
                    || address(packet, VL1_SOURCE) != Long.parseLong(from, 16)
                    || address(packet, VL1_DESTINATION) != Long.parseLong(to, 16)) {
                continue;
            }
            int suite = packet.get(VL1_FLAGS) >> 3 & 7;
            if (suite != 0 || (packet.get(VL1_VERB) & 0x1f) != HELLO) {
                suites.add(suite);
            }
        }
        return suites;
    }

    /** What a UDP datagram over IPv4 carries, if it can be a packet; else null. */
    private static ByteBuffer vl1(byte[] frame) {
        if (frame.length < ETHERNET_BYTES + 20 || (frame[12] & 0xff) << 8 != IPV4 || frame[ETHERNET_BYTES + 9] != UDP) {
            return null;
        }
        int at = ETHERNET_BYTES + (frame[ETHERNET_BYTES] & 0xf) * 4 + UDP_BYTES;
        return frame.length - at < VL1_BYTES
                ? null
                : ByteBuffer.wrap(frame, at, frame.length - at).slice();
    }

    private static long address(ByteBuffer packet, int at) {
        return packet.getLong(at) >>> 24;
    }
}
